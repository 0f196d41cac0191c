/** What it costs to have an event with its decisions and outbox rows on disk, beside the smallest durable write. */
import { DatabaseSync } from '@photostructure/sqlite'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { initialMemory } from '../../electron/engine/events/reduce.ts'
import type { Batch, CommitEntry } from '../../electron/engine/history/history.ts'
import { openHistory } from '../../electron/engine/history/sqlite-history.ts'
import { memoryLog } from '../support/log.ts'
import { percentile, round } from './lib/engine.ts'

const SAMPLES = 300

export async function run(): Promise<unknown[]> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-bench-commit-'))
  try {
    const history = openHistory({ file: join(folder, 'printbell.db'), log: memoryLog(), now: () => Date.now() })
    const bare = new DatabaseSync(join(folder, 'bare.db'))
    bare.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT)')
    const insert = bare.prepare('INSERT INTO t (text) VALUES (?)')
    const ours: number[] = []
    const theirs: number[] = []
    // In turns, so that a slow moment of the disk meets both.
    for (let n = 0; n < SAMPLES; n++) {
      const next = batch(n)
      ours.push(timed(() => history.commit(next)))
      theirs.push(timed(() => insert.run(JSON.stringify(next.entries[0]?.draft))))
    }
    history.close()
    bare.close()
    return [0.5, 0.95].map((fraction) => {
      const value = percentile(ours, fraction)
      const baseline = percentile(theirs, fraction)
      return { name: `commit of one event, p${fraction * 100}`, value: round(value, 3), unit: 'ms', baseline: round(baseline, 3), ratio: round(value / baseline, 2), limit: null }
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function timed(work: () => unknown): number {
  const began = performance.now()
  work()
  return performance.now() - began
}

function batch(n: number): Batch {
  const at = Date.now()
  const id = `E${String(n).padStart(25, '0')}`
  const entry: CommitEntry = {
    id,
    draft: {
      dedupeKey: `p1|part.gcode|local|${n}|job.done|`, occurredAt: at, observedAt: at, late: false, type: 'job.done', severity: 'success', printerId: 'p1', printerName: 'Printer 1', serverKind: 'octoprint',
      job: { key: `part.gcode|local|${n}`, file: { name: 'part.gcode', path: 'part.gcode', origin: 'local', size: 1000 }, startedAt: at - 1000, endedAt: at, user: 'bench' },
      byUs: false, snapshot: 'final',
    },
    decisions: ['desk', 'hook'].map((destinationId) => ({ destinationId, seq: 1, decision: 'deliver' as const, stage: 'deliver', reason: 'subscribed', profileId: null, until: null, at })),
    outbox: ['desk', 'hook'].map((destinationId) => ({
      id: `${id}.${destinationId}`, destinationId, state: 'waiting' as const, deliveryKey: `${id}.${destinationId}`, priority: 3, jobKey: null, attempts: 0, createdAt: at, nextAttemptAt: at, expiresAt: at + 60_000,
      pictureUntil: null, releaseAt: null, cancelOn: [], leaseUntil: null, lastResult: null,
    })),
  }
  return { at, memories: [{ printerId: 'p1', memory: initialMemory('up') }], entries: [entry], suppressed: [] }
}
