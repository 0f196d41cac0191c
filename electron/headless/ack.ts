import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import type { Outcome } from '../engine/commands/wish.ts'
import { HistoryError } from '../engine/history/history.ts'
import { openHistory } from '../engine/history/sqlite-history.ts'
import { placesIn } from '../engine/places.ts'
import { UserError } from './errors.ts'
import { openForReading } from './history.ts'
import type { Out } from './out.ts'
import { quietLog } from './quiet-log.ts'
import { ask } from './remote.ts'

/** Acknowledges one event, so that no reminder of it follows: in the running engine, else in the history itself. */
export async function ack(eventId: string, options: Common & { json?: boolean }, out: Out, clock = systemClock()): Promise<number> {
  const { printerId, acknowledgedAt } = stored(eventId, options)
  const answered = await ask(options, { call: 'acknowledge', eventId, printerId })
  const outcome: Outcome = answered ? answered.result as Outcome : alone(eventId, options, clock.now())
  if (options.json) out.line(JSON.stringify({ eventId, already: acknowledgedAt !== null, ...outcome }))
  else out.line(`${outcome.detail}${acknowledgedAt === null ? '' : ' It was so already.'}`)
  return outcome.result === 'done' ? 0 : 1
}

function stored(eventId: string, { data }: Common): { printerId: string; acknowledgedAt: number | null } {
  const history = openForReading(data)
  try {
    const event = history.event(eventId)
    if (event === null) throw new UserError(`no event has the id ${eventId}; "history --json" shows the ids`)
    return event
  } finally {
    history.close()
  }
}

function alone(eventId: string, { data }: Common, now: number): Outcome {
  try {
    const history = openHistory({ file: placesIn(data).database, log: quietLog, now: () => now })
    try {
      history.acknowledge([eventId], now)
      return { result: 'done', detail: 'Acknowledged.' }
    } finally {
      history.close()
    }
  } catch (error) {
    if (error instanceof HistoryError) throw new UserError(error.message)
    throw error
  }
}
