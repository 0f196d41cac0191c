import { describe, expect, it } from 'vitest'
import { TestClock } from '../../test/support/clock.ts'
import { memoryLog } from '../../test/support/log.ts'
import { createCommitter, type CommitterParts } from './committer.ts'
import { HistoryError, type Batch, type CommitResult } from './history/history.ts'
import { draft, memory } from './history/test-support.ts'

const FULL = new HistoryError('full', 'The disk is full. Free some space.')
const START = Date.UTC(2026, 0, 15, 12)

/** A disk that takes what it is given while `disk.refuses` is null. */
function setUp(over: Partial<CommitterParts> = {}) {
  const clock = new TestClock(START)
  const log = memoryLog()
  const disk = { refuses: null as Error | null, batches: [] as Batch[], order: [] as string[], saves: [] as { rows: unknown[]; at: number }[] }
  const trouble: (string | null)[] = []
  const passedOn: string[] = []
  let number = 0
  const take = (): void => {
    if (disk.refuses) throw disk.refuses
  }
  const committer = createCommitter({
    history: {
      commit(batch: Batch): CommitResult {
        take()
        disk.batches.push(batch)
        disk.order.push(...batch.entries.map((entry) => entry.draft.dedupeKey))
        return { events: batch.entries.map((entry, index) => ({ ...entry.draft, id: entry.id, seq: index + 1 })), duplicates: [], decisions: [], outbox: [] }
      },
      saveMemory(rows: unknown[], at: number) {
        take()
        disk.saves.push({ rows, at })
        disk.order.push('memory')
      },
    } as unknown as CommitterParts['history'],
    clock,
    log,
    ulid: () => `E${++number}`,
    route: (draft) => ({ draft, decisions: [], outbox: [] }),
    onCommitted: (result) => void passedOn.push(...result.events.map((event) => event.id)),
    onTrouble: (text) => void trouble.push(text),
    ...over,
  })
  const edge = (key: string, notes: Record<string, unknown> = {}): void =>
    committer.add({ printerId: 'p1', memory: memory(notes), drafts: [draft(key)], suppressed: [], edge: true })
  const between = (notes: Record<string, unknown>, printerId = 'p1'): void =>
    committer.add({ printerId, memory: memory(notes), drafts: [], suppressed: [], edge: false })
  const keys = (): string[] => disk.batches.flatMap((batch) => batch.entries.map((entry) => entry.draft.dedupeKey))
  return { clock, log, disk, trouble, passedOn, committer, edge, between, keys }
}

describe('what must be on disk', () => {
  it('is written at once: memory, events and what was swallowed in one batch', () => {
    const { committer, disk, passedOn } = setUp()
    const swallowed = { at: START, printerId: 'p1', type: 'job.paused' as const, reason: 'short_pause' as const, detail: 'pause of 2.1 s', dedupeKey: null }
    committer.add({ printerId: 'p1', memory: memory({ n: 1 }), drafts: [draft('a'), draft('b')], suppressed: [swallowed], edge: true })
    expect(disk.batches).toEqual([{
      at: START,
      memories: [{ printerId: 'p1', memory: memory({ n: 1 }) }],
      entries: [{ draft: draft('a'), id: 'E1', decisions: [], outbox: [] }, { draft: draft('b'), id: 'E2', decisions: [], outbox: [] }],
      suppressed: [swallowed],
    }])
    expect(passedOn).toEqual(['E1', 'E2'])
  })

  it('is written at once for an edge without an event, and for what was swallowed without an edge', () => {
    const { committer, disk } = setUp()
    committer.add({ printerId: 'p1', memory: memory(), drafts: [], suppressed: [], edge: true })
    committer.add({ printerId: 'p1', memory: memory(), drafts: [], suppressed: [{ at: START, printerId: 'p1', type: 'job.progress', reason: 'collapsed_progress', detail: '', dedupeKey: null }], edge: false })
    expect(disk.batches).toHaveLength(2)
  })

  it('of Printbell itself touches no printer\'s memory', () => {
    const { committer, disk } = setUp()
    committer.addOwn(draft('app.offline'))
    expect(disk.batches[0]?.memories).toEqual([])
    expect(disk.batches[0]?.entries.map((entry) => entry.draft.dedupeKey)).toEqual(['app.offline'])
  })
})

describe('what may wait', () => {
  it('is saved every 15 s, the last memory of each printer only', async () => {
    const { clock, disk, between } = setUp()
    between({ n: 1 })
    between({ n: 2 })
    between({ n: 7 }, 'p2')
    await clock.advance(14_999)
    expect(disk.saves).toEqual([])
    await clock.advance(1)
    expect(disk.saves).toEqual([{ rows: [{ printerId: 'p1', memory: memory({ n: 2 }) }, { printerId: 'p2', memory: memory({ n: 7 }) }], at: START + 15_000 }])
    await clock.advance(60_000)
    expect(disk.saves).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  it('is taken along by an edge and not saved a second time', async () => {
    const { clock, disk, between, edge } = setUp()
    between({ n: 1 })
    edge('a', { n: 2 })
    await clock.advance(20_000)
    expect(disk.saves).toEqual([])
    expect(disk.batches[0]?.memories).toEqual([{ printerId: 'p1', memory: memory({ n: 2 }) }])
  })

  it('is saved at the end, which leaves no timer', () => {
    const { clock, disk, between, committer } = setUp()
    between({ n: 3 })
    committer.stop()
    expect(disk.saves).toEqual([{ rows: [{ printerId: 'p1', memory: memory({ n: 3 }) }], at: START }])
    expect(clock.pending).toBe(0)
  })

  it('is kept and tried again when the disk does not take it', async () => {
    const { clock, disk, between, trouble } = setUp()
    between({ n: 1 })
    disk.refuses = FULL
    await clock.advance(15_000)
    disk.refuses = null
    await clock.advance(15_000)
    expect(disk.saves).toEqual([{ rows: [{ printerId: 'p1', memory: memory({ n: 1 }) }], at: START + 30_000 }])
    expect(trouble).toEqual([])
  })
})

describe('while the disk refuses', () => {
  it('batches wait in their order and are passed on only when they are on disk', async () => {
    const { clock, disk, edge, keys, passedOn, committer } = setUp()
    edge('a')
    disk.refuses = FULL
    edge('b')
    edge('c')
    await clock.advance(60_000)
    edge('d')
    expect(passedOn).toEqual(['E1'])
    expect(committer.waiting).toBe(3)
    disk.refuses = null
    // Not even a batch that the disk would take now overtakes those that wait.
    edge('e')
    expect(keys()).toEqual(['a'])
    await clock.advance(5_000)
    expect(keys()).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(passedOn).toEqual(['E1', 'E2', 'E3', 'E4', 'E5'])
    expect(committer.waiting).toBe(0)
    expect(clock.pending).toBe(0)
  })

  it('it is told once with cause and cure, and once that it is over', async () => {
    const { clock, disk, edge, trouble } = setUp()
    disk.refuses = FULL
    edge('a')
    await clock.advance(30_000)
    edge('b')
    const refused = 'Events can\'t be written to disk: The disk is full. Free some space. They are kept in memory and tried again every 5 s.'
    expect(trouble).toEqual([refused])
    disk.refuses = null
    await clock.advance(5_000)
    expect(trouble).toEqual([refused, null])
    disk.refuses = FULL
    edge('c')
    expect(trouble).toEqual([refused, null, refused])
  })

  it('a disk that fills up again while batches are written keeps the rest', async () => {
    const { clock, disk, edge, keys } = setUp()
    disk.refuses = FULL
    for (const key of ['a', 'b', 'c']) edge(key)
    disk.refuses = null
    const push = disk.batches.push.bind(disk.batches)
    disk.batches.push = (...batches) => {
      disk.refuses = FULL
      return push(...batches)
    }
    await clock.advance(5_000)
    expect(keys()).toEqual(['a'])
    disk.batches.push = push
    disk.refuses = null
    await clock.advance(5_000)
    expect(keys()).toEqual(['a', 'b', 'c'])
  })

  it('no memory is saved ahead of the events that belong to it', async () => {
    const { clock, disk, edge, between } = setUp()
    disk.refuses = FULL
    edge('a', { n: 1 })
    between({ n: 2 })
    await clock.advance(12_000)
    disk.refuses = null
    // Both are due at 15 s, and the memory's turn comes first.
    await clock.advance(30_000)
    expect(disk.order).toEqual(['a', 'memory'])
    expect(disk.saves.map((save) => save.rows)).toEqual([[{ printerId: 'p1', memory: memory({ n: 2 }) }]])
  })

  it('a clean end does not save a memory whose events are not on disk', () => {
    const { clock, disk, edge, between, committer } = setUp()
    disk.refuses = FULL
    edge('a', { n: 1 })
    between({ n: 2 })
    const commits = disk.batches
    // The batch is refused for a reason of its own, a memory would be taken.
    disk.refuses = null
    Object.defineProperty(commits, 'push', { value: () => { throw FULL } })
    committer.stop()
    expect(disk.saves).toEqual([])
    expect(clock.pending).toBe(0)
  })

  it('a last try is made at the end, and no timer is left whether or not it succeeds', async () => {
    const first = setUp()
    first.disk.refuses = FULL
    first.edge('a')
    await first.clock.advance(1_000)
    first.disk.refuses = null
    first.committer.stop()
    expect(first.keys()).toEqual(['a'])
    expect(first.clock.pending).toBe(0)

    const second = setUp()
    second.disk.refuses = FULL
    second.edge('a')
    await second.clock.advance(1_000)
    second.committer.stop()
    expect(second.clock.pending).toBe(0)
  })
})

describe('what listens', () => {
  it('may announce an event while one is passed on', () => {
    const announced = { done: false }
    const rig = setUp({
      onCommitted(result) {
        rig.passedOn.push(...result.events.map((event) => event.dedupeKey))
        if (announced.done) return
        announced.done = true
        rig.committer.addOwn(draft('own'))
      },
    })
    rig.edge('a')
    expect(rig.keys()).toEqual(['a', 'own'])
    expect(rig.passedOn).toEqual(['a', 'own'])
  })

  it('and breaks is no trouble of the disk: the batch is not written twice', async () => {
    const rig = setUp({
      onCommitted() {
        throw new TypeError('a listener broke')
      },
    })
    rig.edge('a')
    await rig.clock.advance(60_000)
    expect(rig.keys()).toEqual(['a'])
    expect(rig.trouble).toEqual([])
    expect(rig.log.lines.map((line) => line.message)).toEqual(['what was written could not be passed on'])
  })
})

describe('a printer that is no longer watched', () => {
  it('leaves no memory behind, neither the one that waits for its time nor those that wait for the disk', async () => {
    const { clock, disk, committer, edge, between } = setUp()
    between({ at: 1 }, 'p2')
    between({ at: 1 }, 'p1')
    disk.refuses = FULL
    edge('told')
    committer.forget('p1')
    disk.refuses = null
    await clock.advance(60_000)
    expect(disk.batches.map(({ memories, entries }) => [memories, entries.length])).toEqual([[[], 1]])
    expect(disk.saves.map(({ rows }) => (rows as { printerId: string }[]).map(({ printerId }) => printerId))).toEqual([['p2']])
  })
})
