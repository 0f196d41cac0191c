/**
 * Emergencies that nobody has acknowledged yet. Pushover is asked about each until somebody has, or it has given up repeating; what
 * is open is kept over restarts. pushover.net/api/receipts: at most one question each 5 s, answered up to a week after.
 */
import type { ChannelPorts, DestinationConfig } from '../channel.ts'
import { ask } from '../kit/http.ts'
import { record } from './answers.ts'
import type { PushoverConfig } from './config.ts'
import { BASE } from './request.ts'

const PREFIX = 'receipt.'
/** Between two questions, whatever they are about. ms */
const ASK_EVERY_MS = 10_000
const TIMEOUT_MS = 10_000
/** So long after its end a receipt is still asked about when no answer comes (this computer was off). ms */
const ASK_AFTER_END_MS = 24 * 3_600_000

export interface Receipts {
  /** @param until epoch ms, when Pushover gives up */
  watch(receipt: string, eventId: string, until: number): void
  close(): void
}

interface Open {
  receipt: string
  eventId: string
  until: number
}

export function openReceipts(destination: DestinationConfig<PushoverConfig>, ports: ChannelPorts, closing: AbortSignal): Receipts {
  const { clock, memory, log } = ports
  let cancel: (() => void) | null = null
  /** Whose turn it was last, so that each has its own. */
  let last: string | null = null

  function open(): Open[] {
    return memory.keys(PREFIX).flatMap((key) => readNote(key.slice(PREFIX.length), memory.get(key)))
  }

  function arm(): void {
    if (cancel !== null || closing.aborted || open().length === 0) return
    cancel = clock.after(ASK_EVERY_MS, () => {
      askNext().catch((error: unknown) => log.error('a receipt could not be asked about', { error: error instanceof Error ? error.name : typeof error })).finally(() => {
        cancel = null
        arm()
      })
    })
  }

  async function askNext(): Promise<void> {
    const waiting = open().sort((a, b) => a.receipt.localeCompare(b.receipt))
    const next = waiting.find(({ receipt }) => last !== null && receipt > last) ?? waiting[0]
    if (next === undefined) return
    last = next.receipt
    const token = destination.secrets.token?.reveal() ?? ''
    const asking = await ask(ports, { method: 'GET', url: `${BASE}/receipts/${next.receipt}.json?token=${encodeURIComponent(token)}`, timeoutMs: TIMEOUT_MS, signals: [closing] })
    if (closing.aborted) return
    const over = clock.now() >= next.until
    const status = asking.answer?.status ?? 0
    const answer = record(asking.answer?.json)
    if (status === 200 && answer?.status === 1) {
      if (answer.acknowledged === 1) acknowledged(next)
      else if (answer.expired === 1 || over) forget(next)
      return
    }
    // It knows no such receipt, or the token is another one now.
    const refused = status >= 400 && status < 500 && status !== 408 && status !== 429
    if (refused || clock.now() >= next.until + ASK_AFTER_END_MS) forget(next)
  }

  function acknowledged(receipt: Open): void {
    forget(receipt)
    ports.pressed({ eventId: receipt.eventId, action: 'acknowledge', destinationId: destination.destinationId })
  }

  function forget({ receipt }: Open): void {
    memory.delete(`${PREFIX}${receipt}`)
  }

  arm()
  return {
    watch(receipt, eventId, until) {
      memory.set(`${PREFIX}${receipt}`, JSON.stringify({ eventId, until }))
      arm()
    },
    close() {
      cancel?.()
      cancel = null
    },
  }
}

/** None when the note is not one of ours any more. */
function readNote(receipt: string, note: string | null): Open[] {
  try {
    const { eventId, until } = JSON.parse(note ?? '{}') as { eventId?: unknown; until?: unknown }
    return typeof eventId === 'string' && typeof until === 'number' ? [{ receipt, eventId, until }] : []
  } catch {
    return []
  }
}
