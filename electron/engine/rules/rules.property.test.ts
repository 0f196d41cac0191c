import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memoryLog } from '../../../test/support/log.ts'
import { madeEvent, madePresence, madeSettings, madeSilences, SEED } from '../../../test/support/made-rules.ts'
import { contextOf, someSettings } from '../../../test/support/rule-fixtures.ts'
import type { Decision, History, OutboxRow } from '../history/history.ts'
import { openHistory } from '../history/sqlite-history.ts'
import { explain, type Names } from './explain.ts'
import { isStep } from './escalation.ts'
import { judgeAgain, route, type RouteContext } from './route.ts'

const made = fc.record({ settings: madeSettings, event: madeEvent, presence: madePresence, silences: madeSilences })
type Made = typeof made extends fc.Arbitrary<infer T> ? T : never

const context = ({ settings, event, presence, silences }: Made): RouteContext => contextOf(someSettings(settings), { now: event.observedAt, presence, silences })
/** Each found, or not, in so many cases; well below a second each. */
const CASES = { ...SEED, numRuns: 400 }
const holds = (check: (one: Made) => void): void => fc.assert(fc.property(made, check), CASES)

const NAMES: Names = { event: 'It', destination: 'there', printer: 'P', silence: () => null, filter: () => 'a filter', profile: () => 'a profile', time: () => 'then' }
const inOwnWords = (reason: string): string => reason.replaceAll('_', ' ').toLowerCase()
const steps = (rows: readonly Omit<OutboxRow, 'eventId'>[]) => rows.filter(isStep)
const plain = (rows: readonly Omit<OutboxRow, 'eventId'>[]) => rows.filter((row) => !isStep(row))

describe('whatever the settings and the event', () => {
  test('each destination that is on has one first decision, and a row exactly when that is not to drop it', () => holds((one) => {
    const given = context(one)
    const { decisions, outbox } = route(one.event, given)
    const first = decisions.filter(({ seq }) => seq === 1)
    expect(first.map(({ destinationId }) => destinationId)).toEqual(given.destinations.filter(({ enabled }) => enabled).map(({ id }) => id))
    expect(plain(outbox).map(({ destinationId }) => destinationId)).toEqual(first.filter(({ decision }) => decision !== 'drop').map(({ destinationId }) => destinationId))
    expect(plain(outbox).map(({ state }) => state)).toEqual(first.flatMap(({ decision }) => (decision === 'drop' ? [] : [decision === 'deliver' ? 'waiting' : 'held'])))
  }))

  test('each row has an id of its own, and beside the steps of an escalation a destination has one', () => holds((one) => {
    const { outbox } = route(one.event, context(one))
    expect(new Set(outbox.map(({ id }) => id)).size).toBe(outbox.length)
    expect(new Set(plain(outbox).map(({ destinationId }) => destinationId)).size).toBe(plain(outbox).length)
  }))

  test('each decision is told in words that somebody wrote, and says until when it waits', () => holds((one) => {
    for (const decision of route(one.event, context(one)).decisions) {
      const { text } = explain(decision, NAMES)
      expect([text.length > 0, text.toLowerCase() === inOwnWords(decision.reason)], decision.reason).toEqual([true, false])
      expect(decision.until !== null && decision.until > decision.at, decision.reason).toBe(decision.decision === 'hold' || decision.decision === 'digest')
    }
  }))

  test('the same question has the same answer, also when all of it is made anew', () => holds((one) => {
    const given = context(one)
    const answer = route(one.event, given)
    expect(route(one.event, given)).toEqual(answer)
    // In between it was asked about something else.
    route({ ...one.event, id: 'ANOTHER', printerId: 'p2', type: 'job.done' }, given)
    expect(route(structuredClone(one.event), context(structuredClone(one)))).toEqual(answer)
  }))

  test('what goes now is not stopped when it is judged again at that moment, unless it is over', () => holds((one) => {
    const given = context(one)
    const { decisions, outbox } = route(one.event, given)
    for (const row of plain(outbox)) {
      const decided = decisions.find(({ destinationId, seq }) => destinationId === row.destinationId && seq === 1)
      const again = judgeAgain(row, one.event, { ...given, standing: null, acknowledgedAt: null, failing: ['d1', 'd2'] })
      const expected = decided?.decision === 'hold' ? { send: false, stage: decided.stage, reason: decided.reason, until: decided.until } : { send: true }
      if (again.send || again.stage !== 'relevant') expect(again).toEqual(expected)
    }
  }))
})

const STRENGTH: Readonly<Record<Decision['decision'], number>> = { deliver: 3, hold: 2, digest: 1, drop: 0 }
interface Outcome { strength: number; until: number | null }
const outcomes = (one: Made): Map<string, Outcome> => new Map(route(one.event, context(one)).decisions.filter(({ seq }) => seq === 1).map(({ destinationId, decision, until }) => [destinationId, { strength: STRENGTH[decision], until }]))
const withProfiles = (one: Made, profiles: NonNullable<Made['settings']['profiles']>): Made => ({ ...one, settings: { ...one.settings, profiles } })

describe('across profiles', () => {
  test('the strongest of what each of them says alone wins, and of two that wait the sooner one', () => holds((one) => {
    const profiles = one.settings.profiles ?? []
    const alone = profiles.map((profile) => outcomes(withProfiles(one, [profile])))
    for (const [destinationId, together] of outcomes(one)) {
      const each = alone.flatMap((outcome) => outcome.get(destinationId) ?? [])
      const strength = Math.max(0, ...each.map((outcome) => outcome.strength))
      const until = each.filter((outcome) => outcome.strength === strength).flatMap((outcome) => outcome.until ?? [])
      expect(together, destinationId).toEqual({ strength, until: until.length === 0 ? null : Math.min(...until) })
    }
  }))

  test('their order changes neither what comes nor when, escalations included', () => holds((one) => {
    const when = (given: Made) => route(given.event, context(given)).outbox.map(({ id, state, nextAttemptAt, expiresAt }) => `${id} ${state} ${nextAttemptAt} ${expiresAt}`).sort()
    expect(when(withProfiles(one, [...(one.settings.profiles ?? [])].reverse()))).toEqual(when(one))
  }))

  test('one more of them takes nothing away, its steps neither', () => holds((one) => {
    const [first, ...others] = one.settings.profiles ?? []
    if (!first || others.length === 0) return
    const keys = (given: Made) => new Set(steps(route(given.event, context(given)).outbox).map(({ id }) => id))
    const all = keys(one)
    for (const id of keys(withProfiles(one, others))) expect(all).toContain(id)
  }))
})

describe('what is stored', () => {
  let folder: string
  let history: History
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'printbell-'))
    history = openHistory({ file: join(folder, 'history.db'), log: memoryLog(), now: () => 0 })
  })
  afterAll(() => {
    history.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('an event read back, judged with the stored silences at the time of its decisions, has the stored decisions', () => {
    let run = 0
    fc.assert(fc.property(made, (one) => {
      run += 1
      const id = `E${String(run).padStart(25, '0')}`
      const silences = one.silences.map((silence) => ({ ...silence, id: `${silence.id}of${run}` }))
      const { id: _made, seq: _seq, ...draft } = { seq: 0, ...one.event, dedupeKey: `made|${run}` }
      for (const silence of silences) history.putSilence(silence)
      // As the engine does: it reads those that hold from the store.
      const inForce = (at: number) => history.silences(at).filter((silence) => silences.some((mine) => mine.id === silence.id))
      const given = { ...context(one), silences: inForce(one.event.observedAt) }
      const { decisions, outbox } = route({ ...draft, id }, given)
      history.commit({ at: given.now, memories: [], entries: [{ id, draft, decisions, outbox }], suppressed: [] })

      const stored = history.event(id)
      const told = history.decisions(id)
      const at = told[0]?.at ?? given.now
      if (stored === null) throw new Error('It was not stored.')
      const again = route(stored, { ...given, now: at, silences: inForce(at) })
      const byPlace = (a: { destinationId: string; seq: number }, b: { destinationId: string; seq: number }): number => `${a.destinationId}${a.seq}`.localeCompare(`${b.destinationId}${b.seq}`)
      expect(again.decisions.map((decision) => ({ ...decision, eventId: id })).sort(byPlace)).toEqual(told.sort(byPlace))
      expect(history.outbox({ eventId: id }).map((row) => row.id).sort()).toEqual(again.outbox.map((row) => row.id).sort())
      for (const silence of silences) history.liftSilence(silence.id, at)
    }), { ...SEED, numRuns: 150 })
  })
})
