import { describe, expect, test } from 'vitest'
import { aKind, anEvent, contextOf, LAMP, NOON, someSettings, subscriptionsOf } from '../../../test/support/rule-fixtures.ts'
import { EVENT_TYPES, type EventType, type PrinterEvent } from '../events/model.ts'
import { gatheredBy, group, noteFirst, type First, type GroupingContext } from './grouping.ts'
import { judgeAgain, route, type RouteContext } from './route.ts'

const SECOND = 1_000
const first = (over: Partial<First> = {}): First => ({ eventId: 'E1', printerId: 'mk3', at: NOON, until: NOON + 10 * SECOND, ...over })
const grouping = (over: Partial<GroupingContext> = {}): GroupingContext => ({ burstMs: 10 * SECOND, servers: true, firsts: new Map(), hostOf: () => null, isOut: () => false, ...over })
const REMOTE = { local: false }
const ask = (event: Partial<PrinterEvent> & { type: EventType }, context: GroupingContext, now = NOON, channel: Parameters<typeof group>[2] = REMOTE): ReturnType<typeof group> =>
  group(anEvent(event.type, event), 'phone', channel, context, now)

describe('a burst', () => {
  const told = (type: string, over: Partial<First> = {}): GroupingContext => grouping({ firsts: new Map([[`phone|${type}`, first(over)]]) })

  test.each<[string, Partial<PrinterEvent> & { type: EventType }, GroupingContext, number, ReturnType<typeof group>]>([
    ['the first of a kind goes', { type: 'job.done' }, grouping(), NOON, null],
    ['another printer within the window waits for its end', { type: 'job.done' }, told('job.done'), NOON + 9_999, { decision: 'hold', reason: 'burst:E1', until: NOON + 10_000 }],
    ['at the end of the window a new one begins', { type: 'job.done' }, told('job.done'), NOON + 10_000, null],
    ['the same printer is told by itself', { type: 'job.done', printerId: 'mk3' }, told('job.done'), NOON + 1_000, null],
    ['another kind is told by itself', { type: 'job.failed' }, told('job.done'), NOON + 1_000, null],
    ['what is critical waits no longer than anything else', { type: 'job.failed', severity: 'critical' }, told('job.failed'), NOON + 1_000, { decision: 'hold', reason: 'burst:E1', until: NOON + 10_000 }],
    ['a rehearsal is told by itself', { type: 'job.done', reason: 'rehearsal' }, told('job.done'), NOON + 1_000, null],
    ['a summary of the cap tells its own count', { type: 'job.done', reason: 'cap_summary' }, told('job.done'), NOON + 1_000, null],
    ['a server\'s own event waits for one of its name', { type: 'server.event', native: { name: 'MovieDone', payload: null } }, told('server.event MovieDone'), NOON + 1_000, { decision: 'hold', reason: 'burst:E1', until: NOON + 10_000 }],
    ['and for no other', { type: 'server.event', native: { name: 'Upload', payload: null } }, told('server.event MovieDone'), NOON + 1_000, null],
    ['what belongs to no printer is told by itself', { type: 'app.delivery_failing', printerId: '' }, told('app.delivery_failing', { printerId: 'x' }), NOON + 1_000, null],
    ['what a silence kept back is told with its words', { type: 'app.silence_over' }, told('app.silence_over'), NOON + 1_000, null],
    ['nothing waits for a window that begins only after a clock was set back', { type: 'job.failed', severity: 'critical' }, told('job.failed'), NOON - 3_600_000, null],
    ['nothing is gathered where nobody wants it', { type: 'job.done' }, { ...told('job.done'), burstMs: 0 }, NOON + 1_000, null],
  ])('%s', (_what, event, context, now, expected) => {
    expect(ask(event, context, now)).toEqual(expected)
  })

  test('is nothing to a program, which counts', () => {
    expect(ask({ type: 'job.done' }, told('job.done'), NOON + 1_000, { local: false, everyEvent: true })).toBeNull()
    expect(ask({ type: 'camera.lost' }, grouping({ isOut: () => true }), NOON, { local: false, everyEvent: true })).toBeNull()
  })

  test('leaves to the desk what it gathers as what happened meanwhile', () => {
    expect(ask({ type: 'job.done', late: true }, told('job.done'), NOON + 1_000, { local: true })).toBeNull()
    expect(ask({ type: 'job.done', late: true }, told('job.done'), NOON + 1_000)).toMatchObject({ decision: 'hold' })
  })

  test('is made of everything but how far a print is, words of their own, and answers to a person', () => {
    const alone = EVENT_TYPES.filter((type) => ask({ type }, told(type === 'server.event' ? 'server.event ' : type), NOON + 1_000) === null && !type.startsWith('app.'))
    expect(alone).toEqual(['job.first_layer_done', 'job.layer', 'job.progress', 'job.milestone_time', 'job.finishing_soon', 'message.display', 'message.user', 'command.succeeded', 'command.failed', 'command.acknowledged'])
  })
})

describe('the printers of a server', () => {
  const down = grouping({ hostOf: () => ({ serverId: 'workshop', printers: 5, answers: false }) })
  const up = grouping({ hostOf: () => ({ serverId: 'workshop', printers: 5, answers: true }) })
  const lost = { type: 'link.lost', occurredAt: NOON - 60_000 } as const
  const told = (context: GroupingContext, type: EventType, over: Partial<First> = {}): GroupingContext => ({ ...context, firsts: new Map([[`phone|${type} of workshop`, first({ until: NOON + 2_000, ...over })]]) })

  test.each<[string, Partial<PrinterEvent> & { type: EventType }, GroupingContext, number, ReturnType<typeof group>]>([
    ['the first that is lost waits two seconds for the others', lost, down, NOON, { decision: 'hold', reason: 'host:workshop', until: NOON + 2_000 }],
    ['the others join it', lost, told(down, 'link.lost'), NOON + 500, { decision: 'hold', reason: 'host:workshop', until: NOON + 2_000 }],
    ['one that is noticed later was told with its server', lost, told(down, 'link.lost'), NOON + 60_000, { decision: 'drop', reason: 'host:workshop' }],
    ['one that is lost anew is news', { ...lost, occurredAt: NOON + 1 }, told(down, 'link.lost'), NOON + 60_000, { decision: 'hold', reason: 'host:workshop', until: NOON + 62_000 }],
    ['one that is lost after a clock was set back was told with nobody', { ...lost, occurredAt: NOON - 3_660_000 }, told(down, 'link.lost'), NOON - 3_600_000, { decision: 'hold', reason: 'host:workshop', until: NOON - 3_598_000 }],
    ['one that is silent while its server answers is told like anything else', lost, up, NOON, null],
    ['the return is gathered as well', { type: 'link.up' }, up, NOON, { decision: 'hold', reason: 'host:workshop', until: NOON + 2_000 }],
    ['each return is news', { type: 'link.up' }, told(up, 'link.up'), NOON + 60_000, { decision: 'hold', reason: 'host:workshop', until: NOON + 62_000 }],
    ['so is a key that is refused', { type: 'link.auth_failed' }, down, NOON, { decision: 'hold', reason: 'host:workshop', until: NOON + 2_000 }],
    ['the only printer of a server waits for nobody', lost, grouping({ hostOf: () => ({ serverId: 'workshop', printers: 1, answers: false }) }), NOON, null],
    ['nor does any where nobody wants that', lost, { ...down, servers: false }, NOON, null],
    ['what happens at a printer is none of its server\'s business', { type: 'job.failed' }, down, NOON, null],
  ])('%s', (_what, event, context, now, expected) => {
    expect(ask(event, context, now)).toEqual(expected)
  })

  test('have no cameras that are missed while they are', () => {
    const out = grouping({ isOut: (printerId) => printerId === 'mk4' })
    expect(ask({ type: 'camera.lost' }, out)).toEqual({ decision: 'drop', reason: 'host_down' })
    expect(ask({ type: 'camera.lost', printerId: 'mk3' }, out)).toBeNull()
    expect(ask({ type: 'camera.lost' }, { ...out, servers: false })).toBeNull()
  })
})

describe('what is taken down', () => {
  const decided = (over: object): Parameters<typeof noteFirst>[2] => ({ destinationId: 'phone', decision: 'deliver', stage: 'deliver', reason: 'subscribed', at: NOON, until: null, ...over })
  const noted = (...notes: [Partial<PrinterEvent> & { type: EventType }, object][]): [string, First][] => {
    const firsts = new Map<string, First>()
    for (const [event, decision] of notes) noteFirst(firsts, anEvent(event.type, event), decided(decision), 10_000)
    return [...firsts]
  }

  test('is the first that is delivered, until its window is over', () => {
    expect(noted([{ type: 'job.done', id: 'E1' }, {}], [{ type: 'job.done', id: 'E2' }, { at: NOON + 9_999 }])).toEqual([['phone|job.done', first({ printerId: 'mk4' })]])
    expect(noted([{ type: 'job.done', id: 'E1' }, {}], [{ type: 'job.done', id: 'E2' }, { at: NOON + 10_000 }])).toEqual([['phone|job.done', { eventId: 'E2', printerId: 'mk4', at: NOON + 10_000, until: NOON + 20_000 }]])
  })

  test('is nothing of what is dropped, held for a timeslot or gathered itself', () => {
    expect(noted(
      [{ type: 'job.done' }, { decision: 'drop', stage: 'silenced', reason: 'silence:S1' }], [{ type: 'job.failed' }, { decision: 'hold', stage: 'timeslot', reason: 'timeslot_closed', until: NOON + 1 }],
      [{ type: 'job.cancelled' }, { decision: 'hold', stage: 'grouped', reason: 'burst:E1', until: NOON + 1 }], [{ type: 'job.progress' }, {}],
    )).toEqual([])
  })

  test('is the first of a server, with the end of its short wait', () => {
    expect(noted([{ type: 'link.lost', id: 'E1' }, { decision: 'hold', stage: 'grouped', reason: 'host:workshop', until: NOON + 2_000 }])).toEqual([['phone|link.lost of workshop', { ...first({ printerId: 'mk4', until: NOON + 2_000 }), lasts: true }]])
  })

  test('gives way to what comes after a clock was set back', () => {
    expect(noted([{ type: 'job.done', id: 'E1' }, {}], [{ type: 'job.done', id: 'E2' }, { at: NOON - 3_600_000 }])).toEqual([['phone|job.done', { eventId: 'E2', printerId: 'mk4', at: NOON - 3_600_000, until: NOON - 3_590_000 }]])
  })

  test('is let go of when it is over, whatever destination and name it was for; what was told of a server or a camera stays', () => {
    const movie = (n: number, over = {}): [Partial<PrinterEvent> & { type: EventType }, object] => [{ type: 'server.event', native: { name: `camera of ${n}`, payload: null } }, { at: NOON + n * 10_000, destinationId: `gone ${n}`, ...over }]
    const host = { decision: 'hold', stage: 'grouped', reason: 'host:workshop', until: NOON + 2_000 }
    const kept = noted([{ type: 'link.lost' }, host], [{ type: 'link.up' }, host], [{ type: 'camera.lost' }, { decision: 'drop', stage: 'grouped', reason: 'host_down' }], movie(1), movie(2), movie(3))
    expect(kept.map(([key]) => key)).toEqual(['phone|link.lost of workshop', 'phone|camera of mk4', 'gone 3|server.event camera of 3'])
  })

  test('is a camera whose loss was no news, so that its return is none either', () => {
    const firsts = new Map<string, First>()
    const camera = (type: 'camera.lost' | 'camera.up'): ReturnType<typeof group> => ask({ type }, grouping({ firsts }))
    noteFirst(firsts, anEvent('camera.lost'), decided({ decision: 'drop', stage: 'grouped', reason: 'host_down' }), 10_000)
    expect(camera('camera.up')).toEqual({ decision: 'drop', reason: 'host_down' })
    noteFirst(firsts, anEvent('camera.up'), decided({ decision: 'drop', stage: 'grouped', reason: 'host_down' }), 10_000)
    expect(camera('camera.up')).toBeNull()
  })
})

test('what a row waits for is read from its last hold', () => {
  const hold = (stage: string, reason: string, destinationId = 'phone') => ({ destinationId, decision: 'hold' as const, stage, reason })
  expect(gatheredBy([hold('grouped', 'burst:E1')], 'phone')).toEqual({ by: 'burst', id: 'E1' })
  expect(gatheredBy([hold('grouped', 'host:a:b'), hold('grouped', 'burst:E1', 'desk')], 'phone')).toEqual({ by: 'host', id: 'a:b' })
  expect(gatheredBy([hold('grouped', 'burst:E1'), hold('timeslot', 'timeslot_closed')], 'phone')).toBeNull()
  expect(gatheredBy([{ ...hold('grouped', 'host:a'), decision: 'drop' }], 'phone')).toBeNull()
})

describe('the rules with bursts', () => {
  const settings = someSettings({ destinations: [{ id: 'phone', label: 'Phone', channel: 'push', events: ['*'] }, { id: 'hook', label: 'Hook', channel: 'program', events: ['*'] }] })
  const kinds = new Map([['push', aKind('push')], ['program', aKind('program', { everyEvent: true })]])
  const context = (over: Partial<RouteContext> = {}): RouteContext => contextOf(settings, {
    kinds, subscriptions: subscriptionsOf(settings, kinds), now: NOON + 3_000, grouping: grouping({ firsts: new Map([['phone|job.failed', first()], ['hook|job.failed', first()]]) }), ...over,
  })
  const failed = anEvent('job.failed', { job: LAMP, severity: 'critical' })

  test('hold for a person what a program gets at once, on one mechanism with everything that waits', () => {
    const { decisions, outbox } = route(failed, context())
    expect(decisions.map(({ destinationId, decision, stage, reason, until }) => ({ destinationId, decision, stage, reason, until }))).toEqual([
      { destinationId: 'phone', decision: 'hold', stage: 'grouped', reason: 'burst:E1', until: NOON + 10_000 },
      { destinationId: 'hook', decision: 'deliver', stage: 'deliver', reason: 'subscribed', until: null },
    ])
    expect(outbox.map(({ destinationId, state, releaseAt, expiresAt }) => ({ destinationId, state, releaseAt, expiresAt }))).toEqual([
      { destinationId: 'phone', state: 'held', releaseAt: NOON + 10_000, expiresAt: NOON + 10_000 + 172_800_000 },
      { destinationId: 'hook', state: 'waiting', releaseAt: null, expiresAt: NOON + 3_000 + 172_800_000 },
    ])
  })

  test('decide the same again with the same context, and gather nothing without one', () => {
    const given = context()
    expect(route(failed, given)).toEqual(route(failed, given))
    const { grouping: _none, ...bare } = given
    expect(route(failed, bare).decisions.map(({ decision }) => decision)).toEqual(['deliver', 'deliver'])
  })

  test('count the steps of an escalation from the event, not from the message of its burst', () => {
    const escalating = someSettings({
      destinations: [{ id: 'phone', label: 'Phone', channel: 'push' }, { id: 'boss', label: 'Boss', channel: 'push' }],
      profiles: [{ id: 'all', name: 'All', destinations: [{ destination: 'phone' }], escalate: { afterMinutes: 10, to: ['boss'] } }],
    })
    const { decisions } = route(failed, contextOf(escalating, { kinds, subscriptions: subscriptionsOf(escalating, kinds), now: NOON + 3_000, grouping: grouping({ firsts: new Map([['phone|job.failed', first()]]) }) }))
    expect(decisions.map(({ destinationId, decision, reason, until }) => [destinationId, decision, reason, until])).toEqual([
      ['phone', 'hold', 'burst:E1', NOON + 10_000],
      ['boss', 'drop', 'not_subscribed', null],
      ['boss', 'hold', 'escalation:1', NOON + 603_000],
    ])
  })

  test('let what was gathered go when its time comes, unless it is over by then', () => {
    const late = { ...context({ now: NOON + 10_000 }), standing: null, acknowledgedAt: null, failing: [] }
    const row = { destinationId: 'phone', cancelOn: [] }
    expect(judgeAgain(row, failed, late)).toEqual({ send: true })
    const mute = { id: 'S1', createdAt: NOON, startsAt: NOON, endsAt: null, match: {}, reason: '', by: 'toast' }
    expect(judgeAgain(row, failed, { ...late, silences: [mute] })).toEqual({ send: false, stage: 'silenced', reason: 'silence:S1' })
  })
})
