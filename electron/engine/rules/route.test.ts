import { describe, expect, test } from 'vitest'
import { aKind, anEvent, contextOf, LAMP, NOON, someSettings } from '../../../test/support/rule-fixtures.ts'
import { aState } from '../commands/commands.support.ts'
import type { EventType, PrinterEvent, PrinterState } from '../events/model.ts'
import type { Silence } from '../history/history.ts'
import { judgeAgain, route, type LateContext, type RouteContext } from './route.ts'

function context(over: Parameters<typeof someSettings>[0] = {}, rest: Partial<RouteContext> = {}): RouteContext {
  return contextOf(someSettings(over), rest)
}

const said = (event: PrinterEvent, given: RouteContext): string[] =>
  route(event, given).decisions.map((decision) => `${decision.destinationId}: ${decision.decision} ${decision.stage} ${decision.reason}`)

const star = { destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook', events: ['*'] }] }
const mute: Silence = { id: 'S1', createdAt: NOON, startsAt: NOON, endsAt: NOON + 3_600_000, match: {}, reason: '', by: 'toast' }

describe('route', () => {
  test('says for every enabled destination why it hears or does not', () => {
    expect(said(anEvent('job.paused', { job: LAMP }), context())).toEqual(['desk: deliver deliver subscribed', 'hook: drop subscribed not_subscribed'])
  })

  test('makes no decision for a disabled destination', () => {
    const given = context({ destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', enabled: false }] })
    expect(route(anEvent('job.done'), given)).toEqual({ decisions: [], outbox: [] })
  })

  test('a type that the channel does not carry is never dispatched, failure alerts included', () => {
    const given = context({ destinations: [{ id: 'sms', label: 'SMS', channel: 'sms', events: ['*'] }] })
    expect(said(anEvent('failure.detected'), given)).toEqual(['sms: drop supported not_supported'])
    expect(route(anEvent('failure.detected'), given).outbox).toEqual([])
    expect(said(anEvent('job.done'), given)).toEqual(['sms: deliver deliver subscribed'])
  })

  test('a destination whose channel is missing is told so', () => {
    expect(said(anEvent('job.done'), context({ destinations: [{ id: 'x', label: 'X', channel: 'carrier-pigeon' }] }))).toEqual(['x: drop supported channel_missing'])
  })

  test.each(['job.paused', 'job.resumed', 'job.cancelled', 'attention.cleared', 'command.succeeded'] as const)('%s by our own command is dropped as own_action', (type) => {
    expect(said(anEvent(type, { byUs: true }), context(star))).toEqual(['hook: drop own own_action'])
    expect(said(anEvent(type, { byUs: false }), context(star))).toEqual(['hook: deliver deliver subscribed'])
    expect(said(anEvent(type, { byUs: true }), context({ ...star, notifyMyself: true }))).toEqual(['hook: deliver deliver subscribed'])
  })

  test('a command of ours that failed is heard', () => {
    expect(said(anEvent('command.failed', { byUs: true }), context(star))).toEqual(['hook: deliver deliver subscribed'])
  })

  test('an idle link.lost is not announced by default, one during a job is', () => {
    expect(said(anEvent('link.lost', { reason: 'idle' }), context())[0]).toBe('desk: drop subscribed idle_link')
    expect(said(anEvent('link.lost', { reason: 'idle' }), context(star))).toEqual(['hook: deliver deliver subscribed'])
    expect(said(anEvent('link.lost', { job: LAMP }), context())[0]).toBe('desk: deliver deliver subscribed')
  })

  test('a device error reaches a remote destination by default only during a job, the toast always', () => {
    expect(said(anEvent('device.error'), context())).toEqual(['desk: deliver deliver subscribed', 'hook: drop subscribed no_job'])
    expect(said(anEvent('device.shutdown', { job: LAMP }), context())).toEqual(['desk: deliver deliver subscribed', 'hook: deliver deliver subscribed'])
    expect(said(anEvent('device.error'), context(star))).toEqual(['hook: deliver deliver subscribed'])
  })

  test('the last explicit subscription that speaks of an event wins over the lists', () => {
    const off = { events: ['job.done'], destination: 'hook', mode: 'off' as const }
    const on = { events: ['job.*'], destination: 'hook' }
    expect(said(anEvent('job.done'), context({ ...star, subscriptions: [off] }))).toEqual(['hook: drop subscribed switched_off'])
    expect(said(anEvent('job.failed'), context({ ...star, subscriptions: [off] }))).toEqual(['hook: deliver deliver subscribed'])
    expect(said(anEvent('job.done'), context({ ...star, subscriptions: [off, on] }))).toEqual(['hook: deliver deliver subscribed'])
  })

  test.each([
    ['everything', {}, true],
    ['this printer', { printerIds: ['mk4'] }, true],
    ['another printer', { printerIds: ['voron'] }, false],
    ['this print', { jobKey: LAMP.key }, true],
    ['another print', { jobKey: 'other' }, false],
    ['this type', { types: ['job.failed' as const] }, true],
    ['another type', { types: ['job.done' as const] }, false],
    ['this destination', { destinationIds: ['hook'] }, true],
    ['another destination', { destinationIds: ['desk'] }, false],
    ['this printer but another print', { printerIds: ['mk4'], jobKey: 'other' }, false],
  ])('a silence of %s (%o) mutes a critical event: %s', (_what, match, muted) => {
    const event = anEvent('job.failed', { severity: 'critical', job: LAMP })
    expect(said(event, context(star, { silences: [{ ...mute, match }] }))).toEqual([muted ? 'hook: drop silenced silence:S1' : 'hook: deliver deliver subscribed'])
  })

  test('a silence holds from its start up to, not including, its end', () => {
    const at = (now: number): string[] => said(anEvent('job.done'), context(star, { silences: [mute], now }))
    expect(at(NOON - 1)).toEqual(['hook: deliver deliver subscribed'])
    expect(at(NOON)).toEqual(['hook: drop silenced silence:S1'])
    expect(at(NOON + 3_599_999)).toEqual(['hook: drop silenced silence:S1'])
    expect(at(NOON + 3_600_000)).toEqual(['hook: deliver deliver subscribed'])
  })

  test('a late end is delivered with the reason late', () => {
    expect(said(anEvent('job.done', { late: true }), context())[0]).toBe('desk: deliver deliver late')
  })
})

describe('the outbox plan', () => {
  const rows = (event: PrinterEvent, given = context({ destinations: [
    { id: 'desk', label: 'Desk', channel: 'desktop', events: ['*'] }, { id: 'hook', label: 'Hook', channel: 'webhook', events: ['*'] },
  ] })) => route(event, given).outbox

  test('has a key that is made from event and destination', () => {
    expect(rows(anEvent('job.done')).map((row) => row.deliveryKey)).toEqual(['01KF0000000000000000000001.desk', '01KF0000000000000000000001.hook'])
  })

  test.each([['critical', 0], ['error', 1], ['warning', 2], ['success', 3], ['info', 3]] as const)('gives %s the priority %d', (severity, priority) => {
    expect(rows(anEvent('job.failed', { severity }))[0]?.priority).toBe(priority)
  })

  test('waits 10 s for a picture only where it can not be sent afterwards', () => {
    const [desk, hook] = rows(anEvent('job.done', { snapshot: 'final' }))
    expect(desk?.pictureUntil).toBeNull()
    expect(hook?.pictureUntil).toBe(NOON + 10_000)
    expect(rows(anEvent('job.done'))[1]?.pictureUntil).toBeNull()
  })

  test('does not wait for a picture that the destination does not want', () => {
    const kinds = new Map([['webhook', { ...aKind('webhook'), wantsPicture: (config: Readonly<Record<string, unknown>>) => config.includePicture !== false }]])
    const given = context({ destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', events: ['*'], config: { includePicture: false } }] }, { kinds })
    expect(rows(anEvent('job.done', { snapshot: 'final' }), given)[0]?.pictureUntil).toBeNull()
  })

  test.each([
    ['job.progress', 600, 300], ['job.started', 600, 300], ['job.paused', 3_600, 300],
    // What a person must hear outlives a logout at the desk too: it is told together at the return.
    ['job.done', 86_400, 86_400], ['job.cancelled', 86_400, 86_400], ['job.failed', 172_800, 172_800], ['job.result_unknown', 172_800, 172_800], ['attention.door', 3_600, 3_600],
  ] as const)('%s expires at a remote destination after %d s, as a toast after %d s', (type, remote, local) => {
    const [desk, hook] = rows(anEvent(type))
    expect(desk?.expiresAt).toBe(NOON + local * 1000)
    expect(hook?.expiresAt).toBe(NOON + remote * 1000)
  })

  test('a link that was lost while idle is not told by default, neither is its return; one lost during a job is, with its return', () => {
    const decided = (type: 'link.lost' | 'link.up', reason: string) => route(anEvent(type, { job: undefined, reason } as never), context()).decisions.find((decision) => decision.destinationId === 'desk')
    expect(decided('link.lost', 'idle')).toMatchObject({ decision: 'drop', reason: 'idle_link' })
    expect(decided('link.up', 'idle')).toMatchObject({ decision: 'drop', reason: 'idle_link' })
    expect(decided('link.up', 'during_job')).toMatchObject({ decision: 'deliver' })
  })

  test('gathers late news for this desk for 5 s and sends it elsewhere at once', () => {
    const [desk, hook] = rows(anEvent('job.done', { late: true }))
    expect(desk?.nextAttemptAt).toBe(NOON + 5_000)
    expect(hook?.nextAttemptAt).toBe(NOON)
  })
})

describe('judgeAgain', () => {
  const late = (over: Partial<LateContext> = {}): LateContext => ({ ...context(star), standing: null, acknowledgedAt: null, failing: [], ...over })
  const row = { destinationId: 'hook', cancelOn: [] }
  const attention = { key: 'm600', kind: 'filament_change', text: null, choices: [], since: NOON } as const

  test('sends what still holds', () => {
    expect(judgeAgain(row, anEvent('job.done'), late())).toEqual({ send: true })
  })
  test('drops what goes to a destination that was removed or switched off meanwhile', () => {
    expect(judgeAgain({ destinationId: 'gone', cancelOn: [] }, anEvent('job.done'), late())).toEqual({ send: false, stage: 'enabled', reason: 'destination_removed' })
    const off = context({ destinations: [{ id: 'hook', label: 'H', channel: 'webhook', enabled: false }] })
    expect(judgeAgain(row, anEvent('job.done'), late({ destinations: off.destinations }))).toEqual({ send: false, stage: 'enabled', reason: 'destination_disabled' })
  })
  test('drops what was silenced meanwhile', () => {
    expect(judgeAgain(row, anEvent('job.done'), late({ silences: [mute] }))).toEqual({ send: false, stage: 'silenced', reason: 'silence:S1' })
  })
  test('drops the progress of a print that is over, never its end', () => {
    const standing = aState('none')
    expect(judgeAgain(row, anEvent('job.progress', { job: LAMP }), late({ standing }))).toEqual({ send: false, stage: 'relevant', reason: 'job_ended' })
    expect(judgeAgain(row, anEvent('job.done', { job: LAMP }), late({ standing }))).toEqual({ send: true })
  })
  test('drops a pause that is over and an attention that was cleared or acknowledged', () => {
    const standing = aState('printing')
    expect(judgeAgain(row, anEvent('job.paused', { job: LAMP }), late({ standing }))).toEqual({ send: false, stage: 'relevant', reason: 'resolved' })
    const change = anEvent('attention.filament_change', { job: LAMP, attention: { ...attention, choices: [] } })
    expect(judgeAgain(row, change, late({ standing }))).toEqual({ send: false, stage: 'relevant', reason: 'resolved' })
    expect(judgeAgain(row, change, late({ standing: { ...standing, attentions: [{ ...attention, choices: [] }] } }))).toEqual({ send: true })
    expect(judgeAgain(row, change, late({ acknowledgedAt: NOON }))).toEqual({ send: false, stage: 'relevant', reason: 'acknowledged' })
  })
  test('drops that a destination fails once it works again, and that it works again once it fails', () => {
    const fails = anEvent('app.delivery_failing', { reason: 'phone', printerId: '' })
    const works = anEvent('app.delivery_recovered', { reason: 'phone', printerId: '' })
    expect(judgeAgain(row, fails, late({ failing: ['phone'] }))).toEqual({ send: true })
    expect(judgeAgain(row, fails, late({ failing: ['mail'] }))).toEqual({ send: false, stage: 'relevant', reason: 'resolved' })
    expect(judgeAgain(row, works, late({ failing: ['mail'] }))).toEqual({ send: true })
    expect(judgeAgain(row, works, late({ failing: ['phone'] }))).toEqual({ send: false, stage: 'relevant', reason: 'resolved' })
  })
  test('a failure alert that was answered, or that a later one replaced, is not told any more; one of a print that is over still is', () => {
    const standing = aState('printing')
    const alert = anEvent('failure.detected', { job: LAMP })
    expect(judgeAgain(row, alert, late({ standing: { ...standing, failure: { since: NOON, sure: true, paused: false } } }))).toEqual({ send: true })
    expect(judgeAgain(row, alert, late({ standing: { ...standing, failure: null } }))).toEqual({ send: false, stage: 'relevant', reason: 'resolved' })
    expect(judgeAgain(row, alert, late({ standing: { ...standing, failure: { since: NOON + 60_000, sure: true, paused: false } } }))).toEqual({ send: false, stage: 'relevant', reason: 'resolved' })
    expect(judgeAgain(row, alert, late({ standing: aState('none') }))).toEqual({ send: true })
  })

  const HOT = { heaters: { bed: { actual: 60, target: 60 } } }
  const bed = { heater: { name: 'bed', actual: 60, target: 60 } }
  const NEXT = { ...LAMP, key: 'another' }
  test.each<[string, EventType, Partial<PrinterEvent>, PrinterState, PrinterState]>([
    ['a failure alert', 'failure.detected', { job: LAMP }, aState('printing'), aState('cancelled')],
    ['a warning of a failure', 'failure.warning', { job: LAMP }, aState('paused'), aState('printing', { jobRef: NEXT })],
    ['a pause', 'job.paused', { job: LAMP }, aState('paused'), aState('printing')],
    ['a bed that was left on', 'heater.left_on', bed, aState('none', HOT), aState('none', { heaters: { bed: { actual: 60, target: 0 } } })],
    ['a bed under the next print', 'heater.left_on', bed, aState('done', HOT), aState('printing', HOT)],
    ['a runaway heater', 'heater.runaway', bed, aState('none', { device: 'shutdown' }), aState('none')],
    ['a printer in error', 'device.error', {}, aState('none', { device: 'error' }), aState('none')],
    ['a printer that was shut down', 'device.shutdown', {}, aState('none', { device: 'shutdown' }), aState('none', { device: 'starting' })],
    ['a failed print', 'job.failed', { job: LAMP }, aState('failed'), aState('done', { jobRef: NEXT })],
    ['a question', 'attention.user_input', { attention: { ...attention, choices: [] } }, aState('paused', { attentions: [{ ...attention, choices: [] }] }), aState('printing')],
  ])('a reminder of %s goes while that is open after its acknowledgement, and not when it is over', (_what, type, more, open, over) => {
    const reminder = anEvent('attention.reminder', { reason: 'acknowledgement_over', about: { eventId: 'E1', type }, ...more })
    expect(judgeAgain(row, reminder, late({ standing: open }))).toEqual({ send: true })
    expect(judgeAgain(row, reminder, late({ standing: over }))).toEqual({ send: false, stage: 'relevant', reason: 'resolved' })
    expect(judgeAgain(row, reminder, late({ standing: null }))).toEqual({ send: true })
  })

  test('a reminder of a lost link goes only while the link is not back', () => {
    const reminder = anEvent('attention.reminder', { reason: 'acknowledgement_over', about: { eventId: 'E1', type: 'link.lost' } })
    expect(judgeAgain(row, reminder, late({ standing: aState('none') }))).toEqual({ send: false, stage: 'relevant', reason: 'resolved' })
    expect(judgeAgain(row, reminder, late({ standing: null }))).toEqual({ send: true })
  })

  test('a reminder of a lost camera goes only while the camera is not back', () => {
    const reminder = anEvent('attention.reminder', { reason: 'acknowledgement_over', about: { eventId: 'E1', type: 'camera.lost' }, code: 'front' })
    expect(judgeAgain(row, reminder, late({ standing: aState('none'), cameraBack: true }))).toEqual({ send: false, stage: 'relevant', reason: 'resolved' })
    expect(judgeAgain(row, reminder, late({ standing: aState('none'), cameraBack: false }))).toEqual({ send: true })
    expect(judgeAgain(row, reminder, late({ standing: aState('none') }))).toEqual({ send: true })
  })

  test('drops nothing as over while the printer can not be seen', () => {
    expect(judgeAgain(row, anEvent('job.paused', { job: LAMP }), late({ standing: null }))).toEqual({ send: true })
  })
})

/** Obico's three switches (requirements.md 1.7): everything, the channel, the kind of event. Only all three together let a message out. */
describe('R04: a message leaves', () => {
  const cases = [true, false].flatMap((everything) => [true, false].flatMap((channel) => [true, false].map((kind) => [everything, channel, kind] as const)))
  test.each(cases)('R04: only if all are on: everything %s, the destination %s, its event %s; failure alerts are no exception', (everything, channel, kind) => {
    for (const type of ['job.done', 'failure.detected'] as const) {
      const given = context(
        { destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', enabled: channel, events: kind ? [type] : ['job.started'] }] },
        { silences: everything ? [] : [mute] },
      )
      expect(route(anEvent(type, { job: LAMP }), given).outbox.length, type).toBe(everything && channel && kind ? 1 : 0)
    }
  })
})
