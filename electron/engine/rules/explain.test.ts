import { describe, expect, test } from 'vitest'
import type { Decision } from '../history/history.ts'
import { explain, nextStep, suppressedBecause, suppressedText, trace, typesTelling, type Names } from './explain.ts'

const AT = 1_768_478_400_000
const names: Names = {
  event: 'Filament ran out', destination: 'Family', printer: 'MK4', silence: (id) => (id === 'S1' ? { name: 'Mute of MK4', by: 'cli', over: false } : null),
  filter: (id) => (id === 'night' ? 'Night shift' : null), profile: (id) => (id === 'P1' ? 'Workshop' : null), time: (at) => (at === AT ? '15:00' : '07:00'),
}
const decision = (over: Partial<Decision> = {}): Decision => ({ eventId: 'E1', destinationId: 'fam', seq: 1, decision: 'drop', stage: 'subscribed', reason: 'not_subscribed', profileId: null, until: null, at: AT, ...over })
const lines = (...decisions: Decision[]) => trace(decisions, names).map(({ mark, stage, text }) => `${mark} ${stage}: ${text}`)

describe('a trace', () => {
  test('of a delivery names each stage that let it through', () => {
    expect(lines(decision({ decision: 'deliver', stage: 'deliver', reason: 'subscribed' }))).toEqual([
      'ok Subscribed: “Filament ran out” is on', 'ok Channel: “Family” can carry it', 'ok Silences: None matches', 'ok Decision: Goes to “Family”',
    ])
  })

  test('of a profile names it, and says that its filters and its times let it through', () => {
    expect(lines(decision({ decision: 'deliver', stage: 'deliver', reason: 'subscribed', profileId: 'P1' }))).toEqual([
      'ok Subscribed: “Filament ran out” is on', 'ok Profile: “Workshop” is active', 'ok Filters: Nothing in “Workshop” stands against it', 'ok Timeslot: “Workshop” is told at that time', 'ok Channel: “Family” can carry it', 'ok Silences: None matches',
      'ok Decision: Goes to “Family” (profile “Workshop”)',
    ])
  })

  test('says nothing of times where something may have been held, and nothing of a profile that is gone', () => {
    expect(lines(decision({ stage: 'silenced', reason: 'silence:S1', profileId: 'P1' })).filter((line) => line.includes('Timeslot'))).toEqual([])
    expect(lines(decision({ decision: 'deliver', stage: 'deliver', reason: 'subscribed', profileId: 'P9' })).filter((line) => /Profile|Filters|Timeslot/.test(line))).toEqual([])
  })

  test('stops at the stage that decided', () => {
    expect(lines(decision())).toEqual(['no Subscribed: “Filament ran out” is off for “Family”'])
    expect(lines(decision({ stage: 'silenced', reason: 'silence:S1' }))).toEqual(['ok Subscribed: “Filament ran out” is on', 'ok Channel: “Family” can carry it', 'no Silences: “Mute of MK4” mutes it, set from the command line'])
  })

  test('goes on with what was decided later, in its order', () => {
    expect(lines(decision({ seq: 2, stage: 'relevant', reason: 'resolved' }), decision({ decision: 'deliver', stage: 'deliver', reason: 'late' })).slice(-2)).toEqual([
      'ok Decision: Goes to “Family”, although it was found out late', 'no Still true: It was over before it could be told',
    ])
  })

  test('tells what was overtaken, and what was discarded', () => {
    expect(explain(decision({ seq: 2, stage: 'superseded', reason: 'newer_progress' }), names)).toMatchObject({ mark: 'no', stage: 'Newer' })
    expect(explain(decision({ seq: 2, stage: 'discarded', reason: 'discarded' }), names)).toMatchObject({ mark: 'no', stage: 'By hand' })
  })

  test('tells until when something is held, and of a digest', () => {
    expect(explain(decision({ decision: 'hold', stage: 'timeslot', reason: 'opens_later', until: AT }), names)).toEqual({ mark: 'wait', stage: 'Timeslot', text: 'Opens later: held until 15:00', at: AT })
    expect(explain(decision({ decision: 'digest', stage: 'deliver', reason: 'subscribed' }), names).text).toBe('Goes to “Family”: goes into the next digest')
  })

  test.each([
    ['switched_off', 'A subscription switches “Filament ran out” off for “Family”'],
    ['idle_link', '“MK4” was not printing, and an idle printer that comes and goes is not told unless chosen'],
    ['no_job', '“MK4” was not printing, and without a print this goes to this computer only'],
    ['not_supported', '“Family” can\'t carry this kind of event'],
    ['channel_missing', 'This Printbell has no channel of the kind that “Family” needs'],
    ['about_itself', '“Family” fails and can\'t tell it itself; the others do'],
    ['own_recovery', '“Family” works again, which shows by itself there'],
    ['newer_progress', 'Newer progress of the same print came before it could be sent'],
    ['discarded', 'Somebody discarded it after it could not be delivered'],
    ['own_action', 'It was done from Printbell, and one’s own doing is not told unless wanted'],
    ['burst:E1', 'Another printer was told the same a moment before, so it goes in one message with what else comes of it'],
    ['host:workshop', 'Its server is told in one message, for all of its printers'],
    ['host_down', '“MK4” could not be reached itself, so its camera is no news'],
    ['destination_removed', '“Family” was removed meanwhile'],
    ['destination_disabled', '“Family” was switched off meanwhile'],
    ['restored_from_backup', 'It still waited in the backup that was restored, and what is old is not sent again'],
    ['acknowledged', 'Somebody acknowledged it meanwhile'],
    ['job_ended', 'The print ended meanwhile'],
    ['silence:gone', 'A silence that is no longer known muted it'],
    ['of_a_newer_program', 'Of a newer program'],
    ['', 'No reason was noted'],
    ['constructor', 'Constructor'],
  ])('of the reason %s', (reason, text) => {
    expect(explain(decision({ reason }), names).text).toBe(text)
  })
})

test.each([
  [{ state: 'waiting', attempts: 0 }, 'Next: Sent as soon as it is its turn'],
  [{ state: 'waiting', attempts: 2, nextAttemptAt: AT }, 'At 15:00: Tried again, until 07:00'],
  [{ state: 'held', releaseAt: AT }, 'At 15:00: Judged again, dropped if it no longer holds'],
  [{ state: 'dead' }, 'Next: Nothing more is tried; it can be sent again by hand'],
  [{ state: 'expired' }, 'Next: Too old to be sent by itself; it can be sent again by hand'],
  [{ state: 'cancelled' }, 'Next: Nothing more is sent'],
  [{ state: 'leased' }, 'Now: Being sent'],
] as const)('what happens next with %o', (over, text) => {
  const next = nextStep({ nextAttemptAt: AT, releaseAt: null, attempts: 1, expiresAt: AT + 1, ...over }, AT - 60_000, names)
  expect(`${next?.stage}: ${next?.text}`).toBe(text)
})

test('a delivered one needs no next step', () => {
  expect(nextStep({ state: 'delivered', nextAttemptAt: 0, releaseAt: null, attempts: 1, expiresAt: 0 }, AT, names)).toBeNull()
})

test('what was swallowed says why', () => {
  expect(suppressedText({ reason: 'short_pause', detail: 'pause of 2.1 s' })).toBe('not told, because the pause was too short to matter (pauseGrace) (pause of 2.1 s)')
  expect(suppressedText({ reason: 'cap', detail: '' })).toBe('not told, because too many messages came within a minute; one summary tells of them (capPerMinute)')
  expect(suppressedBecause({ reason: 'short_pause', detail: 'pause of 2.1 s' })).toBe('the pause was too short to matter (pause of 2.1 s)')
  expect(suppressedBecause({ reason: 'failure_unanswered', detail: '90 %, print paused' })).toBe('nobody had answered the failure alert before it (90 %, print paused)')
  expect(suppressedText({ reason: 'failure_too_soon', detail: '' })).toBe('not told, because a failure alert of this print was told a moment ago (failureRepeat)')
  expect(suppressedText({ reason: 'failure_answered', detail: '' })).toBe('not told, because somebody had just answered the failure alert before it (failureRepeat)')
  expect(suppressedText({ reason: 'no_job', detail: '' })).toBe('not told, because no print ran that could fail')
  expect(suppressedText({ reason: 'baseline', detail: '' })).toBe('not told, because it was so already when Printbell first looked')
})

test.each([
  ['filament', ['attention.filament_runout', 'attention.filament_change']],
  ['Cancel', ['job.cancelled']],
  ['ran', ['attention.filament_runout']],
  ['pr', []],
  ['benchy', []],
])('the word %s tells %j', (word, types) => {
  expect(typesTelling(word)).toEqual(types)
})

describe('the rules in words', () => {
  test.each<[string, Partial<Decision>, string]>([
    ['a filter by its name', { stage: 'filtered', reason: 'filter:night:events' }, 'no Filters: The filter “Night shift” is for other kinds of events'],
    ['a filter that says nothing', { stage: 'filtered', reason: 'filter:night:empty' }, 'no Filters: The filter “Night shift” says nothing, and so matches nothing'],
    ['a filter that is gone', { stage: 'filtered', reason: 'filter:old:tags' }, 'no Filters: A filter that is no longer there is for printers with other tags'],
    ['a timeslot that holds', { decision: 'hold', stage: 'timeslot', reason: 'timeslot_closed', until: AT }, 'wait Timeslot: The timeslot is closed: held until 15:00'],
    ['a timeslot that drops', { stage: 'timeslot', reason: 'outside_timeslot' }, 'no Timeslot: It happened outside of the timeslot'],
    ['a profile that rests', { stage: 'profile', reason: 'profile_paused' }, 'no Profile: The profile rests for a while'],
    ['a digest', { decision: 'digest', stage: 'mode', reason: 'digest', until: AT }, 'wait Mode: “Family” gets a digest: goes into the next digest'],
    ['the history only', { stage: 'mode', reason: 'in_app' }, 'no Mode: It is for the history only'],
  ])('%s', (_what, over, expected) => expect(lines(decision(over)).at(-1)).toBe(expected))
})

describe('the profile that decided', () => {
  test.each<[string, Partial<Decision>, string]>([
    ['is named beside the reason', { decision: 'hold', stage: 'timeslot', reason: 'timeslot_closed', until: AT, profileId: 'P1' }, 'wait Timeslot: The timeslot is closed (profile “Workshop”): held until 15:00'],
    ['is named where it delivers', { decision: 'deliver', stage: 'deliver', reason: 'subscribed', profileId: 'P1' }, 'ok Decision: Goes to “Family” (profile “Workshop”)'],
    ['is the subject where it rests', { stage: 'profile', reason: 'profile_paused', profileId: 'P1' }, 'no Profile: The profile “Workshop” rests for a while'],
    ['is the subject where it is off', { stage: 'profile', reason: 'profile_off', profileId: 'P1' }, 'no Profile: The profile “Workshop” is switched off'],
    ['may be gone by now', { stage: 'filtered', reason: 'filter:night:tags', profileId: 'old' }, 'no Filters: The filter “Night shift” is for printers with other tags (a profile that is no longer there)'],
    ['may be gone by now and have rested', { stage: 'profile', reason: 'profile_off', profileId: 'old' }, 'no Profile: A profile that is no longer there is switched off'],
  ])('%s', (_what, over, expected) => expect(lines(decision(over)).at(-1)).toBe(expected))
})
