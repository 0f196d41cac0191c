/** What the server's own history knows of the time when nobody looked. */
import { z } from 'zod'
import type { Contact } from './contact.ts'
import { wait } from '../kit/wait.ts'
import { endIsDue, jobIdOf, presentJob } from './reconcile.ts'
import { RpcError, type Rpc } from './rpc.ts'

const PAGE = 50
/** Some days of a busy machine. */
const MOST_ROWS = 200
/** Ends may be stamped a little before our last sight. */
const SLACK_MS = 60_000
/** A page holds the metadata of each file; a Raspberry Pi's card is slow. */
const PAGE_MS = 20_000

/** An end that Klipper shows already is written down within a sample of 0.25 s and the card's own time. */
const WRITTEN_MS = 2_000
const LOOK_EVERY_MS = 250

/** Moonraker keeps 1000. */
const CONSOLE_LINES = 1_000

const page = z.object({ jobs: z.array(z.unknown()) })
const row = z.object({ end_time: z.number().nullish().catch(null) })
const consoleAnswer = z.object({ gcode_store: z.array(z.unknown()) })
const procStats = z.object({ moonraker_stats: z.array(z.object({ time: z.number() })).min(1) })

/** What the server remembers. */
export interface Past {
  /** Of server.history.list, newest first, back to our last sight. */
  rows: unknown[]
  /** `gcode_store` of server.gcode_store: what was on the console. */
  store: unknown
  /** Server clock minus ours, ms. */
  offset: number
}

/**
 * Asks for jobs that may have ended while the link was down, and for the console: a prompt that nobody answered may be older than our socket.
 * An end that is shown and not written down yet is waited for: else a job that was cancelled this very moment would be told as unknown.
 * @param offsetMs server clock minus ours; null = not known yet
 * @param status of the answer of printer.objects.subscribe; null where Klippy is not ready
 * @throws RpcError, ServerError when the server was lost meanwhile
 */
export async function readPast(contact: Contact, rpc: Rpc, offsetMs: number | null, status: unknown): Promise<Past> {
  const { remembered, sourceId, ports: { clock }, signal } = contact
  const lastSeenAt = remembered.lastSeenAt(sourceId)
  const job = remembered.activeJob(sourceId)
  const offset = offsetMs ?? await clockOffset(contact, rpc)
  const read = (): Promise<unknown[]> => readRows(contact, rpc, lastSeenAt === null ? null : lastSeenAt + offset, job?.jobId ?? null)
  const until = clock.monotonic() + WRITTEN_MS
  let rows = await read()
  while (endIsDue(job, rows, presentJob(status, rows, offset, clock.now()), offset, lastSeenAt) && clock.monotonic() < until) {
    await wait(clock, LOOK_EVERY_MS, signal).over
    rows = await read()
  }
  return { rows, store: await readConsole(contact, rpc), offset }
}

/** Rows from the newest back to our last sight. @param seen last sight, in the server's clock, epoch ms; null = never, then only what may run now */
async function readRows(contact: Contact, rpc: Rpc, seen: number | null, jobId: string | null): Promise<unknown[]> {
  if (seen === null) return readPage(contact, rpc, 0, 1)
  const rows: unknown[] = []
  while (rows.length < MOST_ROWS) {
    const more = await readPage(contact, rpc, rows.length, PAGE)
    for (const one of more) {
      const parsed = row.safeParse(one)
      const end = parsed.success ? parsed.data.end_time ?? null : null
      // Rows are in the order of their starts, and one machine runs one job at a time.
      if (end !== null && end * 1_000 < seen - SLACK_MS && (jobId === null || jobIdOf(one) !== jobId)) return rows
      rows.push(one)
    }
    if (more.length < PAGE) break
  }
  return rows
}

async function readPage(contact: Contact, rpc: Rpc, start: number, limit: number): Promise<unknown[]> {
  try {
    return (await rpc.call('server.history.list', page, { limit, start, order: 'desc' }, { signal: contact.signal, deadlineMs: PAGE_MS })).jobs.slice(0, limit)
  } catch (error) {
    // Some vendors leave the component out.
    if (!(error instanceof RpcError) || error.unauthorized) throw error
    contact.ports.log.info('Moonraker has no history, so ends that were missed are not known', { said: error.said })
    return []
  }
}

/** The last lines of the console; null where this Moonraker keeps none. */
async function readConsole(contact: Contact, rpc: Rpc): Promise<unknown> {
  try {
    return (await rpc.call('server.gcode_store', consoleAnswer, { count: CONSOLE_LINES }, { signal: contact.signal })).gcode_store
  } catch (error) {
    if (!(error instanceof RpcError) || error.unauthorized) throw error
    return null
  }
}

/** Server clock minus ours, ms, where the upgrade carried no date; 0 when the server does not tell. */
async function clockOffset(contact: Contact, rpc: Rpc): Promise<number> {
  try {
    const stats = await rpc.call('machine.proc_stats', procStats, undefined, { signal: contact.signal })
    return Math.round((stats.moonraker_stats.at(-1)?.time ?? 0) * 1_000 - contact.ports.clock.now())
  } catch (error) {
    if (!(error instanceof RpcError)) throw error
    return 0
  }
}
