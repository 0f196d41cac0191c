import { ulid } from 'ulid'
import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import { acknowledgedDraft, LONGEST_NOTE, noteOf } from '../engine/commands/acknowledging.ts'
import type { Outcome } from '../engine/commands/wish.ts'
import { clockTime } from '../engine/delivery/text.ts'
import { HistoryError, type StoredEvent } from '../engine/history/history.ts'
import { openHistory } from '../engine/history/sqlite-history.ts'
import { placesIn } from '../engine/places.ts'
import { UserError } from './errors.ts'
import { openForReading } from './history.ts'
import type { Out } from './out.ts'
import { quietLog } from '../engine/quiet-log.ts'
import { ask } from './remote.ts'
import { end, span } from './when.ts'

export interface AckOptions extends Common {
  for?: string
  until?: string
  note?: string
  quiet?: boolean
  json?: boolean
}

/** What is said with it. */
interface Said {
  /** Epoch ms; null = for good. */
  until: number | null
  note: string | null
  quiet: boolean
}

/** Acknowledges one event, so that no reminder of it follows: in the running engine, else in the history itself. */
export async function ack(eventId: string, options: AckOptions, out: Out, clock = systemClock()): Promise<number> {
  const said = saidWith(options, clock.now())
  const event = stored(eventId, options)
  const { until, note, quiet } = said
  const answered = await ask(options, { call: 'acknowledge', eventId, printerId: event.printerId, ...(until === null ? {} : { until }), ...(note === null ? {} : { note }), ...(quiet ? { quiet } : {}) })
  const outcome: Outcome = answered ? answered.result as Outcome : alone(event, said, options, clock.now())
  if (options.json) out.line(JSON.stringify({ eventId, already: event.acknowledgedAt !== null, ...outcome }))
  else out.line(`${outcome.detail}${event.acknowledgedAt === null || outcome.result !== 'done' ? '' : ' It was so already.'}`)
  return outcome.result === 'done' ? 0 : 1
}

function saidWith({ for: lasting, until, note: text, quiet = false }: AckOptions, now: number): Said {
  if (lasting !== undefined && until !== undefined) throw new UserError('Give one of --for and --until.')
  const note = noteOf(text)
  if (quiet && note === null) throw new UserError('--quiet keeps a note in the history alone, and there is none: add --note, or leave it out. Without a note nobody is told anyway.')
  if (note !== null && note.length > LONGEST_NOTE) throw new UserError(`--note takes up to ${LONGEST_NOTE} characters, and this has ${note.length}`)
  return { until: lasting !== undefined ? now + span(lasting, '--for') : until !== undefined ? end(until, now, '--until') : null, note, quiet }
}

function stored(eventId: string, { data }: Common): StoredEvent {
  const history = openForReading(data)
  try {
    const event = history.event(eventId)
    if (event === null) throw new UserError(`no event has the id ${eventId}; "history --json" shows the ids`)
    return event
  } finally {
    history.close()
  }
}

/** @throws UserError where somebody would have to be told, which takes an engine */
function alone(event: StoredEvent, { until, note, quiet }: Said, { data }: Common, now: number): Outcome {
  if (note !== null && !quiet) throw new UserError(`A note is told to the others by a running engine, and none runs on ${data}. Start one with "watch", or add --quiet to keep the note in the history alone.`)
  try {
    const history = openHistory({ file: placesIn(data).database, log: quietLog, now: () => now })
    try {
      const entry = acknowledgedDraft({ printerId: event.printerId, from: 'cli' }, { eventId: event.id, type: event.about?.type ?? event.type, job: event.job, note, quiet: true },
        { clock: { now: () => now }, ulid: () => ulid(now), printer: () => ({ name: event.printerName, serverKind: event.serverKind }) })
      history.together(() => {
        const fresh = history.acknowledge([event.id], now, { until, note, by: 'cli' })
        if (fresh > 0 || note !== null || until !== null) history.commit({ at: now, memories: [], entries: [{ id: ulid(now), draft: entry, decisions: [], outbox: [], seen: true }], suppressed: [] })
      })
      return { result: 'done', detail: until === null ? 'Acknowledged.' : `Acknowledged until ${clockTime(until, now)}.` }
    } finally {
      history.close()
    }
  } catch (error) {
    if (error instanceof HistoryError) throw new UserError(error.message)
    throw error
  }
}
