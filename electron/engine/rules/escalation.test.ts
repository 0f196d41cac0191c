import { describe, expect, test } from 'vitest'
import { anEvent, contextOf, LAMP, NOON, someSettings } from '../../../test/support/rule-fixtures.ts'
import { aState } from '../commands/commands.support.ts'
import type { Silence } from '../history/history.ts'
import { judgeAgain, route, type LateContext } from './route.ts'

const MINUTE = 60_000
const DESTINATIONS = [{ id: 'desk', label: 'Desk', channel: 'desktop' }, { id: 'phone', label: 'Phone', channel: 'webhook', events: ['job.done'] }, { id: 'boss', label: 'Boss', channel: 'webhook', events: ['job.done'] }]
const settings = (escalate: object, over: Parameters<typeof someSettings>[0] = {}) => someSettings({ destinations: DESTINATIONS, profiles: [{ id: 'default', name: 'Everything chosen', byEvents: true, destinations: [{ destination: '*' }], escalate } as never], ...over })
const RUNOUT = anEvent('attention.filament_runout', { severity: 'critical', job: LAMP, attention: { key: 'runout', kind: 'filament_runout', text: null, choices: [], since: NOON } })
const held = (event = RUNOUT, given = settings({ afterMinutes: 10, to: ['phone'], times: 2 })) => route(event, contextOf(given)).outbox.filter(({ state }) => state === 'held')

describe('an escalation', () => {
  test('holds a step for each time, from the start, so that a restart does not lose it', () => {
    expect(held().map(({ id, destinationId, releaseAt, cancelOn }) => [id, destinationId, ((releaseAt ?? 0) - NOON) / MINUTE, cancelOn])).toEqual([
      [`${RUNOUT.id}.phone.1`, 'phone', 10, ['acknowledged', 'resolved']], [`${RUNOUT.id}.phone.2`, 'phone', 20, ['acknowledged', 'resolved']],
    ])
  })

  test('is told beside what the destination hears by itself', () => {
    expect(route(RUNOUT, contextOf(settings({ afterMinutes: 10, to: ['phone'] }))).decisions.map(({ destinationId, seq, decision, stage, reason }) => `${destinationId} ${seq} ${decision} ${stage} ${reason}`)).toEqual([
      'desk 1 deliver deliver subscribed', 'phone 1 drop subscribed not_subscribed', 'boss 1 drop subscribed not_subscribed', 'phone 2 hold escalation escalation:1',
    ])
  })

  test.each<[string, ReturnType<typeof anEvent>, number]>([
    ['an attention', RUNOUT, 1], ['a failed print', anEvent('job.failed', { severity: 'critical', job: LAMP }), 1], ['a detected failure', anEvent('failure.detected', { severity: 'critical', job: LAMP }), 1],
    ['a print that is done', anEvent('job.done', { job: LAMP }), 0], ['a pause', anEvent('job.paused', { job: LAMP }), 0],
    ['an attention that is over', anEvent('attention.cleared', { attention: RUNOUT.attention! }), 0], ['a reminder', anEvent('attention.reminder', { severity: 'warning', attention: RUNOUT.attention! }), 0],
  ])('%s: %s', (_what, event, steps) => expect(held(event, settings({ afterMinutes: 10, to: ['phone'] }))).toHaveLength(steps))

  test('of what nobody was told is none', () => {
    expect(held(RUNOUT, settings({ afterMinutes: 10, to: ['phone'] }, { profiles: [{ id: 'mine', name: 'Mine', active: false, destinations: [{ destination: 'desk' }], escalate: { afterMinutes: 10, to: ['phone'] } }] }))).toEqual([])
  })

  test('of two profiles tells a destination once a step, at the earlier time', () => {
    const both = settings({}, { profiles: [{ id: 'a', name: 'A', destinations: [{ destination: 'desk' }], escalate: { afterMinutes: 30, to: ['phone'] } }, { id: 'b', name: 'B', destinations: [{ destination: 'boss' }], escalate: { afterMinutes: 5, to: ['phone'] } }] })
    expect(held(RUNOUT, both).map(({ destinationId, releaseAt }) => [destinationId, ((releaseAt ?? 0) - NOON) / MINUTE])).toEqual([['phone', 5]])
  })

  test.each([['before', 0], ['behind', 1]])('is not lost %s another profile that tells the same destination', (_where, at) => {
    const profiles: { id: string; name: string; destinations: { destination: string }[]; escalate?: object }[] = [{ id: 'plain', name: 'Plain', destinations: [{ destination: 'desk' }] }]
    profiles.splice(at, 0, { id: 'crew', name: 'Crew', destinations: [{ destination: 'desk' }], escalate: { afterMinutes: 10, to: ['phone'] } })
    expect(held(RUNOUT, settings({}, { profiles: profiles as never })).map(({ destinationId }) => destinationId)).toEqual(['phone'])
  })

  test('leaves out destinations that are switched off', () => {
    const off = settings({ afterMinutes: 10, to: ['phone', 'boss'] }, { destinations: DESTINATIONS.map((one) => (one.id === 'phone' ? { ...one, enabled: false } : one)) })
    expect(held(RUNOUT, off).map(({ destinationId }) => destinationId)).toEqual(['boss'])
  })
})

describe('when its time comes', () => {
  const given = settings({ afterMinutes: 10, to: ['phone'] })
  const step = { destinationId: 'phone', cancelOn: ['acknowledged' as const, 'resolved' as const] }
  const attentions = [{ key: 'runout', kind: 'filament_runout' as const, text: null, choices: [], since: NOON }]
  const open = aState('paused', { attentions })
  const late = (over: Partial<LateContext> = {}): LateContext => ({ ...contextOf(given, { now: NOON + 10 * MINUTE }), standing: open, acknowledgedAt: null, failing: [], ...over })
  const mute: Silence = { id: 'S1', startsAt: 0, endsAt: null, match: {}, reason: null } as unknown as Silence

  test('it goes, although the destination did not subscribe to it', () => expect(judgeAgain(step, RUNOUT, late())).toEqual({ send: true }))

  test.each<[string, Partial<LateContext>, string, string]>([
    ['an acknowledgement', { acknowledgedAt: NOON + 1 }, 'relevant', 'acknowledged'],
    ['the end of the trouble', { standing: { ...open, attentions: [] } }, 'relevant', 'resolved'],
    ['the end of the print', { standing: aState('none', { attentions }) }, 'relevant', 'job_ended'],
    ['a silence', { silences: [mute] }, 'silenced', 'silence:S1'],
  ])('%s stops it', (_what, over, stage, reason) => expect(judgeAgain(step, RUNOUT, late(over))).toEqual({ send: false, stage, reason }))

  test('a failed print is over anyway: only an acknowledgement stops that', () => {
    const failed = anEvent('job.failed', { severity: 'critical', job: LAMP })
    const standing = aState('none')
    expect(judgeAgain(step, failed, late({ standing }))).toEqual({ send: true })
    expect(judgeAgain(step, failed, late({ standing, acknowledgedAt: NOON + 1 }))).toEqual({ send: false, stage: 'relevant', reason: 'acknowledged' })
  })
})
