import { describe, expect, test } from 'vitest'
import { anEvent, contextOf, LAMP, NOON, someSettings } from '../../../test/support/rule-fixtures.ts'
import { aState } from '../commands/commands.support.ts'
import type { Silence } from '../history/history.ts'
import { compileProfiles } from './profiles.ts'
import { isForNobody, judgeAgain, route, type LateContext, type RouteContext } from './route.ts'

/** 2026-01-15 is a Thursday; the zone of these settings is UTC. */
const at = (text: string): number => Date.parse(`2026-01-${text.replace(' ', 'T')}:00Z`)
const DAYS = [1, 2, 3, 4, 5, 6, 7]
const AWAKE = { id: 'awake', name: 'Awake', ranges: [{ days: DAYS, from: '07:00', to: '21:59' }] }
const BY_EVENTS = { id: 'default', name: 'Everything chosen', byEvents: true, destinations: [{ destination: '*' as const }] }
const PHONE = [{ id: 'phone', label: 'Phone', channel: 'webhook' }]

type Given = Parameters<typeof someSettings>[0]
const settings = (over: Given) => someSettings({ destinations: PHONE, ...over })
function decided(over: Given, event = anEvent('job.done'), context: Partial<RouteContext> = {}): string {
  const [decision] = route(event, contextOf(settings(over), { now: event.occurredAt, ...context })).decisions
  return decision === undefined ? 'none' : `${decision.decision} ${decision.stage} ${decision.reason}${decision.until === null ? '' : ` until ${new Date(decision.until).toISOString().slice(8, 16).replace('T', ' ')}`}${decision.profileId === null ? '' : ` (${decision.profileId})`}`
}
const happened = (type: Parameters<typeof anEvent>[0], when: string, over = {}) => anEvent(type, { occurredAt: at(when), observedAt: at(when), ...over })

describe('R41: a profile', () => {
  const own = (over: object = {}) => ({ profiles: [{ id: 'mine', name: 'Mine', destinations: [{ destination: 'phone' }], ...over }] })

  test('without filters tells everything, also what is off by default', () => {
    expect(decided(own(), anEvent('job.started'))).toBe('deliver deliver subscribed (mine)')
  })

  test.each<[string, object, string]>([
    ['switched off', { active: false }, 'drop profile profile_off (mine)'],
    ['paused until later', { pausedUntil: NOON + 1 }, 'drop profile profile_paused (mine)'],
    ['paused until now', { pausedUntil: NOON }, 'deliver deliver subscribed (mine)'],
    ['whose destination is off', { destinations: [{ destination: 'phone', mode: 'off' }] }, 'drop mode switched_off (mine)'],
    ['for the history only', { destinations: [{ destination: 'phone', mode: 'in_app' }] }, 'drop mode in_app (mine)'],
    ['for every destination', { destinations: [{ destination: '*' }] }, 'deliver deliver subscribed (mine)'],
    ['for every destination but this one', { destinations: [{ destination: '*' }, { destination: 'phone', mode: 'off' }] }, 'drop mode switched_off (mine)'],
    ['without destinations', { destinations: [] }, 'drop subscribed not_subscribed'],
  ])('%s', (_what, over, expected) => expect(decided(own(over))).toBe(expected))

  test('with filters tells what all of them match, and names the one that does not', () => {
    const filters = [{ id: 'ends', name: 'Ends', match: { events: ['job.done', 'job.failed'] } }, { id: 'bad', name: 'Bad', match: { minSeverity: 'error' as const } }]
    const both = { ...own({ filters: ['ends', 'bad'] }), filters }
    expect(decided(both, anEvent('job.failed', { severity: 'critical' }))).toBe('deliver deliver subscribed (mine)')
    expect(decided(both, anEvent('job.done', { severity: 'success' }))).toBe('drop filtered filter:bad:minSeverity (mine)')
    expect(decided(both, anEvent('job.paused'))).toBe('drop filtered filter:ends:events (mine)')
  })

  test('looks at the tags of the printer', () => {
    const cellar = { ...own({ filters: ['cellar'] }), filters: [{ id: 'cellar', name: 'Cellar', match: { tags: ['cellar'] } }], printers: [{ id: 'mk4', name: 'MK4', tags: ['Cellar'] }, { id: 'mini', name: 'Mini' }] }
    expect([decided(cellar), decided(cellar, anEvent('job.done', { printerId: 'mini' }))]).toEqual(['deliver deliver subscribed (mine)', 'drop filtered filter:cellar:tags (mine)'])
  })

  test('judges the same event anew when what is known of it is not the same', () => {
    const [profile] = compileProfiles(settings({ ...own({ filters: ['cellar', 'open'] }), filters: [{ id: 'cellar', name: 'Cellar', match: { tags: ['cellar'] } }, { id: 'open', name: 'Open', match: { acknowledged: false } }] }), () => 'UTC')
    const event = anEvent('job.done')
    const target = profile?.reaches('phone')
    const reason = (tags: string[], acknowledged: boolean, asked = event) => target && profile?.judge({ event: asked, facts: { tags, acknowledged }, now: NOON, presence: 'unknown' }, target).reason
    expect([reason(['cellar'], false), reason(['cellar'], true), reason(['loft'], false), reason(['cellar'], false)]).toEqual(['subscribed', 'filter:open:acknowledged', 'filter:cellar:tags', 'subscribed'])
    expect([reason([], false), reason([], false, { ...event, id: 'another' }), reason(['Cellar'], false, event)]).toEqual(['filter:cellar:tags', 'filter:cellar:tags', 'subscribed'])
  })

  test('that names a destination twice goes by the first', () => expect(decided(own({ destinations: [{ destination: 'phone', mode: 'in_app' }, { destination: 'phone' }] }))).toBe('drop mode in_app (mine)'))

  test('is still bound by what holds whoever wants it', () => {
    const silence: Silence = { id: 'S1', startsAt: 0, endsAt: null, match: {}, reason: null } as unknown as Silence
    expect(decided(own(), anEvent('job.cancelled', { byUs: true }))).toBe('drop own own_action (mine)')
    expect(decided(own(), anEvent('job.done'), { silences: [silence] })).toBe('drop silenced silence:S1 (mine)')
  })
})

test('R64: what is for the history only is for somebody, what is dropped is for nobody', () => {
  const routed = (mode: 'in_app' | 'off') => route(anEvent('job.done'), contextOf(settings({ profiles: [{ ...BY_EVENTS, destinations: [{ destination: '*', mode }] }] })))
  expect([isForNobody(routed('in_app')), isForNobody(routed('off'))]).toEqual([false, true])
})

describe('settings without profiles', () => {
  test('keep their meaning: what printers and destinations chose', () => {
    expect([decided({}, anEvent('job.done')), decided({}, anEvent('job.started'))]).toEqual(['deliver deliver subscribed', 'drop subscribed not_subscribed'])
  })

  test('are what one profile that goes by events says', () => {
    expect(decided({ profiles: [BY_EVENTS] }, anEvent('job.started'))).toBe('drop subscribed not_subscribed')
  })
})

describe('R51: several profiles that reach one destination', () => {
  const twice = (first: object, second: object) => ({ timeslots: [AWAKE], profiles: [{ id: 'one', name: 'One', destinations: [{ destination: 'phone' }], ...first }, { id: 'two', name: 'Two', destinations: [{ destination: 'phone' }], ...second }] })
  const night = happened('job.done', '15 23:00', { severity: 'success' })
  const digest = { destinations: [{ destination: 'phone', mode: 'digest', digest: { at: ['08:00'] } }] }

  test.each<[string, object, object, string]>([
    ['deliver wins over hold', { timeslot: 'awake' }, {}, 'deliver deliver subscribed (two)'],
    ['hold wins over digest', digest, { timeslot: 'awake' }, 'hold timeslot timeslot_closed until 16 07:00 (two)'],
    ['digest wins over drop', { timeslot: 'awake', outside: 'drop' }, digest, 'digest mode digest until 16 08:00 (two)'],
    ['of two that drop it the one that came further is told', { active: false }, { timeslot: 'awake', outside: 'drop' }, 'drop timeslot outside_timeslot (two)'],
    ['of two that hold it the sooner one', { timeslot: 'early' }, { timeslot: 'awake' }, 'hold timeslot timeslot_closed until 16 06:00 (one)'],
  ])('%s', (_what, first, second, expected) => {
    const given = twice(first, second)
    expect(decided({ ...given, timeslots: [AWAKE, { id: 'early', name: 'Early', ranges: [{ days: DAYS, from: '06:00', to: '20:00' }] }] }, night)).toBe(expected)
  })

  test('make one message', () => {
    const { outbox, decisions } = route(anEvent('job.done'), contextOf(settings(twice({}, {}))))
    expect([outbox.length, decisions.length]).toEqual([1, 1])
  })
})

describe('R47: quiet hours', () => {
  const quiet = { timeslots: [AWAKE], profiles: [{ ...BY_EVENTS, timeslot: 'awake' }] }
  const dropping = { timeslots: [AWAKE], profiles: [{ ...BY_EVENTS, timeslot: 'awake', outside: 'drop' as const }] }

  test.each<[string, Given, string, string | null, string]>([
    ['by day it is told', quiet, '15 12:00', null, 'deliver deliver subscribed'],
    ['by night it waits for the morning', quiet, '15 23:00', null, 'hold timeslot timeslot_closed until 16 07:00'],
    ['after midnight it waits for the same morning', quiet, '16 02:00', null, 'hold timeslot timeslot_closed until 16 07:00'],
    ['of the night, found out by day, it is told then', quiet, '15 23:00', '16 09:00', 'deliver deliver subscribed'],
    ['of the day, found out in the night, it waits too', quiet, '15 21:00', '15 23:00', 'hold timeslot timeslot_closed until 16 07:00'],
    ['of a profile that drops, by night it is not told', dropping, '15 23:00', null, 'drop timeslot outside_timeslot'],
    ['of a profile that drops, of the night, it is not told by day either', dropping, '15 23:00', '16 09:00', 'drop timeslot outside_timeslot'],
    ['of a profile that drops, of the day, it waits for the morning', dropping, '15 21:00', '15 23:00', 'hold timeslot timeslot_closed until 16 07:00'],
  ])('%s', (_what, given, when, foundOut, expected) => {
    expect(decided(given, happened('job.done', when, { severity: 'success' }), { now: at(foundOut ?? when) })).toBe(expected)
  })

  test('let critical events pass, unless told otherwise', () => {
    const failed = happened('job.failed', '15 23:00', { severity: 'critical' })
    expect(decided(quiet, failed)).toBe('deliver timeslot critical_passes')
    expect(decided({ ...quiet, profiles: [{ ...BY_EVENTS, timeslot: 'awake', criticalPasses: false }] }, failed)).toBe('hold timeslot timeslot_closed until 16 07:00')
  })

  test('put a row on disk that waits, and is worth as long from then on', () => {
    const [row] = route(happened('job.done', '15 23:00', { severity: 'success' }), contextOf(settings(quiet), { now: at('15 23:00') })).outbox
    expect(row).toMatchObject({ state: 'held', releaseAt: at('16 07:00'), nextAttemptAt: at('16 07:00'), expiresAt: at('17 07:00') })
  })

  test('a slot that never opens does not hold for ever', () => {
    const never = { timeslots: [{ id: 'awake', name: 'Awake', zone: 'Europe/Oslo', ranges: [{ days: [4], from: '12:00', to: '12:00' }] }], profiles: [{ ...BY_EVENTS, timeslot: 'awake' }] }
    expect(decided(never, happened('job.done', '15 12:00', { severity: 'success' }))).toBe('hold timeslot timeslot_closed until 22 11:00')
  })
})

describe('R64: a digest', () => {
  const daily = (digest: object) => ({ profiles: [{ ...BY_EVENTS, destinations: [{ destination: 'phone', mode: 'digest' as const, digest: { at: ['08:00'], ...digest } }] }] })
  test.each<[string, object, string, string]>([
    ['waits for the next of its times', {}, '15 07:00', 'digest mode digest until 15 08:00'],
    ['that was just sent waits for the next day', {}, '15 08:00', 'digest mode digest until 16 08:00'],
    ['at several times takes the nearest', { at: ['20:00', '08:00', '14:00'] }, '15 12:00', 'digest mode digest until 15 14:00'],
    ['once a week waits for its day', { days: [1] }, '15 12:00', 'digest mode digest until 19 08:00'],
  ])('%s', (_what, digest, when, expected) => expect(decided(daily(digest), happened('job.done', when, { severity: 'success' }))).toBe(expected))
})

describe('presence', () => {
  const target = (presence: string) => ({ profiles: [{ ...BY_EVENTS, destinations: [{ destination: '*', presence }] }] }) as Given
  test.each<[string, RouteContext['presence'], string]>([
    ['always', 'present', 'deliver deliver subscribed'], ['always', 'idle', 'deliver deliver subscribed'], ['always', 'locked', 'deliver deliver subscribed'], ['always', 'unknown', 'deliver deliver subscribed'],
    ['at_desk', 'present', 'deliver deliver subscribed'], ['at_desk', 'idle', 'drop presence nobody_here'], ['at_desk', 'locked', 'drop presence nobody_here'], ['at_desk', 'unknown', 'deliver deliver subscribed'],
    ['away', 'present', 'drop presence somebody_here'], ['away', 'idle', 'deliver deliver subscribed'], ['away', 'locked', 'deliver deliver subscribed'], ['away', 'unknown', 'deliver deliver subscribed'],
  ])('a destination for "%s" while the desk is %s: %s', (wanted, presence, expected) => expect(decided(target(wanted), anEvent('job.done'), { presence })).toBe(expected))

  test('toast here, phone when nobody is here: exactly one of them hears it, both where it is unknown', () => {
    const two = { destinations: [{ id: 'desk', label: 'Desk', channel: 'desktop' }, ...PHONE], profiles: [{ ...BY_EVENTS, destinations: [{ destination: 'desk', presence: 'at_desk' as const }, { destination: 'phone', presence: 'away' as const }] }] }
    const told = (presence: RouteContext['presence']) => route(anEvent('job.done'), contextOf(someSettings(two), { presence })).outbox.map(({ destinationId }) => destinationId)
    expect([told('present'), told('idle'), told('locked'), told('unknown')]).toEqual([['desk'], ['phone'], ['phone'], ['desk', 'phone']])
  })
})

describe('what was held is judged once more', () => {
  const quiet = settings({ timeslots: [AWAKE], profiles: [{ ...BY_EVENTS, timeslot: 'awake' }] })
  const late = (now: number, over: Partial<LateContext> = {}): LateContext => ({ ...contextOf(quiet, { now }), standing: null, acknowledgedAt: null, failing: [], ...over })
  const row = { destinationId: 'phone', cancelOn: [] }

  test('in the morning it goes', () => expect(judgeAgain(row, happened('job.done', '15 23:00'), late(at('16 07:00')))).toEqual({ send: true }))

  test('after a sleep over the whole day it waits for the next morning', () => {
    expect(judgeAgain(row, happened('job.done', '15 23:00'), late(at('16 22:30')))).toEqual({ send: false, stage: 'timeslot', reason: 'timeslot_closed', until: at('17 07:00') })
  })

  test('what is over is left out', () => {
    const paused = happened('job.paused', '15 23:00', { job: LAMP })
    expect(judgeAgain(row, paused, late(at('16 07:00'), { ...contextOf(settings({ timeslots: [AWAKE], destinations: [{ ...PHONE[0]!, events: ['*'] }], profiles: [{ ...BY_EVENTS, timeslot: 'awake' }] }), { now: at('16 07:00') }), standing: aState('none') })))
      .toEqual({ send: false, stage: 'relevant', reason: 'job_ended' })
  })
})
