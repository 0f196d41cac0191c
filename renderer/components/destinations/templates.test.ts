// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CallInput } from '../../../electron/bridge/contract.ts'
import type { TemplateTrialView } from '../../../electron/bridge/views/destinations.ts'
import type { Saved } from '../../../electron/bridge/views/common.ts'
import type { DestinationView, Forms } from '../../../electron/bridge/views/settings.ts'
import { fakeBridge, mounted, type Asked } from '../forms/mount.support.ts'
import TemplatesPart from './TemplatesPart.vue'

const LOG: DestinationView = {
  id: 'log', label: 'Print log', channel: 'webhook', channelName: 'Webhook', enabled: true, events: null, language: null, config: {}, secrets: {}, network: null, templates: { 'job.done': { title: 'Ready: {{ job.name }}' } }, templateTrouble: null, managed: false,
  circuit: 'closed', failingSince: null, why: null, nextTryAt: null, waiting: 0, waitsUntil: null, held: 0, heldUntil: null, undelivered: 0, last: null,
}
const FORM = { events: ['job.done', 'job.failed', 'app.test'] } as unknown as Forms['channels'][number]
const TRIAL: TemplateTrialView = {
  preview: { title: 'Ready: lamp', body: 'lamp, 2 h', cut: false, buttons: [], picture: null, noPicture: null, of: null, hasLast: false },
  troubles: [], values: [{ name: 'job.name', value: 'lamp' }, { name: 'left', value: '' }],
}

describe('words of a destination\'s own in the window', () => {
  let shown: VueWrapper
  let asked: Asked[]
  let troubles: TemplateTrialView['troubles']
  const changes: unknown[] = []
  beforeEach(() => {
    vi.useFakeTimers()
    troubles = []
    changes.length = 0
  })
  afterEach(() => {
    shown.unmount()
    vi.useRealTimers()
  })
  async function show(destination: Partial<DestinationView> = {}): Promise<void> {
    asked = fakeBridge({ 'destinations.try-templates': () => ({ ...TRIAL, troubles }) })
    const change = async (patch: unknown): Promise<Saved> => {
      changes.push(patch)
      return { ok: true }
    }
    shown = mounted(TemplatesPart, { destination: { ...LOG, ...destination }, form: FORM, change })
    await flushPromises()
  }
  const later = async (ms: number): Promise<void> => {
    await vi.advanceTimersByTimeAsync(ms)
    await flushPromises()
  }
  const tried = (): CallInput<'destinations.try-templates'>[] => asked.filter(({ name }) => name === 'destinations.try-templates').map(({ input }) => input as CallInput<'destinations.try-templates'>)

  it('show at once what they make of the last real event', async () => {
    await show()
    expect(tried()).toEqual([{ destinationId: 'log', wish: { type: 'job.done', printerId: null, last: true }, templates: { 'job.done': { title: 'Ready: {{ job.name }}' } } }])
    expect(shown.find('.preview .title').text()).toBe('Ready: lamp')
    expect(shown.find('.template h3').text()).toBe('Print done')
  })

  it('are shown while they are written, and saved by themselves', async () => {
    await show()
    await shown.find('textarea').setValue('{{ job.name }} took {{ took }}')
    await later(250)
    expect(tried().at(-1)?.templates).toEqual({ 'job.done': { title: 'Ready: {{ job.name }}', body: '{{ job.name }} took {{ took }}' } })
    expect(changes).toEqual([])
    await later(350)
    expect(changes).toEqual([{ templates: { 'job.done': { title: 'Ready: {{ job.name }}', body: '{{ job.name }} took {{ took }}' } } }])
  })

  it('that are wrong say so at their field, with line and column', async () => {
    await show()
    troubles = [{ selector: 'job.done', field: 'body', place: { line: 2, column: 4 }, what: 'undefined filter: shout' }]
    await shown.find('textarea').setValue('a\n{{ x | shout }}')
    await later(250)
    expect(shown.find('[role=alert]').text()).toBe('Line 2, column 4: undefined filter: shout. The usual text goes in its place.')
    expect(shown.find('textarea').attributes('aria-invalid')).toBe('true')
    expect(shown.find('input').attributes('aria-invalid')).toBe('false')
  })

  it('name what can be filled in, with its present value, and put a name where the caret is', async () => {
    await show()
    expect(shown.findAll('.name').map((one) => one.text())).toEqual(['job.namelamp', 'leftnot known'])
    const title = shown.find('input').element as HTMLInputElement
    await shown.find('input').trigger('focus')
    title.setSelectionRange(0, 0)
    await shown.find('button[aria-label="Fill in job.name"]').trigger('click')
    expect(title.value).toBe('{{ job.name }}Ready: {{ job.name }}')
  })

  it('are added for what has none yet, and taken back', async () => {
    await show()
    expect(shown.find('select[aria-label="For which events"]').findAll('option').map((one) => one.attributes('value'))).toEqual(['*', 'job.failed'])
    await shown.findAll('button').find((one) => one.text() === 'Add')?.trigger('click')
    await shown.find('button[aria-label="Back to the usual words: Print done"]').trigger('click')
    expect(changes).toEqual([{ templates: { '*': {} } }, { templates: { 'job.done': null } }])
  })

  it('that could not be used say so until they are mended', async () => {
    await show({ templateTrouble: 'The template for "job.done" can\'t be used.' })
    expect(shown.find('.banner').text()).toBe('A template can\'t be used. The template for "job.done" can\'t be used.')
  })
})
