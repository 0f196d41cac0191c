/**
 * What happened while nobody looked. OctoPrint never replays events and keeps no trace of a job that its own restart
 * interrupted (1.11.8, seen), so what was remembered is compared with the files' last print and with how far back the
 * server's memory reaches.
 */
import { z } from 'zod'
import type { JobFile, Observation } from '../../events/model.ts'
import type { Log } from '../../ports.ts'
import type { Remembered } from '../adapter.ts'
import type { Rest } from '../kit/rest.ts'
import { ServerError } from '../kit/server-error.ts'
import { filePath } from './rest.ts'

/** The server keeps temperatures and chart markings for 30 min by default; less, so that a shorter gap decides nothing. */
const MEMORY_MS = 25 * 60_000
/** A job seen active was active at most this long before its last sight. */
const SIGHT_MS = 5_000
/**
 * Temperatures carry whole seconds, rounded down, the Date header too, and the quickest restart seen took 1.6 s: what
 * stands for the time before the gap must be this much older than the last sight, what is new this much younger.
 */
const CLOCK_SLACK_MS = 1_000
/** Below this gap a job that began and ended unseen is not worth listing all files for. */
const LIST_AFTER_MS = 5_000
const LIST_BYTES = 24_000_000

const times = z.array(z.object({ time: z.number(), type: z.string().optional() })).catch([])
/** The part of a `history` frame that shows how far back the server remembers. Times in epoch seconds, server clock. */
export const serverMemory = z.object({ temps: times.default([]), markings: times.default([]) })
export type ServerMemory = z.output<typeof serverMemory>

const lastPrint = z.object({ date: z.number(), success: z.boolean(), printTime: z.number().nullish() })
const fileRecord = z.object({
  name: z.string().nullish(), path: z.string().nullish(), origin: z.string().nullish(), display: z.string().nullish(), size: z.number().nullish(),
  prints: z.object({ last: lastPrint.optional().catch(undefined) }).optional().catch(undefined),
})
const folder = z.object({ children: z.array(z.unknown()) })
const fileList = z.object({ files: z.array(z.unknown()) })

/** Whether a list of the server's memory had entries. */
export interface Held {
  temps: boolean
  markings: boolean
}

export interface Present {
  /** A job runs now (anything between preparing and finishing). */
  active: boolean
  file: JobFile | null
}

export interface ReconcileInput {
  rest: Rest
  sourceId: string
  /** Our clock, epoch ms. */
  now: number
  /** Server clock minus ours, ms. */
  skew: number
  remembered: Remembered
  present: Present
  /** What the server's memory shows; null when it could not be read. */
  memory: ServerMemory | null
  /**
   * 'same': it still knew our session, which it only keeps in memory. 'other': it was seen starting, or had forgotten a
   * session it should know. null: nothing is known (the engine itself was away).
   */
  process: 'same' | 'other' | null
  /** What this server's memory held when it was last looked at; null = not known. */
  held?: Held | null
  signal: AbortSignal
  log: Log
}

export interface Reconciled {
  /** Outcomes in the order in which the jobs ended. */
  outcomes: Observation[]
  restarted: boolean
}

/**
 * Finds the outcome of the remembered job, if it is over, and of jobs that began and ended unseen.
 * @throws ServerError when the server was lost meanwhile; what the key may not read only makes the answer poorer
 */
export async function reconcile(input: ReconcileInput): Promise<Reconciled> {
  const { sourceId, remembered, now } = input
  const lastSeenAt = remembered.lastSeenAt(sourceId)
  // Never seen: nothing is old enough to rebuild.
  if (lastSeenAt === null) return { outcomes: [], restarted: false }
  const job = remembered.activeJob(sourceId)
  const restarted = wasRestarted(input, lastSeenAt, job?.file ?? null)
  const found: Extract<Observation, { kind: 'signal' }>[] = []

  if (job) {
    const since = Math.max(job.startedAt ?? 0, lastSeenAt - SIGHT_MS)
    const own = await readFile(input, job.file)
    const ended = own.last !== null && endOf(own.last, input.skew) > since ? own.last : null
    const same = input.present.active && input.present.file !== null && input.present.file.path === job.file.path && input.present.file.origin === job.file.origin
    if (same && !ended && !isNewRun(input, restarted, lastSeenAt, job.file)) return { outcomes: [], restarted }
    found.push(outcome(input, job.file, ended, restarted, own.missing))
  }

  if (now - lastSeenAt > LIST_AFTER_MS) {
    for (const record of await listFiles(input)) {
      if (job && record.file.path === job.file.path && record.file.origin === job.file.origin) continue
      if (endOf(record.last, input.skew) <= lastSeenAt) continue
      found.push(outcome(input, record.file, record.last, restarted, null))
    }
  }
  const end = (o: (typeof found)[number]) => (o.signal.type === 'outcome' ? o.signal.endedAt ?? now : now)
  return { outcomes: found.sort((a, b) => end(a) - end(b)), restarted }
}

/** When a print ended, in our clock, epoch ms. `prints.last.date` is the end (1.11.8, seen). */
function endOf(last: z.output<typeof lastPrint>, skew: number): number {
  return last.date * 1000 - skew
}

/**
 * Whether the server process is another one than when last seen. What it remembers from before the gap proves that it
 * is the same; without such proof a start that was seen, or a memory that begins too late, says it is not.
 */
export function wasRestarted(input: Pick<ReconcileInput, 'memory' | 'skew' | 'process' | 'now' | 'present' | 'held'>, lastSeenAt: number, job: JobFile | null): boolean {
  if (input.process === 'same') return false
  const seen = lastSeenAt + input.skew
  const remembered = [...(input.memory?.temps ?? []), ...(input.memory?.markings ?? [])]
  if (remembered.some((entry) => entry.time * 1000 <= seen - CLOCK_SLACK_MS)) return false
  if (input.process === 'other') return true
  // A process drops old entries only while it adds new ones (DataHistory, 1.11.8, read), so it never empties a list. A list
  // that is merely young proves nothing: a printer that was off for long leaves the same.
  const { memory, held } = input
  if (memory && held && ((held.temps && memory.temps.length === 0) || (held.markings && memory.markings.length === 0))) return true
  // A new process has no file selected; after an end it stays. A server younger than our last sight is told by this alone.
  const { active, file } = input.present
  if (!active && job !== null && file !== null && file.path === job.path && file.origin === job.origin) return false
  // While a job ran there were temperatures every few seconds.
  return input.memory !== null && job !== null && input.now - lastSeenAt < MEMORY_MS
}

/** Whether a job of the same file that runs now is another run than the remembered one. */
function isNewRun(input: ReconcileInput, restarted: boolean, lastSeenAt: number, file: JobFile): boolean {
  // A printer goes on printing from its own card without the server, and reports a second start after a pause.
  if (file.origin !== 'local') return false
  if (restarted) return true
  const seen = lastSeenAt + input.skew + CLOCK_SLACK_MS
  return input.memory?.markings.some((mark) => mark.type === 'print' && mark.time * 1000 > seen) ?? false
}

function outcome(input: ReconcileInput, file: JobFile, last: z.output<typeof lastPrint> | null, restarted: boolean, missing: string | null): Extract<Observation, { kind: 'signal' }> {
  return {
    kind: 'signal', sourceId: input.sourceId, at: input.now,
    signal: {
      type: 'outcome', file,
      success: last === null ? null : last.success,
      endedAt: last === null ? null : Math.min(input.now, Math.round(endOf(last, input.skew))),
      printTime: last?.printTime ?? null,
      restarted,
      ...(last === null
        ? { text: missing ?? (restarted ? 'OctoPrint was restarted while it printed.' : 'OctoPrint has no record of how the print ended.') }
        : last.success ? {} : { text: 'OctoPrint only recorded that the print did not succeed: cancelled or failed.' }),
    },
  }
}

async function readFile(input: ReconcileInput, file: JobFile): Promise<{ last: z.output<typeof lastPrint> | null; missing: string | null }> {
  try {
    const record = await input.rest.json('GET', filePath(file.origin, file.path), fileRecord, { signal: input.signal })
    return { last: record.prints?.last ?? null, missing: null }
  } catch (error) {
    const said = refusal(error)
    if (said === null) throw error
    input.log.info('the file of the remembered job cannot be read', { status: said })
    return { last: null, missing: said === 403 ? 'The API key may not read files (permission FILES_LIST), so the end of the print is not known.' : said === 404 ? 'The file is gone, so the end of the print is not known.' : null }
  }
}

async function listFiles(input: ReconcileInput): Promise<{ file: JobFile; last: z.output<typeof lastPrint> }[]> {
  try {
    const answer = await input.rest.json('GET', '/api/files?recursive=true', fileList, { signal: input.signal, maxBytes: LIST_BYTES, deadlineMs: 20_000 })
    return walk(answer.files, 0)
  } catch (error) {
    if (refusal(error) === null && !(error instanceof ServerError && (error.cause_ === 'too_large' || error.cause_ === 'timeout'))) throw error
    input.log.warn('jobs that began and ended unseen cannot be looked up', { error: error instanceof Error ? error.message : String(error) })
    return []
  }
}

function walk(entries: unknown[], depth: number): { file: JobFile; last: z.output<typeof lastPrint> }[] {
  if (depth > 32) return []
  return entries.flatMap((entry) => {
    const inner = folder.safeParse(entry)
    if (inner.success) return walk(inner.data.children, depth + 1)
    const record = fileRecord.safeParse(entry)
    const last = record.data?.prints?.last
    const path = record.data?.path
    if (!record.success || !last || !path) return []
    const { name, display, origin, size } = record.data
    return [{ file: { name: display ?? name ?? path, path, origin: origin ?? 'local', size: size ?? null }, last }]
  })
}

/** The status of an answer that said no; null when the server was lost, so that the caller connects again. */
function refusal(error: unknown): number | null {
  if (!(error instanceof ServerError) || error.status === null) return null
  return error.cause_ === 'booting' || error.cause_ === 'key_invalid' ? null : error.status
}
