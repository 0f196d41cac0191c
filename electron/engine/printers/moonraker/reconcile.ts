/** What became of the job that was remembered, out of the server's own history. Pure: the rows come in as they were answered. */
import type { FailReason, Observation, Signal } from '../../events/model.ts'
import type { Remembered } from '../adapter.ts'
import { fileOf, isFields, metadataOf, numberOf, printTimeOf, rowOf, textOf, type HistoryRow } from './payloads.ts'
import { endOfStatus, isRunning, phaseOfPrint, type HistoryEnd } from './phases.ts'

/** What runs now, as the answer to the subscription and the history say. */
export interface PresentJob {
  file: string | null
  jobId: string | null
  active: boolean
}

/** A run's start by its own clock and by the history's agree within this, also where the difference of the clocks is a guess. ms */
const SAME_START_MS = 30_000

/**
 * The identity of a run: the history's id counts from 1 again on a new memory card, so the second in which it began is part of it.
 * @param row one of server.history.list, or `job` of notify_history_changed; null when it is none
 */
export function jobIdOf(row: unknown): string | null {
  const parsed = rowOf(row)
  return parsed ? `${parsed.job_id}@${Math.floor(parsed.start_time)}` : null
}

/**
 * What runs, before it is observed. Its row is the newest of its file that began when it did: "in_progress", or "server_exit" or
 * "interrupted" after a restart of Moonraker, which makes no new one (seen).
 * @param status of the answer of printer.objects.subscribe
 * @param rows `jobs` of server.history.list, newest first
 * @param clockOffsetMs server clock minus ours
 */
export function presentJob(status: unknown, rows: readonly unknown[], clockOffsetMs: number, at: number): PresentJob {
  const objects = isFields(status) ? status : {}
  const webhooks = isFields(objects['webhooks']) ? objects['webhooks'] : {}
  const stats = isFields(objects['print_stats']) ? objects['print_stats'] : {}
  const file = textOf(stats['filename']) || null
  // Of a Klipper that is down, print_stats is what was.
  const ready = webhooks['state'] === undefined || webhooks['state'] === 'ready'
  if (file === null || !ready || !isRunning(phaseOfPrint(stats['state']))) return { file, jobId: null, active: false }
  const total = numberOf(stats['total_duration'])
  const began = total === null ? null : at - total * 1000
  const own = rows.map(rowOf).find((row) => row !== null && row.filename === file && endOfStatus(row.status) === null
    && (began === null || Math.abs(row.start_time * 1000 - clockOffsetMs - began) <= SAME_START_MS))
  return { file, jobId: own ? jobIdOf(own) : null, active: true }
}

/**
 * Whether the remembered run is over and its end is not written down yet: a Moonraker that runs has "in_progress" only of the run that
 * it watches itself (at its start it makes "interrupted" of the others), and takes Klipper's samples every 0.25 s.
 * @param rows `jobs` of server.history.list, newest first
 * @param clockOffsetMs server clock minus ours
 */
export function endIsDue(remembered: ReturnType<Remembered['activeJob']>, rows: readonly unknown[], now: PresentJob, clockOffsetMs: number, lastSeenAt: number | null): boolean {
  if (!remembered) return false
  const own = ownRow(remembered, rows.map(rowOf).filter((row) => row !== null), clockOffsetMs, lastSeenAt)
  return own?.status === 'in_progress' && !goesOn(remembered, own, now)
}

interface Told {
  reason?: FailReason
  text: string
}
const FAILED: Readonly<Record<Extract<HistoryEnd, 'failed' | 'shutdown' | 'disconnected'>, Told>> = {
  failed: { reason: 'firmware', text: 'Klipper stopped the print with an error.' },
  shutdown: { reason: 'firmware', text: 'Klipper shut down while it printed.' },
  disconnected: { reason: 'connection_lost', text: 'Klipper stopped running while it printed.' },
}

/**
 * The outcomes to observe before the first full state after a gap (adapter contract, duty 3), oldest first.
 * @param rows `jobs` of server.history.list, newest first
 * @param clockOffsetMs server clock minus ours
 * @param at our clock, epoch ms
 * @param lastSeenAt when the printer was last seen, our clock: jobs that began and ended since then are told too; absent = only the remembered one
 */
export function outcomes(
  sourceId: string, remembered: ReturnType<Remembered['activeJob']>, rows: readonly unknown[], now: PresentJob, clockOffsetMs: number, at: number,
  lastSeenAt: number | null = null,
): Observation[] {
  const parsed = rows.map(rowOf).filter((row) => row !== null)
  const endedAt = (row: HistoryRow): number | null => (row.end_time == null ? null : Math.min(at, Math.round(row.end_time * 1000 - clockOffsetMs)))
  const own = remembered ? ownRow(remembered, parsed, clockOffsetMs, lastSeenAt) : null
  const found: Observation[] = []
  const tell = (signal: Signal): void => void found.push({ kind: 'signal', sourceId, at, signal })

  if (remembered && !goesOn(remembered, own, now)) {
    const end = own ? endOfStatus(own.status) : null
    tell(own && end ? outcomeOf(own, end, remembered.file, endedAt(own), remembered.jobId ?? undefined) : {
      type: 'outcome', file: remembered.file, ...(remembered.jobId === null ? {} : { jobId: remembered.jobId }), success: null, endedAt: null, printTime: null, restarted: false,
      text: own ? 'Moonraker was stopped while it printed, so its history does not tell how the print ended.' : 'Moonraker\'s history does not know how the print ended.',
    })
  }
  if (lastSeenAt !== null) {
    for (const row of parsed) {
      const end = endOfStatus(row.status)
      const over = endedAt(row)
      if (row === own || !end || over === null || over <= lastSeenAt) continue
      tell(outcomeOf(row, end, fileOf(row.filename, metadataOf(row.metadata)?.size ?? null), over, jobIdOf(row) ?? undefined))
    }
  }
  const order = (one: Observation): number => (one.kind === 'signal' && one.signal.type === 'outcome' ? (one.signal.endedAt ?? at) : at)
  return found.sort((a, b) => order(a) - order(b))
}

function outcomeOf(row: HistoryRow, end: Exclude<HistoryEnd, null>, file: ReturnType<typeof fileOf>, endedAt: number | null, jobId: string | undefined): Signal {
  const told = end === 'done' || end === 'cancelled' ? {} : FAILED[end]
  return {
    type: 'outcome', file, ...(jobId === undefined ? {} : { jobId }), success: end === 'done', cancelled: end === 'cancelled', endedAt,
    printTime: printTimeOf(row.print_duration, row.total_duration), restarted: false, ...told,
  }
}

/** The row of the remembered run: by its id, else the run of its file that began when it did, else the first that ended after our last sight. */
function ownRow(remembered: NonNullable<ReturnType<Remembered['activeJob']>>, rows: readonly HistoryRow[], clockOffsetMs: number, lastSeenAt: number | null): HistoryRow | null {
  const { jobId, startedAt, file } = remembered
  if (jobId !== null) return rows.find((row) => jobIdOf(row) === jobId || row.job_id === jobId) ?? null
  const same = rows.filter((row) => row.filename === file.path)
  if (startedAt !== null) return same.find((row) => Math.abs(row.start_time * 1000 - clockOffsetMs - startedAt) <= SAME_START_MS) ?? null
  const since = lastSeenAt ?? 0
  return same.findLast((row) => row.start_time * 1000 - clockOffsetMs <= since + SAME_START_MS && (row.end_time == null || row.end_time * 1000 - clockOffsetMs > since - SAME_START_MS)) ?? null
}

/** Whether what runs now may be the remembered run; where it isn't, the reducer sees that by its id or its time. */
function goesOn(remembered: NonNullable<ReturnType<Remembered['activeJob']>>, own: HistoryRow | null, now: PresentJob): boolean {
  if (!now.active || now.file !== remembered.file.path) return false
  if (own && endOfStatus(own.status)) return false
  return remembered.jobId === null || now.jobId === null || remembered.jobId === now.jobId
}
