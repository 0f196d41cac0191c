// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { LinkingView } from '../../../electron/bridge/views/destinations.ts'
import { fakeBridge, mounted, type Asked } from '../forms/mount.support.ts'
import LinkPanel from './LinkPanel.vue'

const ASKING: LinkingView = { linkId: 'L1', step: 'asking', text: 'Asking Telegram.', canOpen: false, endsAt: null, destinationId: null, config: {} }

describe('linking an account', () => {
  let shown: VueWrapper
  let asked: Asked[]
  let push: (payload: unknown) => void
  beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }))
  afterEach(() => {
    shown.unmount()
    vi.useRealTimers()
  })
  function show(answers: Parameters<typeof fakeBridge>[0] = {}): void {
    asked = fakeBridge({ 'destinations.link': () => ASKING, 'destinations.cancel-link': () => null, ...answers })
    Object.assign((window as unknown as { printbell: object }).printbell, {
      // The window listens once, for all that follows.
      onPush: (listener: (name: string, payload: unknown) => void) => {
        push = (payload) => listener('linking.changed', payload)
        return () => undefined
      },
    })
    shown = mounted(LinkPanel, { destinationId: null, channel: 'telegram', label: 'Family', config: { silent: 'info' }, secrets: { token: 'x' }, linked: false })
  }
  const press = async (text: string): Promise<void> => {
    await shown.findAll('button').find((one) => one.text() === text)?.trigger('click')
    await flushPromises()
  }

  it('goes with what the form holds, says what to do, and counts down', async () => {
    show({ 'destinations.open-linking': () => true })
    await press('Link')
    expect(asked).toEqual([{ name: 'destinations.link', input: { destinationId: null, channel: 'telegram', label: 'Family', config: { silent: 'info' }, secrets: { token: 'x' } } }])
    push({ ...ASKING, step: 'wait', text: 'Press "Start".', canOpen: true, endsAt: 1_000_000 + 600_000 })
    await flushPromises()
    expect(shown.find('.banner').text()).toContain('Press "Start".')
    expect(shown.find('[role=timer]').text()).toBe('10:00 left')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(shown.find('[role=timer]').text()).toBe('9:58 left')
    await press('Open page')
    expect(asked.at(-1)).toEqual({ name: 'destinations.open-linking', input: 'L1' })
  })

  it('hears what was told before the answer came', async () => {
    let answer: (view: LinkingView) => void = () => undefined
    show({ 'destinations.link': () => new Promise((resolve) => { answer = resolve }) })
    await press('Link')
    push({ ...ASKING, step: 'failed', text: 'Telegram refuses this token. Copy it anew.' })
    answer(ASKING)
    await flushPromises()
    expect(shown.find('.banner').text()).toBe('Telegram refuses this token. Copy it anew.')
  })

  it('tells the page what came of it', async () => {
    show()
    await press('Link')
    push({ ...ASKING, linkId: 'another', step: 'done', destinationId: 'other' })
    push({ ...ASKING, step: 'done', text: 'Linked to "Family".', destinationId: 'family', config: { chatId: '-100' } })
    await flushPromises()
    expect(shown.emitted('done')).toEqual([['family']])
    expect(shown.emitted('brought')).toEqual([[{ chatId: '-100' }]])
  })

  it('ends with its page', async () => {
    show()
    await press('Link')
    shown.unmount()
    expect(asked.at(-1)).toEqual({ name: 'destinations.cancel-link', input: 'L1' })
    show()
  })
})
