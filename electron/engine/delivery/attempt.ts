/** One try at one channel: bounded in time, whatever the channel does; and what its verdict means for the row. */
import type { Channel, Sending, Verdict } from '../channels/channel.ts'
import type { Attempt, OutboxRow, OutboxState } from '../history/history.ts'
import type { Clock, Log, Random } from '../ports.ts'
import { FIRST_REFUSALS, nextDelay } from './retry.ts'

export type Duty = 'sendPrinterNotification' | 'sendFailureAlert' | 'sendTestMessage'

/** Which of the channel's duties carries this message. */
export function dutyOf(message: Sending['message']): Duty {
  if (message.kind === 'test') return 'sendTestMessage'
  return message.kind === 'event' && message.type.startsWith('failure.') ? 'sendFailureAlert' : 'sendPrinterNotification'
}

/**
 * Sends once. Never throws and never takes longer than `deadlineMs`: a channel that throws or hangs gets the verdict
 * `retry`. What a hanging channel says afterwards is not heard.
 * @param stop aborts the try at the engine's end
 */
export async function attempt(
  channel: Channel,
  sending: Omit<Sending, 'signal'>,
  ports: { clock: Clock; log: Log; deadlineMs: number; stop: AbortSignal },
): Promise<Verdict> {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  ports.stop.addEventListener('abort', abort, { once: true })
  if (ports.stop.aborted) abort()
  let cancel = (): void => undefined
  const late = new Promise<Verdict>((resolve) => {
    cancel = ports.clock.after(ports.deadlineMs, () => {
      resolve({ result: 'retry', after: null, why: `No answer within ${Math.round(ports.deadlineMs / 1000)} s.` })
      abort()
    })
  })
  const ended = new Promise<Verdict>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve({ result: 'retry', after: null, why: 'Ended before an answer came.' }), { once: true })
  })
  try {
    // `late` stands before `ended`: at the deadline both resolve, and the cause is the deadline.
    return await Promise.race([ask(channel, { ...sending, signal: controller.signal }, ports.log), late, ended])
  } finally {
    cancel()
    ports.stop.removeEventListener('abort', abort)
  }
}

async function ask(channel: Channel, sending: Sending, log: Log): Promise<Verdict> {
  try {
    return understood(await channel[dutyOf(sending.message)](sending))
  } catch (error) {
    // Its message may hold an address or a secret; the name and the place in the code do not.
    const name = error instanceof Error ? error.name : typeof error
    log.error('a channel broke', { error: name, at: error instanceof Error ? error.stack?.split('\n').find((line) => line.trimStart().startsWith('at '))?.trim() : undefined })
    return { result: 'retry', after: null, why: `The channel broke (${name}).` }
  }
}

const RESULTS: ReadonlySet<unknown> = new Set<Verdict['result']>(['delivered', 'retry', 'rejected', 'gone'])

/** A channel from elsewhere (a user's plugin) may answer anything. */
function understood(verdict: Verdict): Verdict {
  const known: unknown = (verdict as Verdict | null | undefined)?.result
  return RESULTS.has(known) ? verdict : { result: 'retry', after: null, why: 'The channel gave no answer that can be understood.' }
}

export interface NextStep {
  state: OutboxState
  nextAttemptAt?: number
}

/**
 * What becomes of the row. A destination that refuses everything keeps its messages (someone may mend it before they
 * expire); a message that is refused, or a destination that is gone, is dead and can be sent again. How often a destination that
 * fails is asked at all is its circuit's business.
 * @param now epoch ms
 */
export function nextStep(row: Pick<OutboxRow, 'attempts' | 'expiresAt'>, verdict: Verdict, now: number, random: Random): NextStep {
  const number = row.attempts + 1
  // Not beyond the expiry: the row is due then, to be ended and told.
  const later = (ms: number): NextStep => ({ state: 'waiting', nextAttemptAt: Math.min(row.expiresAt, now + ms) })
  switch (verdict.result) {
    case 'delivered': return { state: 'delivered' }
    case 'gone': return { state: 'dead' }
    case 'rejected': return verdict.scope === 'message' ? { state: 'dead' } : later(nextDelay(number, null, random, FIRST_REFUSALS))
    case 'retry': return later(nextDelay(number, verdict.after, random))
  }
}

/** The attempt as it is stored. `ms` on a monotonic clock. */
export function attemptOf(row: OutboxRow, result: Attempt['result'], detail: string, at: number, ms: number): Attempt {
  return { outboxId: row.id, eventId: row.eventId, destinationId: row.destinationId, at, ms: Math.max(0, Math.round(ms)), number: row.attempts + 1, result, detail }
}

export function detailOf(verdict: Verdict): string {
  return verdict.result === 'delivered' ? verdict.detail : verdict.why
}
