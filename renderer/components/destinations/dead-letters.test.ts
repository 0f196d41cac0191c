// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { DeadLetterView } from '../../../electron/bridge/views/destinations.ts'
import { UNDO_FOR } from '../../stores/removals.ts'
import { useDiscards } from '../../stores/discards.ts'
import { fakeBridge, mounted, type Asked } from '../forms/mount.support.ts'
import DeadLetters from './DeadLetters.vue'

const NOW = new Date(2026, 10, 24, 14, 54).getTime()
const letter = (eventId: string): DeadLetterView => ({ eventId, state: 'dead', title: `MK4: print ${eventId} done`, type: 'job.done', severity: 'success', occurredAt: NOW - 60_000, endedAt: NOW, why: 'It refuses this message (422).', attempts: 2 })

describe('what was not delivered', () => {
  let shown: VueWrapper
  let asked: Asked[]
  let there: DeadLetterView[]
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => {
    shown.unmount()
    vi.useRealTimers()
  })
  async function show(ids: string[], sends = true, total = ids.length): Promise<void> {
    there = ids.map(letter)
    asked = fakeBridge({
      'destinations.dead-letters': () => ({ total, letters: there }),
      'destinations.send-again': (input) => {
        const { eventId } = input as { eventId: string | null }
        if (!sends) return 0
        const before = there.length
        there = eventId === null ? [] : there.filter((one) => one.eventId !== eventId)
        return before - there.length
      },
      'destinations.discard': (input) => {
        there = there.filter((one) => one.eventId !== (input as { eventId: string | null }).eventId)
        return 1
      },
    })
    shown = mounted(DeadLetters, { id: 'log', count: total, now: NOW })
    await flushPromises()
  }
  const button = (text: string) => shown.findAll('button').find((one) => one.text() === text || one.attributes('aria-label') === text)
  const wishes = () => asked.filter(({ name }) => name !== 'destinations.dead-letters')

  it('says what, why and how often it was tried, and leads to its event', async () => {
    await show(['A'])
    expect(shown.find('li').text()).toContain('It refuses this message (422).')
    expect(shown.find('li').text()).toContain('1 min ago, 2 tries')
    expect(shown.find('li router-link-stub').attributes('to')).toBe('/history/A')
    expect(button('Send all again')).toBeUndefined()
  })

  it('is nothing where all was delivered', async () => {
    await show([])
    expect(shown.find('section').exists()).toBe(false)
  })

  it('shows the first, then all', async () => {
    await show(['A', 'B', 'C', 'D', 'E'])
    expect(shown.findAll('li')).toHaveLength(3)
    await button('Show all 5')?.trigger('click')
    expect(shown.findAll('li')).toHaveLength(5)
  })

  it('sends one again, or all, and says how many', async () => {
    await show(['A', 'B', 'C'])
    await button('Send again: MK4: print B done')?.trigger('click')
    await flushPromises()
    expect(shown.findAll('li')).toHaveLength(2)
    expect(shown.find('[role=status]').text()).toBe('1 message is on its way again')
    await button('Send all again')?.trigger('click')
    await flushPromises()
    expect(shown.find('[role=status]').text()).toBe('2 messages are on their way again')
    expect(wishes()).toEqual([{ name: 'destinations.send-again', input: { destinationId: 'log', eventId: 'B' } }, { name: 'destinations.send-again', input: { destinationId: 'log', eventId: null } }])
  })

  it('says when it could not be sent again', async () => {
    await show(['A'], false)
    await button('Send again: MK4: print A done')?.trigger('click')
    await flushPromises()
    expect(shown.find('[role=alert]').text()).toBe('It could not be sent again: it is on its way right now, or no longer there.')
  })

  it('discards at once for the eye, and in truth when it can no longer be taken back', async () => {
    await show(['A', 'B'])
    await button('Discard: MK4: print A done')?.trigger('click')
    expect(shown.findAll('li')).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(UNDO_FOR - 1)
    expect(wishes()).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    await flushPromises()
    expect(wishes()).toEqual([{ name: 'destinations.discard', input: { destinationId: 'log', eventId: 'A' } }])
    expect(shown.findAll('li')).toHaveLength(1)
  })

  it('takes a discard back', async () => {
    await show(['A', 'B'])
    await button('Discard all')?.trigger('click')
    expect(shown.find('section').exists()).toBe(false)
    const discards = useDiscards()
    expect(discards.pending.map(({ text }) => text)).toEqual(['2 messages are discarded'])
    discards.undo(discards.pending[0]?.key ?? 0)
    await vi.advanceTimersByTimeAsync(UNDO_FOR)
    expect(shown.findAll('li')).toHaveLength(2)
    expect(wishes()).toEqual([])
  })

  it('discards all by name while all are listed, so that one that comes meanwhile stays', async () => {
    await show(['A', 'B'])
    await button('Discard all')?.trigger('click')
    await vi.advanceTimersByTimeAsync(UNDO_FOR)
    expect(wishes().map(({ input }) => input)).toEqual([{ destinationId: 'log', eventId: 'A' }, { destinationId: 'log', eventId: 'B' }])
    shown.unmount()
    await show(['A', 'B'], true, 300)
    await button('Discard all')?.trigger('click')
    await vi.advanceTimersByTimeAsync(UNDO_FOR)
    expect(wishes().map(({ input }) => input)).toEqual([{ destinationId: 'log', eventId: null }])
  })
})
