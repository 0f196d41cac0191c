import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import { deadLettersOf, type DeadLetterView } from '../engine/delivery/dead-letters.ts'
import { clockTime } from '../engine/delivery/text.ts'
import { UserError } from './errors.ts'
import { openForReading } from './history.ts'
import { clean } from './live-view.ts'
import type { Out } from './out.ts'
import { askRunning } from './remote.ts'

/** Stands for every dead letter of a destination, where an event is asked for. */
const ALL = 'all'

/** What was not delivered, newest last; works beside a running engine and without one. */
export async function deadLetters(destinationId: string | undefined, options: Common & { json?: boolean; limit: string }, out: Out): Promise<number> {
  const limit = Number(options.limit)
  if (!Number.isInteger(limit) || limit < 1) throw new UserError(`--limit takes a whole number above 0, not "${options.limit}"`)
  const stored = openForReading(options.data)
  try {
    const letters = deadLettersOf(stored, destinationId ?? null, limit).reverse()
    for (const letter of letters) out.line(options.json ? JSON.stringify(letter) : letterLine(letter, systemClock().now()))
    if (!options.json && letters.length === 0) out.note('Nothing was left undelivered.')
    return 0
  } finally {
    stored.close()
  }
}

/** "01J… to phone: MK4: print done (14:31): The message is too large for the server (413)." */
export function letterLine({ eventId, destinationId, title, occurredAt, why }: DeadLetterView, now: number, timeZone?: string): string {
  return clean(`${eventId} to ${destinationId}: ${title} (${clockTime(occurredAt, now, timeZone)}): ${why}`)
}

/** Sends what one destination got, or should have got, once more; "all" = everything that it should have got. */
export async function sendAgain(eventId: string, destinationId: string, options: Common, out: Out): Promise<number> {
  if (eventId === ALL) return all({ call: 'send-all-again', destinationId }, options, out, 'sent again')
  if ((await askRunning(options, { call: 'send-again', eventId, destinationId })) !== true) throw new UserError(`Event ${eventId} was never on its way to "${destinationId}", or is being sent right now. "history --why ${eventId}" tells what became of it.`)
  out.line(`It goes to "${destinationId}" again. "history --why ${eventId}" tells how that ended.`)
  return 0
}

/** Ends a dead letter; "all" = every one of the destination. */
export async function discard(eventId: string, destinationId: string, options: Common, out: Out): Promise<number> {
  if (eventId === ALL) return all({ call: 'discard-all', destinationId }, options, out, 'discarded')
  if ((await askRunning(options, { call: 'discard', eventId, destinationId })) !== true) throw new UserError(`Event ${eventId} is no dead letter of "${destinationId}". "dead-letters" lists them.`)
  out.line('Discarded; the history keeps it.')
  return 0
}

async function all(request: { call: 'send-all-again' | 'discard-all'; destinationId: string }, options: Common, out: Out, done: string): Promise<number> {
  const count = Number(await askRunning(options, request))
  out.line(count === 0 ? `"${request.destinationId}" has no dead letters.` : `${count} ${count === 1 ? 'message is' : 'messages are'} ${done}.`)
  return 0
}
