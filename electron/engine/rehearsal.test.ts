import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settle, TestClock } from '../../test/support/clock.ts'
import { contextOf, someSettings } from '../../test/support/rule-fixtures.ts'
import type { EventType } from './events/model.ts'
import { first, temporaryHistory } from './history/test-support.ts'
import type { CommitResult, Silence } from './history/history.ts'
import { rehearsals, type RehearsalParts } from './rehearsal.ts'
import type { EngineSettings } from './settings/expand.ts'
import { mergeThresholds } from './settings/schema.ts'

const START = 1_768_478_400_000

let store: ReturnType<typeof temporaryHistory>
beforeEach(() => {
  store = temporaryHistory()
})
afterEach(() => store.remove())

function setUp(over: { silences?: Silence[]; hookEnabled?: boolean; freeze?: RehearsalParts['freeze'] } = {}) {
  const clock = new TestClock(START)
  const plain = someSettings({
    destinations: [
      { id: 'desk', label: 'Desk', channel: 'desktop' },
      { id: 'hook', label: 'My hook', channel: 'webhook', enabled: over.hookEnabled ?? true },
    ],
  })
  const settings: EngineSettings = {
    ...plain,
    servers: [],
    printers: plain.printers.map((printer) => ({ ...printer, sources: [{ serverId: 'octo', sourceId: null, role: 'primary' as const }], thresholds: mergeThresholds() })),
    destinations: plain.destinations.map((destination) => ({ ...destination, secrets: {} })),
  }
  const committed: CommitResult[] = []
  const parts: RehearsalParts = {
    settings: () => settings,
    kindOf: () => 'octoprint',
    routeContext: () => (contextOf(plain, { now: clock.now(), silences: over.silences ?? [] })),
    history: store.history,
    clock,
    ulid: () => '01KF00000000000000000000R1',
    freeze: over.freeze ?? ((draft) => draft),
    onCommitted: (result) => void committed.push(result),
  }
  const go = (destinationId: string, printerId: string, type: EventType) => rehearsals(parts).rehearse({ destinationId, printerId, type })
  const play = (destinationIds: string[] | null, type: EventType) => rehearsals(parts).play({ destinationIds, printerId: 'mk4', type })
  return { clock, committed, go, play }
}

describe('a rehearsal', () => {
  it('R56: goes to one destination through rules, history and outbox, and tells what came of it', async () => {
    const { clock, committed, go } = setUp()
    const result = go('hook', 'mk4', 'job.done')
    await settle()
    expect(committed.map(({ outbox, decisions }) => ({ outbox: outbox.map((row) => row.destinationId), decisions: decisions.map((one) => [one.destinationId, one.decision]) })))
      .toEqual([{ outbox: ['hook'], decisions: [['hook', 'deliver']] }])
    // Without a picture the hook gets it after 10 s.
    await clock.advance(10_000)
    const row = first(store.history.lease('hook', clock.now(), 60_000, 1))
    store.history.finish(row, { outboxId: row.id, eventId: row.eventId, destinationId: 'hook', at: clock.now(), ms: 42, number: 1, result: 'delivered', detail: 'HTTP 200' }, { state: 'delivered' })
    await clock.advance(200)
    expect(await result).toEqual({
      eventId: '01KF00000000000000000000R1',
      decision: { decision: 'deliver', stage: 'deliver', reason: 'subscribed' },
      attempt: { result: 'delivered', detail: 'HTTP 200', ms: 42 },
    })
    expect(clock.pending).toBe(0)
  })

  it('carries how things stand with the printer, where the destination needs that', async () => {
    const asked: string[][] = []
    const { go, clock } = setUp({
      freeze: (draft, rows) => {
        asked.push(rows.map(({ destinationId }) => destinationId))
        return { ...draft, context: { currentZ: 12.4 } }
      },
    })
    void go('hook', 'mk4', 'job.done')
    await settle()
    expect(asked).toEqual([['hook']])
    expect(store.history.event('01KF00000000000000000000R1')?.context).toEqual({ currentZ: 12.4 })
    await clock.advance(30_000)
  })

  it('says in reason and text that it is one, and belongs to no real job', async () => {
    const { go, clock } = setUp()
    void go('hook', 'mk4', 'job.done')
    await settle()
    expect(store.history.event('01KF00000000000000000000R1')).toMatchObject({
      type: 'job.done', severity: 'success', printerId: 'mk4', printerName: 'MK4 left bench', serverKind: 'octoprint', occurredAt: START, late: false,
      reason: 'rehearsal', text: 'This is a rehearsal: nothing happened to the printer.', progress: 1,
      job: { key: 'rehearsal|01KF00000000000000000000R1', file: { name: 'rehearsal.gcode' }, startedAt: START - 3_600_000, endedAt: START },
    })
    await clock.advance(30_000)
  })

  it.each<[EventType, string]>([
    ['job.failed', 'critical'], ['attention.filament_runout', 'critical'], ['failure.detected', 'critical'], ['heater.runaway', 'critical'],
    ['link.auth_failed', 'error'], ['device.error', 'error'], ['command.failed', 'error'],
    ['job.cancelled', 'warning'], ['failure.warning', 'warning'], ['job.result_unknown', 'warning'],
    ['job.started', 'info'], ['link.up', 'info'],
  ])('of %s has the severity %s', async (type, severity) => {
    const { go, clock } = setUp()
    const result = go('hook', 'mk4', type)
    await clock.advance(30_000)
    await result
    expect(store.history.event('01KF00000000000000000000R1')?.severity).toBe(severity)
  })

  it('that the rules drop says which stage and why, and waits for nothing', async () => {
    const { go, clock } = setUp()
    expect(await go('hook', 'mk4', 'job.started')).toEqual({
      eventId: '01KF00000000000000000000R1',
      decision: { decision: 'drop', stage: 'subscribed', reason: 'not_subscribed' },
      attempt: null,
    })
    expect(clock.pending).toBe(0)
    // Nobody was to be told: it is no unseen news.
    expect(store.history.unseenCount()).toBe(0)
  })

  it('that a silence swallows names the silence', async () => {
    const silence: Silence = { id: 'S1', createdAt: START, startsAt: START, endsAt: START + 3_600_000, match: { printerIds: ['mk4'] }, reason: 'Muted', by: 'toast' }
    expect((await setUp({ silences: [silence] }).go('hook', 'mk4', 'job.done')).decision).toEqual({ decision: 'drop', stage: 'silenced', reason: 'silence:S1' })
  })

  it('without an answer within 20 s tells that none came', async () => {
    const { go, clock } = setUp()
    let result: unknown = 'waiting'
    void go('hook', 'mk4', 'job.done').then((done) => {
      result = done
    })
    await clock.advance(19_800)
    expect(result).toBe('waiting')
    await clock.advance(400)
    expect(result).toMatchObject({ decision: { decision: 'deliver' }, attempt: null })
    expect(clock.pending).toBe(0)
  })
})

describe('a rehearsal to several destinations', () => {
  it('R56: is one event, judged for each of them, and tells what came of it at each', async () => {
    const { clock, committed, play } = setUp()
    const result = play(null, 'job.paused')
    await settle()
    const row = first(store.history.lease('desk', clock.now(), 60_000, 1))
    store.history.finish(row, { outboxId: row.id, eventId: row.eventId, destinationId: 'desk', at: clock.now(), ms: 7, number: 1, result: 'delivered', detail: 'shown' }, { state: 'delivered' })
    await clock.advance(200)
    expect(await result).toEqual({ eventId: '01KF00000000000000000000R1', destinations: [
      { destinationId: 'desk', label: 'Desk', decision: { decision: 'deliver', stage: 'deliver', reason: 'subscribed', profileId: null, until: null }, attempt: { result: 'delivered', detail: 'shown', ms: 7 } },
      { destinationId: 'hook', label: 'My hook', decision: { decision: 'drop', stage: 'subscribed', reason: 'not_subscribed', profileId: null, until: null }, attempt: null },
    ] })
    expect(committed).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  it('goes only to those that were chosen, and not to one that is off', async () => {
    const { clock, play } = setUp()
    const result = play(['hook'], 'job.paused')
    await clock.advance(200)
    expect((await result).destinations.map(({ destinationId }) => destinationId)).toEqual(['hook'])
    await expect(setUp({ hookEnabled: false }).play(['desk', 'hook'], 'job.done')).rejects.toThrow('destination "hook" is switched off')
    await expect(play(['desk', 'nope'], 'job.done')).rejects.toThrow('there is no destination "nope"; there are: desk, hook')
  })
})

describe('a rehearsal is refused', () => {
  it('for a printer or destination that does not exist, naming those that do', async () => {
    const { go, committed } = setUp()
    await expect(go('hook', 'mk5', 'job.done')).rejects.toThrow('there is no printer "mk5"; there are: mk4')
    await expect(go('phone', 'mk4', 'job.done')).rejects.toThrow('there is no destination "phone"; there are: desk, hook')
    expect(committed).toEqual([])
    expect(store.history.events({})).toEqual([])
  })

  it('for a destination that is switched off', async () => {
    await expect(setUp({ hookEnabled: false }).go('hook', 'mk4', 'job.done')).rejects.toThrow('destination "hook" is switched off')
  })
})
