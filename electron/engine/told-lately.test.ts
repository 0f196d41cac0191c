import { describe, expect, test } from 'vitest'
import { TestClock } from '../../test/support/clock.ts'
import { memoryLog } from '../../test/support/log.ts'
import { anEvent, NOON } from '../../test/support/rule-fixtures.ts'
import type { PrinterState } from './events/model.ts'
import type { Decision, StoredEvent } from './history/history.ts'
import { group } from './rules/grouping.ts'
import { createToldLately, type ToldLatelyParts } from './told-lately.ts'

const server = (id: string) => ({ id, kind: 'fake', settings: {}, secrets: {}, inUse: true })
const printers = ['p1', 'p2', 'p3'].map((id) => ({ id, enabled: id !== 'p3', sources: [{ serverId: 'workshop', sourceId: id, role: 'primary' }] }))

function setUp(over: Partial<ToldLatelyParts> = {}, given: { events?: StoredEvent[]; decisions?: Record<string, Partial<Decision>[]> } = {}) {
  const clock = new TestClock(NOON)
  const log = memoryLog()
  const events = given.events ?? []
  const told = createToldLately({
    clock, log,
    history: {
      events: ({ types, since }) => events.filter((event) => (types === undefined || types.includes(event.type)) && (since === undefined || event.occurredAt >= since)).reverse(),
      decisions: (id) => (given.decisions?.[id] ?? []).map((one) => ({ eventId: id, destinationId: 'phone', seq: 1, decision: 'deliver', stage: 'deliver', reason: 'subscribed', profileId: null, until: null, at: NOON, ...one })),
    },
    inForce: { settings: () => ({ grouping: { burst: 10, servers: true }, printers }), printer: (id: string) => printers.find((one) => one.id === id), serverOf: () => server('workshop') } as never,
    links: () => [{ serverId: 'workshop', observation: { kind: 'link', at: NOON, link: 'up', cause: null, detail: null }, junk: {} }],
    state: () => null,
    ...over,
  })
  return { told, log, clock }
}
const stored = (id: string, seq: number, over: Partial<StoredEvent> = {}): StoredEvent => ({ ...anEvent('job.done', { id, seq, printerId: `p${seq}` }), seenAt: null, acknowledgedAt: null, snapshotFile: null, ...over })

describe('what was told lately', () => {
  test('goes on after a restart where it was: the window of its first, and of nothing that is longer ago', () => {
    const events = [
      stored('OLD', 1, { observedAt: NOON - 60_000, occurredAt: NOON - 60_000, type: 'job.failed' }), stored('E1', 2, { observedAt: NOON - 4_000 }), stored('E2', 3, { observedAt: NOON - 2_000 }),
    ]
    const { told } = setUp({}, { events, decisions: { OLD: [{ at: NOON - 60_000 }], E1: [{ at: NOON - 4_000 }, { seq: 2, at: NOON - 1_000, decision: 'drop' }], E2: [{ at: NOON - 2_000, decision: 'hold', stage: 'grouped', reason: 'burst:E1', until: NOON + 6_000 }] } })
    told.restore()
    expect([...told.context().firsts]).toEqual([['phone|job.done', { eventId: 'E1', printerId: 'p2', at: NOON - 4_000, until: NOON + 6_000 }]])
  })

  test('reads the last run when the rules first ask, as of the start', async () => {
    const asked: unknown[] = []
    const events = [stored('E1', 2, { observedAt: NOON - 4_000 }), stored('OWN', 3, { observedAt: NOON + 500 })]
    const history = { events: (query: unknown) => (asked.push(query), events), decisions: () => [{ eventId: 'E1', destinationId: 'phone', seq: 1, decision: 'deliver', stage: 'deliver', reason: 'subscribed', profileId: null, until: null, at: NOON - 4_000 } as const] }
    const { told, clock } = setUp({ history })
    told.restore()
    await clock.advance(8_000)
    expect(asked).toEqual([])
    expect([...told.context().firsts.values()]).toMatchObject([{ eventId: 'E1', at: NOON - 4_000 }])
    told.context()
    expect(asked).toHaveLength(2)
  })

  test('takes what it is told first for what follows the last run', () => {
    const events = [stored('E1', 2, { observedAt: NOON - 4_000 })]
    const { told } = setUp({}, { events, decisions: { E1: [{ at: NOON - 4_000 }] } })
    told.restore()
    told.note(anEvent('job.done', { id: 'E2', printerId: 'p9' }), [{ destinationId: 'phone', seq: 1, decision: 'hold', stage: 'grouped', reason: 'burst:E1', profileId: null, until: NOON + 6_000, at: NOON }])
    expect([...told.context().firsts.values()]).toMatchObject([{ eventId: 'E1' }])
  })

  test('knows for a day that the loss of a server was told', () => {
    const lost = stored('L1', 1, { type: 'link.lost', occurredAt: NOON - 3_600_000, observedAt: NOON - 3_540_000 })
    const { told } = setUp({}, { events: [lost], decisions: { L1: [{ at: NOON - 3_540_000, decision: 'hold', stage: 'grouped', reason: 'host:workshop', until: NOON - 3_538_000 }] } })
    told.restore()
    expect([...told.context().firsts.keys()]).toEqual(['phone|link.lost of workshop'])
  })

  test('takes nothing from the history that a clock which was set back has still to come to', () => {
    const later = NOON + 3_600_000
    const events = [stored('E1', 1, { type: 'job.failed', observedAt: later, occurredAt: later }), stored('L1', 2, { type: 'link.lost', observedAt: later, occurredAt: later })]
    const { told } = setUp({}, { events, decisions: { E1: [{ at: later }], L1: [{ at: later, decision: 'hold', stage: 'grouped', reason: 'host:workshop', until: later + 2_000 }] } })
    told.restore()
    expect([...told.context().firsts]).toEqual([])
  })

  test('goes along with a clock that is set back, and stays where it is set forward', async () => {
    const { told, clock } = setUp()
    const hold = { destinationId: 'phone', seq: 1, decision: 'hold', stage: 'grouped', reason: 'host:workshop', profileId: null, until: NOON + 2_000, at: NOON } as const
    told.note(anEvent('link.lost', { id: 'L1' }), [hold])
    await clock.advance(60_000)
    clock.jump(-30_000)
    const at = (): number[] => [...told.context().firsts.values()].flatMap((first) => [first.at, first.until])
    expect(at()).toEqual([NOON - 30_000, NOON - 28_000])
    expect(at()).toEqual([NOON - 30_000, NOON - 28_000])
    // Lost once more, when the clock shows again what it showed at the first loss.
    expect(group(anEvent('link.lost', { printerId: 'p2', occurredAt: NOON }), 'phone', { local: false }, { ...told.context(), hostOf: () => ({ serverId: 'workshop', printers: 2, answers: false }) }, clock.now())).toMatchObject({ decision: 'hold' })
    clock.jump(3_600_000)
    expect(at()).toEqual([NOON - 30_000, NOON - 28_000])
  })

  test('begins with nothing where the history can\'t be read, and says so', () => {
    const { told, log } = setUp({ history: { events: () => { throw new Error('The database is damaged.') }, decisions: () => [] } })
    told.restore()
    expect([...told.context().firsts]).toEqual([])
    expect(JSON.stringify(log.lines)).toContain('The database is damaged.')
  })

  test('forgets what was not stored after all, so that nothing waits behind it', () => {
    const { told } = setUp()
    told.note(anEvent('job.done', { id: 'E1' }), [{ destinationId: 'phone', seq: 1, decision: 'deliver', stage: 'deliver', reason: 'subscribed', profileId: null, until: null, at: NOON }])
    told.forget([])
    expect(told.context().firsts.size).toBe(1)
    told.forget([{ id: 'E1' }])
    expect(told.context().firsts.size).toBe(0)
  })

  test('counts the printers of a server that are watched, and asks how it answers', () => {
    expect(setUp().told.context().hostOf('p1')).toEqual({ serverId: 'workshop', printers: 2, answers: true })
    expect(setUp({ links: () => [] }).told.context().hostOf('p1')).toMatchObject({ answers: false })
  })

  test.each([['up', false], ['connecting', false], ['stale', false], ['down', true], ['refused', true], ['auth_failed', true]] as const)('a printer whose link is %s is out: %s', (link, out) => {
    expect(setUp({ state: () => ({ link }) as PrinterState }).told.context().isOut('p1')).toBe(out)
  })
})
