import { describe, expect, test } from 'vitest'
import type { Attempt, Decision, LinkGap, OutboxRow, StoredEvent } from '../history/history.ts'
import { decision, draft, row, T0 } from '../history/test-support.ts'
import type { Heard, WhyFacts, WhyQuestion } from './facts.ts'
import { whyNot, type WhyAnswer } from './why.ts'

/** T0 is 12:00 UTC. */
const MINUTE = 60_000
const names = {
  silence: (id: string) => (id === 'S1' ? { name: 'Mute of MK4', by: 'window', over: false } : id === 'S2' ? { name: '', by: 'Ann', over: true } : null),
  filter: (id: string) => (id === 'night' ? 'Night shift' : null),
  profile: (id: string) => (id === 'P1' ? 'Workshop' : null),
  time: (at: number) => new Date(at).toISOString().slice(11, 16),
}
const question = (over: Partial<WhyQuestion> = {}): WhyQuestion => ({ printerId: 'mk4', type: 'job.done', at: T0, destinationId: null, ...over })
const facts = (over: Partial<WhyFacts> = {}): WhyFacts => ({
  now: T0 + 60 * MINUTE, printer: { name: 'MK4', enabled: true }, destinations: [{ id: 'fam', label: 'Family', enabled: true }], heard: [], near: [], suppressed: [], gaps: [], absences: [], failing: [], eventDays: 365, notMade: null, ...over,
})
const stored = (over: Partial<StoredEvent> = {}): StoredEvent => ({ ...draft('k'), printerId: 'mk4', printerName: 'MK4', id: 'E1', seq: 7, occurredAt: T0 + MINUTE, observedAt: T0 + MINUTE, seenAt: null, acknowledgedAt: null, snapshotFile: null, ...over })
const decided = (over: Partial<Decision> = {}): Decision => ({ ...decision({ destinationId: 'fam', stage: 'deliver', reason: 'subscribed', ...over }), eventId: 'E1' })
const sent = (over: Partial<OutboxRow> = {}): OutboxRow => ({ ...row('R1', { destinationId: 'fam', ...over }), eventId: 'E1' })
const tried = (over: Partial<Attempt> = {}): Attempt => ({ outboxId: 'R1', eventId: 'E1', destinationId: 'fam', at: T0 + 2 * MINUTE, ms: 12, number: 1, result: 'delivered', detail: 'taken by ntfy.sh', ...over })
const heard = (over: Partial<Heard> = {}): Heard => ({ event: stored(), decisions: [decided()], outbox: [], attempts: [], ...over })
const gap = (from: number, to: number | null, cause: string | null): LinkGap => ({ serverId: 'octo', from: T0 + from * MINUTE, to: to === null ? null : T0 + to * MINUTE, cause })
const ask = (over: Partial<WhyFacts>, asked: Partial<WhyQuestion> = {}): WhyAnswer => whyNot(question(asked), facts(over), names)

const SEEN = '“Print done” of “MK4” was seen at 12:01.'

describe('an event that was seen', () => {
  test.each<[string, Partial<Heard>, Partial<WhyFacts>, WhyAnswer['verdict'], string]>([
    ['delivered: so look there', { outbox: [sent({ state: 'delivered' })], attempts: [tried()] }, {}, 'delivered', 'It was delivered to “Family” at 12:02 (taken by ntfy.sh), so look there.'],
    ['delivered at the third try', { outbox: [sent({ state: 'delivered' })], attempts: [tried({ number: 3 })] }, {}, 'delivered', 'It was delivered to “Family” at 12:02 (taken by ntfy.sh), so look there. It took 3 tries.'],
    ['delivered after it was held', { decisions: [decided({ decision: 'hold', stage: 'timeslot', reason: 'timeslot_closed', profileId: 'P1', until: T0 })], outbox: [sent({ state: 'delivered' })], attempts: [tried()] }, {}, 'delivered',
      'It was delivered to “Family” at 12:02 (taken by ntfy.sh), so look there. It waited for its time. The timeslot is closed (profile “Workshop”).'],
    ['off for the destination', { decisions: [decided({ decision: 'drop', stage: 'subscribed', reason: 'not_subscribed' })] }, {}, 'dropped', '“Family” was not told. “Print done” is off for “Family”. Choose it for this destination, or in a profile that reaches it.'],
    ['refused by a filter', { decisions: [decided({ decision: 'drop', stage: 'filtered', reason: 'filter:night:tags', profileId: 'P1' })] }, {}, 'dropped',
      '“Family” was not told. The filter “Night shift” is for printers with other tags (profile “Workshop”). Change the filter, or the profile that uses it.'],
    ['dropped by a profile that is off', { decisions: [decided({ decision: 'drop', stage: 'profile', reason: 'profile_off', profileId: 'P1' })] }, {}, 'dropped', '“Family” was not told. The profile “Workshop” is switched off. Switch the profile on.'],
    ['muted by a silence that still holds', { decisions: [decided({ decision: 'drop', stage: 'silenced', reason: 'silence:S1' })] }, {}, 'dropped', '“Family” was not told. “Mute of MK4” mutes it, set in the window. Lift the silence to be told again.'],
    ['muted by a silence that is over', { decisions: [decided({ decision: 'drop', stage: 'silenced', reason: 'silence:S2' })] }, {}, 'dropped', '“Family” was not told. A silence muted it, set by Ann.'],
    ['muted by a silence that is no longer known', { decisions: [decided({ decision: 'drop', stage: 'silenced', reason: 'silence:S0' })] }, {}, 'dropped', '“Family” was not told. A silence that is no longer known muted it.'],
    ['held until the timeslot opens', { decisions: [decided({ decision: 'hold', stage: 'timeslot', reason: 'timeslot_closed', profileId: 'P1', until: T0 + 120 * MINUTE })], outbox: [sent({ state: 'held', releaseAt: T0 + 120 * MINUTE })] }, {}, 'waiting',
      'It is held for “Family” until 14:00. The timeslot is closed (profile “Workshop”). Then it is judged once more, and left out if it no longer holds.'],
    ['waiting for the digest', { decisions: [decided({ decision: 'digest', stage: 'mode', reason: 'digest', profileId: 'P1', until: T0 + 180 * MINUTE })], outbox: [sent({ state: 'held', releaseAt: T0 + 180 * MINUTE })] }, {}, 'waiting',
      'It is held for “Family” until 15:00. “Family” gets a digest (profile “Workshop”). Then it is judged once more, and left out if it no longer holds.'],
    ['on its way', { outbox: [sent()] }, {}, 'waiting', 'It is on its way to “Family”, and was not sent yet.'],
    ['being sent', { outbox: [sent({ state: 'leased' })] }, {}, 'waiting', 'It is being sent to “Family” now.'],
    ['at a channel that fails', { outbox: [sent({ attempts: 2, expiresAt: T0 + 60 * MINUTE })], attempts: [tried({ result: 'retry', detail: 'The server does not answer.' })] },
      { failing: [{ destinationId: 'fam', since: T0 - 30 * MINUTE, why: 'the server does not answer', state: 'open', nextTryAt: null }] }, 'failed',
      'It was not delivered to “Family” yet, after 2 tries. The server does not answer. “Family” fails since 11:30: the server does not answer. It is tried until 13:00. Test the destination: the test names the cause.'],
    ['refused by the far side', { outbox: [sent({ state: 'dead' })], attempts: [tried({ result: 'rejected', detail: 'The key is wrong' })] }, {}, 'failed', '“Family” did not take it at 12:02. The key is wrong. Mend that, then send it again from the history.'],
    ['too old before it could be sent', { outbox: [sent({ state: 'expired', expiresAt: T0 + 60 * MINUTE })] }, {}, 'failed', 'It could not be delivered to “Family” until 13:00, and then it was too old. It can be sent again from the history.'],
    ['taken back', { decisions: [decided(), decided({ seq: 2, decision: 'drop', stage: 'relevant', reason: 'acknowledged' })], outbox: [sent({ state: 'cancelled' })] }, {}, 'dropped', 'It was taken back before it reached “Family”. Somebody acknowledged it meanwhile.'],
    ['before the destination was there', { decisions: [] }, {}, 'dropped', '“Family” was not there yet, or switched off, so nothing was decided for it.'],
    ['at a destination that is off', { decisions: [] }, { destinations: [{ id: 'fam', label: 'Family', enabled: false }] }, 'dropped', '“Family” is switched off. Switch it on under Destinations.'],
  ])('%s', (_what, about, around, verdict, text) => {
    const answer = ask({ heard: [heard(about)], ...around })
    expect(answer.sentences).toEqual([SEEN, text])
    expect(answer.verdict).toBe(verdict)
    expect(answer.event).toEqual({ id: 'E1', at: T0 + MINUTE, title: 'Print done' })
  })

  test('is told destination by destination, each with its trace', () => {
    const answer = ask({
      destinations: [{ id: 'fam', label: 'Family', enabled: true }, { id: 'desk', label: 'Desk', enabled: true }],
      heard: [heard({ decisions: [decided(), decided({ destinationId: 'desk', decision: 'drop', stage: 'subscribed', reason: 'not_subscribed' })], outbox: [sent({ state: 'delivered' })], attempts: [tried()] })],
    })
    expect(answer.sentences).toEqual([SEEN, 'Of 2 destinations 1 got it, 1 was not told.'])
    expect(answer.destinations.map(({ label, kind, mark }) => [label, kind, mark])).toEqual([['Family', 'delivered', 'ok'], ['Desk', 'dropped', 'no']])
    expect(answer.destinations[1]?.trace.map(({ stage, text }) => `${stage}: ${text}`)).toEqual(['Subscribed: “Print done” is off for “Desk”'])
  })

  test('of one destination is told for that one only', () => {
    const answer = ask({ destinations: [{ id: 'fam', label: 'Family', enabled: true }, { id: 'desk', label: 'Desk', enabled: true }], heard: [heard({ outbox: [sent({ state: 'leased' })] })] }, { destinationId: 'fam' })
    expect(answer.sentences).toEqual([SEEN, 'It is being sent to “Family” now.'])
    expect(answer.destinations.map(({ destinationId }) => destinationId)).toEqual(['fam'])
  })

  test('names a destination that was removed since by its id', () => {
    expect(ask({ destinations: [], heard: [heard({ outbox: [sent({ state: 'delivered' })], attempts: [tried()] })] }).sentences[1]).toBe('It was delivered to “fam” at 12:02 (taken by ntfy.sh), so look there.')
  })

  test('that no destination could tell says so', () => {
    expect(ask({ destinations: [], heard: [heard({ decisions: [] })] }).sentences).toEqual([SEEN, 'There is no destination that could have told it. Add one under Destinations.'])
  })

  test('that was found out late, and who saw it, is told', () => {
    const answer = ask({ heard: [heard({ event: stored({ late: true, observedAt: T0 + 30 * MINUTE, seenAt: T0 + 40 * MINUTE }), outbox: [sent({ state: 'leased' })] })] })
    expect(answer.sentences[0]).toBe('“Print done” of “MK4” was seen at 12:01, but found out only at 12:30.')
    expect(answer.sentences[2]).toBe('It is marked as seen since 12:40.')
  })

  test('again a moment later stands beside it', () => {
    const answer = ask({ heard: [heard({ outbox: [sent({ state: 'leased' })] }), heard({ event: stored({ id: 'E2', occurredAt: T0 - 9 * MINUTE }) })] })
    expect(answer.near).toEqual([{ eventId: 'E2', at: T0 - 9 * MINUTE, type: 'job.done', text: 'Print done' }])
  })
})

describe('an event that was not seen', () => {
  test.each<[string, Partial<WhyFacts>, Partial<WhyQuestion>, WhyAnswer['verdict'], string[]]>([
    ['swallowed, with the setting that decides it', { suppressed: [{ at: T0, printerId: 'mk4', type: 'job.paused', reason: 'short_pause', detail: 'pause of 2.1 s', dedupeKey: null }] }, { type: 'job.paused' }, 'suppressed',
      ['“Paused” of “MK4” was noticed at 12:00 and not told, because the pause was too short to matter (pause of 2.1 s). The setting pauseGrace decides that.']],
    ['swallowed by no setting', { suppressed: [{ at: T0, printerId: 'mk4', type: 'job.done', reason: 'baseline', detail: '', dedupeKey: null }] }, {}, 'suppressed', ['“Print done” of “MK4” was noticed at 12:00 and not told, because it was so already when Printbell first looked.']],
    ['Printbell did not run', { absences: [gap(-60, 10, 'not_running')] }, {}, 'unseen', ['Printbell did not run from 11:00 to 12:10, so what happened then could be missed. Let it start with the computer.']],
    ['the computer slept', { absences: [gap(-60, 10, 'sleep')] }, {}, 'unseen', ['This computer slept from 11:00 to 12:10, so what happened then could be missed. Keep it awake while a printer prints.']],
    ['the own network was away', { absences: [gap(-3, 3, 'own_network')] }, {}, 'unseen', ['This computer had no network from 11:57 to 12:03, so what happened then could be missed.']],
    ['the server was away', { gaps: [gap(-5, 5, 'timeout')] }, {}, 'unseen', ['The server of “MK4” could not be reached from 11:55 to 12:05 (timeout), so what happened then could be missed.']],
    ['the server is away still', { gaps: [gap(-5, null, 'key_invalid')] }, {}, 'unseen', ['The server of “MK4” could not be reached since 11:55 (key invalid), so what happened then could be missed. Test the connection: the test names the cause.']],
    ['both, what is certain first', { absences: [gap(-1, 1, 'sleep')], gaps: [gap(3, 5, null)] }, {}, 'unseen',
      ['This computer slept from 11:59 to 12:01, so what happened then could be missed. Keep it awake while a printer prints.', 'The server of “MK4” could not be reached from 12:03 to 12:05, so what happened then could be missed.']],
    ['only a gap nearby', { gaps: [gap(3, 5, 'timeout')] }, {}, 'nothing', ['No “Print done” of “MK4” was seen around 12:00, and none was left out.', 'The server of “MK4” could not be reached from 12:03 to 12:05 (timeout), so what happened then could be missed.']],
    ['the printer is off', { printer: { name: 'MK4', enabled: false } }, {}, 'not_watched', ['“MK4” is switched off in the settings, so nobody looks at it. Switch it on under Printers.']],
    ['there is no such printer', { printer: null }, { printerId: 'mk9' }, 'not_watched', ['There is no printer “mk9” in the settings, so nobody looks at it. Add it under Printers.']],
    ['nobody asks for the kind', { notMade: 'nobody_asks' }, { type: 'job.first_layer_done' }, 'not_watched', ['No destination asks for “First layer done”, so the printer\'s server is not asked for it either. Choose it for a destination.']],
    ['the kind is switched off', { notMade: { setting: 'progressStep' } }, { type: 'job.progress' }, 'not_watched', ['“Progress” is switched off. The setting progressStep switches it on.']],
    ['longer ago than the history goes', { now: T0 + 400 * 24 * 60 * MINUTE }, {}, 'nothing', ['The history keeps 365 days, and that is longer ago. The setting retention.eventDays keeps more.']],
    ['still to come', { now: T0 - 1 }, {}, 'nothing', ['That time is still to come. Ask for one that is over.']],
    ['nothing of all that', {}, {}, 'nothing', ['No “Print done” of “MK4” was seen around 12:00, and none was left out.', 'Printbell looked all that time, so for it nothing of this kind happened.']],
  ])('%s', (_what, around, asked, verdict, sentences) => {
    const answer = ask(around, asked)
    expect(answer.sentences).toEqual(sentences)
    expect(answer.verdict).toBe(verdict)
    expect(answer).toMatchObject({ event: null, destinations: [] })
  })

  test('lists what did happen about then, the nearest first', () => {
    const answer = ask({
      near: [stored({ id: 'E3', type: 'job.cancelled', occurredAt: T0 + 4 * MINUTE }), stored({ id: 'E4', occurredAt: T0 - 180 * MINUTE })],
      suppressed: [{ at: T0 + MINUTE, printerId: 'mk4', type: 'job.paused', reason: 'short_pause', detail: '', dedupeKey: null }],
    })
    expect(answer.near.map(({ eventId, text }) => [eventId, text])).toEqual([[null, 'Paused: not told, because the pause was too short to matter'], ['E3', 'Print cancelled'], ['E4', 'Print done']])
  })
})

test('words of others are told on one line', () => {
  const answer = ask({ printer: { name: 'MK4\u202e\nx', enabled: false } })
  expect(answer.sentences).toEqual(['“MK4 x” is switched off in the settings, so nobody looks at it. Switch it on under Printers.'])
})
