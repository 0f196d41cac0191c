// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import type { TestPreviewView, TestWishView } from '../../../electron/bridge/views/destinations.ts'
import type { DeliveryView, HistoryRow } from '../../../electron/bridge/views/history.ts'
import type { DestinationView, Forms } from '../../../electron/bridge/views/settings.ts'
import { fakeBridge, mounted, type Asked } from '../forms/mount.support.ts'
import DestinationForm from './DestinationForm.vue'
import DestinationRow from './DestinationRow.vue'
import LastDeliveries from './LastDeliveries.vue'
import TestPanel from './TestPanel.vue'

const NOW = new Date(2026, 10, 24, 14, 54).getTime()
const MINUTE = 60_000
const LOG: DestinationView = {
  id: 'log', label: 'Print log', channel: 'webhook', channelName: 'Webhook', enabled: true, events: null, language: null, config: {}, secrets: {}, network: null, templates: {}, templateTrouble: null, managed: false, circuit: 'closed', failingSince: null, why: null, nextTryAt: null, waiting: 0, waitsUntil: null, held: 0, heldUntil: null, undelivered: 0,
  last: { at: NOW - 16 * MINUTE, result: 'delivered', detail: '200 in 84 ms' },
}
const FORM: Forms['channels'][number] = {
  kind: 'webhook', displayName: 'Webhook', schema: { type: 'object', properties: {} }, secrets: [], events: ['job.done', 'job.failed'], picture: true, buttons: false, updates: false, state: false, local: false, runsPrograms: false, prerequisites: [], defaultEvents: [],
  group: 'systems', guide: { steps: [], links: [] }, exportsTo: null, canPair: false, primary: ['url'],
}

let shown: VueWrapper
afterEach(() => shown.unmount())
function button(text: string): ReturnType<VueWrapper['find']> {
  const found = shown.findAll('button').find((one) => one.text() === text)
  if (!found) throw new Error(`there is no button "${text}"`)
  return found
}

describe('a destination in the list', () => {
  let asked: Asked[]
  function show(destination: Partial<DestinationView> = {}, form: Partial<Forms['channels'][number]> = {}, answers: Parameters<typeof fakeBridge>[0] = {}, loud = true): void {
    asked = fakeBridge(answers)
    shown = mounted(DestinationRow, { destination: { ...LOG, ...destination }, form: { ...FORM, ...form }, now: NOW, loud })
  }

  it('has badges only for what it can do', () => {
    show()
    expect(shown.findAll('.can').map((badge) => badge.text())).toEqual(['Picture'])
  })

  it('R44: is marked where an administrator gives it', () => {
    show({ managed: true })
    expect(shown.findAll('.can').map((badge) => badge.text())).toEqual(['From the administrator', 'Picture'])
  })

  it('R44: says on its own page who gives it and what a change makes', () => {
    fakeBridge()
    shown = mounted(DestinationForm, { destination: { ...LOG, managed: true } })
    expect(shown.find('.banner').text()).toBe('From the administrator. Only its name and switch are changed here. Change anything else, and a copy of your own takes its place.')
  })

  it('R33: shows the real answer of a test in place', async () => {
    show({}, {}, { 'destinations.test': () => ({ ok: true, detail: 'log.example.org answered 200.', ms: 84 }) })
    expect(shown.find('.result').text()).toBe('200 in 84 ms, 16 min ago')
    await button('Test').trigger('click')
    await flushPromises()
    expect(asked).toEqual([{ name: 'destinations.test', input: { destinationId: 'log', wish: null } }])
    expect(shown.find('.result').text()).toBe('log.example.org answered 200, in 84\u202fms')
  })

  it('R33: shows why a test was not delivered, and a test that could not be made', async () => {
    show({}, {}, { 'destinations.test': () => ({ ok: false, detail: 'log.example.org refuses the token.', ms: 12 }) })
    await button('Test').trigger('click')
    await flushPromises()
    expect(shown.find('[role=alert]').text()).toBe('Not delivered. log.example.org refuses the token.')
    shown.unmount()
    show()
    await button('Test').trigger('click')
    await flushPromises()
    expect(shown.find('[role=alert]').text()).toBe('Not delivered. nothing answers destinations.test')
  })

  it('sends one test at a time', async () => {
    show({}, {}, { 'destinations.test': () => new Promise(() => undefined) })
    await button('Test').trigger('click')
    await button('Test').trigger('click')
    expect(asked).toHaveLength(1)
    expect(shown.find('.result').text()).toBe('Testing')
  })

  it('that fails says since when, why, what waits and what to do', () => {
    show({ circuit: 'open', failingSince: NOW - 23 * MINUTE, waiting: 3, waitsUntil: NOW + 6 * 60 * MINUTE, nextTryAt: NOW + 7 * MINUTE, why: 'log.example.org refuses the token. Enter a new one.', last: { at: NOW, result: 'rejected', detail: 'log.example.org refuses the token.' } })
    expect(shown.find('.result').text()).toBe('Failing since 14:31')
    expect(shown.find('.banner').text()).toContain('log.example.org refuses the token. Enter a new one. 3 messages wait, the oldest until 20:54. Tried next at 15:01.')
  })

  it('that fails leads to its settings and to what went there', async () => {
    show({ circuit: 'open', failingSince: NOW })
    expect(shown.findAll('.banner router-link-stub').map((link) => link.attributes('to'))).toEqual(['/destinations/log', '/history?destination=log'])
  })

  it('that fails beside a worse one says the same in a line, without a second banner', () => {
    show({ circuit: 'open', failingSince: NOW - 23 * MINUTE, waiting: 1, last: { at: NOW, result: 'retry', detail: 'log.example.org does not answer.' } }, {}, {}, false)
    expect(shown.find('.banner').exists()).toBe(false)
    expect(shown.find('.line-below').text()).toBe('log.example.org does not answer. 1 message waits. Tried with the next message.')
  })

  it('that is off does not complain', () => {
    show({ enabled: false, circuit: 'open', failingSince: NOW })
    expect(shown.find('.banner').exists()).toBe(false)
    expect(shown.find('.result').text()).toBe('Off')
  })

  it('R36: names what it lacks', () => {
    show({}, { prerequisites: [{ name: 'session bus', help: 'Start Printbell inside the desktop session.', met: false }, { name: 'curl', help: 'x', met: true }] })
    expect(shown.find('.banner').text()).toBe('Missing: session bus. Start Printbell inside the desktop session.')
  })

  it('R36: does not complain of what only a part that is off needs', () => {
    const speech = { name: 'speech', help: 'Install espeak-ng.', met: false, when: { speak: [true] } }
    const schema = { type: 'object', properties: { speak: { type: 'boolean', default: false } } }
    show({}, { schema, prerequisites: [speech] })
    expect(shown.find('.banner').exists()).toBe(false)
    shown.unmount()
    show({ config: { speak: true } }, { schema, prerequisites: [speech] })
    expect(shown.find('.banner').text()).toBe('Missing: speech. Install espeak-ng.')
  })

  it('is switched at once', async () => {
    show({}, {}, { 'settings.change': () => ({ ok: true }) })
    await shown.find('[role=switch]').trigger('click')
    expect(asked).toEqual([{ name: 'settings.change', input: { what: 'destination', id: 'log', patch: { enabled: false } } }])
  })
})

describe('the test of a destination with a chosen event', () => {
  const PREVIEW: TestPreviewView = { title: 'MK4: print done', body: 'cube, 2 h', cut: false, buttons: [], picture: 'printbell-picture://event/E1', noPicture: null, of: { eventId: 'E1', at: NOW - 16 * MINUTE }, hasLast: true }
  const USUAL: TestPreviewView = { title: 'Printbell: test message', body: 'This is a test.', cut: false, buttons: ['Show'], picture: null, noPicture: 'Nothing real happened, so there is no picture.', of: null, hasLast: false }
  const printers = [{ id: 'mk4', name: 'MK4 left bench', enabled: true, sources: [] }, { id: 'voron', name: 'Voron 2.4', enabled: true, sources: [] }]
  let asked: Asked[]
  const wishes = (name: string): unknown[] => asked.filter((one) => one.name === name).map(({ input }) => (input as { wish: unknown }).wish)

  async function show(answers: Parameters<typeof fakeBridge>[0] = {}): Promise<void> {
    asked = fakeBridge({
      'destinations.preview': (input) => {
        const { wish } = input as { wish: TestWishView }
        return wish.type === 'app.test' ? USUAL : wish.last ? PREVIEW : { ...USUAL, title: 'Voron 2.4: print done', hasLast: true }
      },
      'destinations.test': () => ({ ok: true, detail: 'Answered 204.', ms: 84, exchange: { request: ['POST /••••'], answer: ['204 No Content'] } }),
      ...answers,
    })
    shown = mounted(TestPanel, { destination: LOG, form: { ...FORM, events: ['job.done', 'app.offline'] }, printers })
    await flushPromises()
  }
  const picker = () => shown.get('select[aria-label="Message to test with"]')

  it('begins with the usual test message, and shows what that is', async () => {
    await show()
    expect(picker().findAll('option').map((option) => option.text())).toEqual(['The usual test message', 'Print done', 'This computer is offline'])
    expect(shown.get('figure').text()).toBe('Printbell: test messageThis is a test.Show')
    expect(shown.text()).toContain('Nothing real happened, so there is no picture.')
    await button('Send test').trigger('click')
    expect(wishes('destinations.test')).toEqual([null])
  })

  it('R33: sends the last real event of a kind, and shows it before with its picture and where it is in the history', async () => {
    await show()
    await picker().setValue('job.done')
    await flushPromises()
    expect(shown.get('figure img').attributes('src')).toBe('printbell-picture://event/E1')
    expect(shown.get('figure').text()).toBe('MK4: print donecube, 2 h')
    expect(shown.get('router-link-stub').attributes('to')).toBe('/history/E1')
    await button('Send test').trigger('click')
    await flushPromises()
    expect(wishes('destinations.test')).toEqual([{ type: 'job.done', printerId: 'mk4', last: true }])
    expect(shown.get('.exchange').text()).toContain('POST /••••204 No Content')
  })

  it('sends a made-up one about the chosen printer', async () => {
    await show()
    await picker().setValue('job.done')
    await flushPromises()
    expect(shown.find('select[aria-label="Printer it is about"]').exists()).toBe(false)
    await button('Made up').trigger('click')
    await flushPromises()
    await shown.get('select[aria-label="Printer it is about"]').setValue('voron')
    await flushPromises()
    expect(wishes('destinations.preview').at(-1)).toEqual({ type: 'job.done', printerId: 'voron', last: false })
    await button('Send test').trigger('click')
    expect(wishes('destinations.test')).toEqual([{ type: 'job.done', printerId: 'voron', last: false }])
  })

  it('offers no last real event where the history has none', async () => {
    await show({ 'destinations.preview': () => USUAL })
    await picker().setValue('job.done')
    await flushPromises()
    expect(shown.text()).not.toContain('Last real one')
  })

  it('shows no answer beside a message that it does not belong to', async () => {
    await show()
    await button('Send test').trigger('click')
    await flushPromises()
    expect(shown.find('.exchange').exists()).toBe(true)
    await picker().setValue('job.done')
    await flushPromises()
    expect(shown.find('.exchange').exists()).toBe(false)
    expect(shown.find('.banner').exists()).toBe(false)
  })

  it('does not show the answer to a message that was chosen before', async () => {
    let answer = (): void => undefined
    await show({ 'destinations.test': () => new Promise((resolve) => {
      answer = () => resolve({ ok: true, detail: 'Answered 204.', ms: 84, exchange: null })
    }) })
    await button('Send test').trigger('click')
    await picker().setValue('job.done')
    await flushPromises()
    answer()
    await flushPromises()
    expect(shown.find('.banner').exists()).toBe(false)
    expect(button('Send test').attributes('aria-busy')).toBeUndefined()
  })

  it('follows the settings of the destination', async () => {
    await show()
    await shown.setProps({ destination: { ...LOG, config: { includePicture: false } } })
    await flushPromises()
    expect(wishes('destinations.preview')).toHaveLength(2)
  })

  it('says when less of it fits there, and why there is no preview', async () => {
    await show({ 'destinations.preview': () => ({ ...USUAL, cut: true }) })
    expect(shown.text()).toContain('Cut to what fits there.')
    shown.unmount()
    await show({ 'destinations.preview': () => Promise.reject(new Error('Printbell is starting or ending.')) })
    expect(shown.find('figure').exists()).toBe(false)
  })
})

describe('the rehearsal of an event', () => {
  const printers = [{ id: 'mk4', name: 'MK4 left bench', enabled: true, sources: [] }, { id: 'voron', name: 'Voron 2.4', enabled: true, sources: [] }]

  it('R56: goes the whole way, as the chosen event of the chosen printer, and leads to what happened', async () => {
    const asked = fakeBridge({ 'destinations.rehearse': () => ({ eventId: '01JD', detail: 'Delivered in 84 ms.' }) })
    shown = mounted(TestPanel, { destination: LOG, form: FORM, printers })
    const [, type, printer] = shown.findAll('select')
    expect(type?.findAll('option').map((option) => option.text())).toEqual(['Print done', 'Print failed'])
    await type?.setValue('job.failed')
    await printer?.setValue('voron')
    await button('Rehearse').trigger('click')
    await flushPromises()
    expect(asked.filter(({ name }) => name !== 'destinations.preview')).toEqual([{ name: 'destinations.rehearse', input: { destinationId: 'log', printerId: 'voron', type: 'job.failed' } }])
    expect(shown.find('.banner').text()).toContain('Delivered in 84 ms.')
    expect(shown.find('router-link-stub').attributes('to')).toBe('/history/01JD')
  })

  it('says what is missing without a printer', () => {
    fakeBridge()
    shown = mounted(TestPanel, { destination: LOG, form: FORM, printers: [] })
    expect(shown.text()).toContain('Add a printer first')
  })
})

describe('the last deliveries of a destination', () => {
  const row = (id: string, seq: number): HistoryRow => ({ id, seq, type: 'job.done', severity: 'success', printerId: 'mk4', printerName: 'MK4', title: `Print ${seq} done`, file: null, at: NOW - seq * MINUTE, late: false, seen: true, acknowledged: false, picture: null })
  const delivery = (destinationId: string, outcome: DeliveryView['outcome']): DeliveryView => ({ destinationId, label: 'x', channel: 'webhook', outcome, detail: `${outcome} it`, at: null, attempts: [], trace: [], canSendAgain: false })
  const details = (of: HistoryRow, deliveries: DeliveryView[]): object => ({
    row: of, body: '', text: null, observedAt: NOW, seenAt: null, acknowledgedAt: null, acknowledgement: null, jobKey: null, progress: null, picture: null, noPicture: null, native: null, deliveries, suppressed: [], can: { acknowledge: false, markSeen: false, markUnseen: false },
  })

  it('are asked for by name, newest first', async () => {
    const rows = [row('a', 1), row('d', 4)]
    const of: Record<string, DeliveryView[]> = { a: [delivery('log', 'delivered')], d: [delivery('phone', 'held'), delivery('log', 'failed')] }
    const asked = fakeBridge({ 'history.page': () => ({ rows, next: null }), 'history.event': (id) => details(rows.find((one) => one.id === id) as HistoryRow, of[id as string] ?? []) })
    shown = mounted(LastDeliveries, { id: 'log', now: NOW })
    await flushPromises()
    expect(shown.findAll('li').map((one) => one.find('router-link-stub').attributes('to'))).toEqual(['/history/a', '/history/d'])
    expect(asked).toEqual([{ name: 'history.page', input: { filter: { destinationId: 'log' }, before: null, limit: 6 } }, { name: 'history.event', input: 'a' }, { name: 'history.event', input: 'd' }])
  })

  it('say so when there are none', async () => {
    fakeBridge({ 'history.page': () => ({ rows: [], next: null }) })
    shown = mounted(LastDeliveries, { id: 'log', now: NOW })
    await flushPromises()
    expect(shown.text()).toBe('Nothing went here yet.')
  })

  it('say why they can’t be told', async () => {
    fakeBridge()
    shown = mounted(LastDeliveries, { id: 'log', now: NOW })
    await flushPromises()
    expect(shown.find('[role=alert]').text()).toBe('nothing answers history.page')
  })
})
