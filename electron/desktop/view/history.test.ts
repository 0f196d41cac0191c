import { describe, expect, test } from 'vitest'
import { eventDetails } from '../../bridge/views/history.ts'
import type { Attempt, Decision, OutboxRow, StoredEvent } from '../../engine/history/history.ts'
import { decision, draft, job, row, T0 } from '../../engine/history/test-support.ts'
import { desktopLanguage } from '../languages/index.ts'
import { detailsOf, rowOf, type EventFacts } from './history.ts'

const stored = (over: Partial<StoredEvent> = {}): StoredEvent => ({ ...draft('k'), id: 'E1', seq: 7, seenAt: null, acknowledgedAt: null, snapshotFile: null, ...over })
const names = {
  destination: (id: string) => (id === 'gone' ? null : { id, label: { desk: 'Toast on this computer', hook: 'My hook' }[id] ?? id, channel: id === 'desk' ? 'desktop' : 'webhook' }),
  silence: (id: string) => (id === 'S1' ? { name: 'One hour', by: 'window', over: false } : null),
  filter: () => null,
  profile: () => null,
}
const facts = (over: Partial<EventFacts> = {}): EventFacts => ({ event: stored(), decisions: [], outbox: [], attempts: [], snapshot: null, suppressed: [], ...over })
const decided = (over: Partial<Decision> = {}): Decision => ({ ...decision(over), eventId: 'E1' })
const sent = (over: Partial<OutboxRow> = {}): OutboxRow => ({ ...row('R1', over), eventId: 'E1' })
const tried = (over: Partial<Attempt> = {}): Attempt => ({ outboxId: 'R1', eventId: 'E1', destinationId: 'desk', at: T0 + 1_000, ms: 12, number: 1, result: 'delivered', detail: 'shown by dunst 1.9.0', ...over })
const details = (over: Partial<EventFacts> = {}) => eventDetails.parse(detailsOf(facts(over), names, T0))

describe('a row', () => {
  test('tells what happened without the printer, in the words of the toast', () => {
    expect(rowOf(stored({ type: 'attention.filament_runout', job: job('j1', 'lamp.gcode'), snapshotFile: 'p1/E1.jpg' }))).toEqual({
      id: 'E1', seq: 7, type: 'attention.filament_runout', severity: 'success', printerId: 'p1', printerName: 'MK3 left', title: 'Filament ran out', file: 'lamp.gcode', at: T0, late: false,
      seen: false, acknowledged: false, picture: 'printbell-picture://event/E1',
    })
  })

  test('has room for more than a toast: it is told whole, a message with its words', () => {
    expect(rowOf(stored({ type: 'heater.left_on', heater: { name: 'chamber heater of the left box', actual: 60, target: 60 } })).title).toBe('Chamber heater of the left box left on')
    expect(rowOf(stored({ type: 'server.event', native: { name: 'plugin_pi_support_throttle_state_changed', payload: {} } })).title).toBe('Plugin_pi_support_throttle_state_changed')
    expect(rowOf(stored({ type: 'message.display', text: 'Filament weight 38 g\nof 84 g' })).title).toBe('Message: Filament weight 38 g of 84 g')
    expect(rowOf(stored({ type: 'message.user', text: 'x'.repeat(500) })).title).toBe(`Message: ${'x'.repeat(199)}…`)
    expect(rowOf(stored({ type: 'message.user', text: undefined as never })).title).toBe('Message')
  })

  test('of no printer is Printbell\'s own', () => {
    expect(rowOf(stored({ type: 'app.offline', printerId: '', printerName: '' }))).toMatchObject({ printerName: 'Printbell', title: 'No network' })
  })

  test('R60: marks of writing direction and control characters of others never reach the window', () => {
    expect(rowOf(stored({ printerName: 'MK\u202e3\u0007', job: job('j1', 'a\nb.gcode') }))).toMatchObject({ printerName: 'MK 3', file: 'a b.gcode' })
  })
})

describe('details', () => {
  test('R60: the body stands alone, markup in it is plain text', () => {
    const { body, text } = details({ event: stored({ type: 'device.error', text: '<b>Heater</b> & bed', job: job('j1', 'cube.gcode'), progress: 0.5 }) })
    expect(body).toBe('<b>Heater</b> & bed. Look at the printer. cube, 50\u202f%.')
    expect(text).toBeNull()
    expect(details({ event: stored({ type: 'heater.cooled', text: undefined as never, heater: { name: 'bed', actual: null, target: null } }) }).body).toBe('Bed cooled down')
  })

  test('the printer\'s own words stand apart where the body does not tell them', () => {
    expect(details({ event: stored({ text: 'M117 hello' }) }).text).toBe('M117 hello')
  })

  test('a message that its title tells whole is not told once more', () => {
    expect(details({ event: stored({ type: 'message.user', text: 'Check the glue' }) })).toMatchObject({ body: 'Message: Check the glue', text: null })
  })

  test('what was swallowed around it is told in words, in its order', () => {
    expect(details({ suppressed: [
      { at: T0 + 5, printerId: 'p1', type: 'attention.door', reason: 'baseline', detail: '', dedupeKey: null }, { at: T0 - 70_000, printerId: 'p1', type: 'job.paused', reason: 'short_pause', detail: 'pause of 2.1 s', dedupeKey: null },
    ] }).suppressed).toEqual([
      { at: T0 - 70_000, type: 'job.paused', title: 'Paused', text: 'The pause was too short to matter (pause of 2.1\u202fs)' },
      { at: T0 + 5, type: 'attention.door', title: 'Door is open', text: 'It was so already when Printbell first looked' },
    ])
  })

  test('R62: only what makes sense is offered', () => {
    expect(details().can).toEqual({ acknowledge: false, markSeen: true, markUnseen: false })
    expect(details({ event: stored({ type: 'attention.door', seenAt: T0 }) }).can).toEqual({ acknowledge: true, markSeen: false, markUnseen: true })
    expect(details({ event: stored({ type: 'attention.door', acknowledgedAt: T0 }) }).can.acknowledge).toBe(false)
    expect(details({ event: stored({ type: 'job.failed', severity: 'critical' }) }).can.acknowledge).toBe(true)
    expect(details({ event: stored({ type: 'attention.cleared' }) }).can.acknowledge).toBe(false)
    expect(details({ event: stored({ type: 'app.delivery_failing', severity: 'error', printerId: '' }) }).can.acknowledge).toBe(false)
  })

  test('R53: until when it is acknowledged, and what was said with it', () => {
    const acknowledgement = { at: T0, until: T0 + 3_600_000, note: 'Ann\u202e is on it', by: 'window', lookedAt: null, overAt: null }
    expect(details().acknowledgement).toBeNull()
    expect(details({ event: stored({ type: 'attention.door', acknowledgedAt: T0, acknowledgement }) })).toMatchObject({ acknowledgement: { until: T0 + 3_600_000, note: 'Ann is on it', over: false }, can: { acknowledge: false } })
    expect(details({ event: stored({ type: 'attention.door', acknowledgement: { ...acknowledgement, until: T0 - 1, overAt: T0 } }) })).toMatchObject({ acknowledgement: { over: true }, can: { acknowledge: true } })
  })

  test('why there is no picture is told only where one was wanted', () => {
    const none = { eventId: 'E1', printerId: 'p1', at: T0, file: null, bytes: 0, width: null, height: null, why: 'the camera did not answer' }
    expect(details({ event: stored({ snapshot: 'now' }), snapshot: none })).toMatchObject({ picture: null, noPicture: 'The camera did not answer' })
    expect(details({ event: stored({ snapshot: 'none' }), snapshot: none }).noPicture).toBeNull()
    expect(details({ event: stored({ snapshot: 'now' }), snapshot: { ...none, why: 'pruned' } }).noPicture).toBe('The picture was deleted to keep the history within its limits')
    expect(details({ event: stored({ snapshotFile: 'a.jpg' }), snapshot: { ...none, file: 'a.jpg', width: 640, height: 480, why: null } })).toMatchObject({ picture: { url: 'printbell-picture://event/E1', width: 640, height: 480, takenAt: T0 }, noPicture: null })
  })
})

describe('a delivery', () => {
  const outcome = (outbox: Partial<OutboxRow> | null, attempts: Partial<Attempt>[] = [], decisions: Partial<Decision>[] = [{ decision: 'deliver', stage: 'deliver' }]) => {
    const [first] = details({ decisions: decisions.map(decided), outbox: outbox === null ? [] : [sent(outbox)], attempts: attempts.map(tried) }).deliveries
    return first
  }
  const clock = (at: number): string => new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })

  test.each<[string, Parameters<typeof outcome>, string, string, boolean]>([
    ['that arrived', [{ state: 'delivered', attempts: 1 }, [{}]], 'delivered', 'Shown by dunst 1.9.0', true],
    ['that waits for its turn', [{ state: 'waiting' }], 'waiting', 'Waits for its turn', true],
    ['that waits for its picture', [{ state: 'waiting', pictureUntil: T0 + 5_000 }], 'waiting', 'Waits for its picture', true],
    ['on its way', [{ state: 'leased' }], 'waiting', 'Being sent', false],
    ['that failed and is tried again', [{ state: 'waiting', attempts: 2, nextAttemptAt: T0 + 60_000 }, [{ result: 'retry', detail: 'HTTP 503.' }]], 'retrying', `Try 3 at ${clock(T0 + 60_000)}: HTTP 503`, true],
    ['that is held', [{ state: 'held', releaseAt: T0 + 600_000 }], 'held', `Held until ${clock(T0 + 600_000)}`, true],
    ['that was refused', [{ state: 'dead', attempts: 1 }, [{ result: 'rejected', detail: 'Too long.' }]], 'failed', 'Refused: Too long', true],
    ['that came too late', [{ state: 'expired', attempts: 1 }, [{ result: 'expired', detail: 'Not sent in time.' }]], 'expired', 'Not sent in time', true],
    ['that was overtaken', [{ state: 'cancelled', attempts: 1 }, [{ result: 'cancelled', detail: 'No longer to be sent: resolved' }], [{ decision: 'deliver', stage: 'deliver' }, { seq: 2, decision: 'drop', stage: 'relevant', reason: 'resolved' }]], 'cancelled', 'It was over before it could be told', true],
    ['that was never to go', [null, [], [{ decision: 'drop', stage: 'silenced', reason: 'silence:S1' }]], 'dropped', '“One hour” mutes it, set in the window', false],
  ])('%s', (_name, given, expected, detail, again) => {
    expect(outcome(...given)).toMatchObject({ outcome: expected, detail, canSendAgain: again })
  })

  test('has its tries in words and in their order, and a trace that ends with what happens next', () => {
    const delivery = outcome({ state: 'waiting', attempts: 2, nextAttemptAt: T0 + 60_000 }, [{ number: 2, at: T0 + 9_000, result: 'retry', detail: 'again' }, { number: 1, result: 'retry', detail: 'no\u202ebus' }])
    expect(delivery?.attempts).toEqual([
      { at: T0 + 1_000, ms: 12, number: 1, result: 'Not delivered, is tried again', detail: 'no bus' }, { at: T0 + 9_000, ms: 12, number: 2, result: 'Not delivered, is tried again', detail: 'again' },
    ])
    expect(delivery?.trace.at(-1)).toMatchObject({ mark: 'info', stage: `At ${clock(T0 + 60_000)}` })
    expect(delivery?.trace.map(({ stage }) => stage).slice(0, 3)).toEqual(['Subscribed', 'Channel', 'Silences'])
  })

  test('to what was removed keeps its id and can not be sent again; what was dropped comes last', () => {
    const { deliveries } = details({
      decisions: [decided({ destinationId: 'hook', decision: 'drop', stage: 'subscribed', reason: 'not_subscribed' }), decided({ destinationId: 'gone' })],
      outbox: [sent({ destinationId: 'gone', state: 'dead' })],
    })
    expect(deliveries.map(({ label, canSendAgain, channel }) => [label, canSendAgain, channel])).toEqual([['gone', false, ''], ['My hook', false, 'webhook']])
  })
})

describe('in another language', () => {
  const german = desktopLanguage({ code: 'de', locale: 'de-DE' })
  const told = (over: Partial<EventFacts>) => eventDetails.parse(detailsOf(facts(over), names, T0, german))

  test('it is told why, what comes next and what came of each try; details of others stay as they were noted', () => {
    const [delivery] = told({ event: stored({ type: 'attention.door' }), decisions: [decided({ decision: 'deliver', stage: 'deliver' })], outbox: [sent({ state: 'dead', attempts: 1 })], attempts: [tried({ result: 'rejected', detail: 'Too long.' })] }).deliveries
    expect(delivery).toMatchObject({ detail: 'Abgelehnt: Too long', attempts: [{ result: 'Abgelehnt', detail: 'Too long.' }] })
    expect(delivery?.trace.map(({ mark, stage, text }) => `${mark} ${stage}: ${text}`)).toEqual([
      'ok Auswahl: „Tür ist offen“ ist an', 'ok Kanal: „Toast on this computer“ kann es übermitteln', 'ok Stumm: Keine Stummschaltung trifft es', 'ok Entscheidung: Geht an „Toast on this computer“', 'info Danach: Es wird nichts mehr versucht; es lässt sich von Hand erneut senden',
    ])
  })

  test('the next step has its time as the language tells it', () => {
    const next = (nextAttemptAt: number): string | undefined => told({ decisions: [decided({ decision: 'deliver', stage: 'deliver' })], outbox: [sent({ state: 'waiting', attempts: 1, nextAttemptAt })], attempts: [tried({ result: 'retry' })] }).deliveries[0]?.trace.at(-1)?.stage
    expect(next(T0 + 60_000)).toMatch(/^Um \d\d:\d\d$/)
    expect(next(T0 + 3 * 86_400_000)).toMatch(/^Am So \d\d:\d\d$/)
  })

  test('a drop and what was swallowed are told in it', () => {
    const { deliveries, suppressed } = told({
      decisions: [decided({ decision: 'drop', stage: 'silenced', reason: 'silence:S1' })],
      suppressed: [{ at: T0, printerId: 'p1', type: 'job.paused', reason: 'short_pause', detail: 'pause of 2.1 s', dedupeKey: null }, { at: T0 + 1, printerId: 'p1', type: 'attention.door', reason: 'baseline', detail: '', dedupeKey: null }],
    })
    expect(deliveries[0]).toMatchObject({ outcome: 'dropped', detail: '„One hour“ schaltet es stumm, im Fenster gesetzt' })
    expect(suppressed.map(({ title, text }) => `${title}: ${text}`)).toEqual(['Pausiert: Die Pause war zu kurz, um zu zählen (pause of 2.1\u202fs)', 'Tür ist offen: Es war schon so, als Printbell zum ersten Mal nachsah'])
  })
})
