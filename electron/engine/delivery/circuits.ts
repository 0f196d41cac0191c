/** The circuits of all destinations: in memory, and in the history so that a restart neither announces anew nor asks in haste. */
import { z } from 'zod'
import type { Verdict } from '../channels/channel.ts'
import type { History } from '../history/history.ts'
import { once } from '../once.ts'
import type { Clock, Log, Random } from '../ports.ts'
import { HEALTHY, isWary, onChange, onHurry, onNoWord, onTry, onVerdict, permit, type Circuit, type CircuitNews, type Permit } from './circuit.ts'

export interface Circuits {
  of(destinationId: string): Circuit
  permit(destinationId: string): Permit
  /** A try begins. */
  begin(destinationId: string): void
  /** It ended, and no verdict came of it. */
  noWord(destinationId: string): void
  /** What came of a try. */
  verdict(destinationId: string, verdict: Verdict): CircuitNews
  /** Opened anew by other settings or secrets. */
  change(destinationId: string): void
  hurry(destinationId: string, by: 'person' | 'computer'): void
  /** The computer woke. @returns those that were tried seldom until now */
  hurryAll(): string[]
  forget(destinationId: string): void
  /** Those that are not closed. */
  troubled(): { destinationId: string; circuit: Circuit }[]
  /** Writes what changed. @throws HistoryError when the disk does not take it */
  write(): void
  /** What `write` wrote is on disk. */
  written(): void
  /** From before the restart. Those whose settings are others now get a fresh try. */
  restore(): void
}

export interface CircuitsParts {
  history: Pick<History, 'getFact' | 'setFact'>
  clock: Clock
  random: Random
  log: Log
  /** Changes whenever the destination's settings do; null = there is none (any more). */
  fingerprint(destinationId: string): string | null
  /** There is something to be written, soon. */
  onMore(): void
}

const FACT = 'circuits'
/** Somebody may have mended it while nobody ran; ms. */
const AFTER_RESTART_MS = 60_000

const stored = once(() => z.record(z.string(), z.object({
  fingerprint: z.string(),
  state: z.enum(['closed', 'open', 'half_open', 'gone']),
  failures: z.number(),
  refusals: z.number(),
  since: z.number().nullable(),
  why: z.string(),
  trouble: z.enum(['passing', 'mending']),
  probes: z.number(),
  nextTryAt: z.number().nullable(),
  quietUntil: z.number().nullable(),
  onTrial: z.boolean(),
  wasGone: z.boolean(),
})))

export function createCircuits(parts: CircuitsParts): Circuits {
  const { history, clock, random, log } = parts
  const circuits = new Map<string, Circuit>()
  let onDisk = ''
  let inHand = ''

  const of = (destinationId: string): Circuit => circuits.get(destinationId) ?? HEALTHY
  const put = (destinationId: string, circuit: Circuit): void => void (circuit === HEALTHY ? circuits.delete(destinationId) : circuits.set(destinationId, circuit))

  /** A healthy one, and the first failures of a streak, need not survive a restart. */
  const matters = (circuit: Circuit): boolean => circuit.state !== 'closed' || isWary(circuit) || circuit.onTrial || (circuit.quietUntil ?? 0) > clock.now()

  function textNow(): string {
    const rows = [...circuits].flatMap(([destinationId, circuit]) => {
      const fingerprint = matters(circuit) ? parts.fingerprint(destinationId) : null
      return fingerprint === null ? [] : [[destinationId, { fingerprint, ...circuit }] as const]
    })
    return rows.length === 0 ? '' : JSON.stringify(Object.fromEntries(rows))
  }

  /** What was under way at the end is over, and nobody waits for an hour more. */
  function resumed(circuit: Circuit): Circuit {
    const { nextTryAt, ...rest } = onNoWord(circuit)
    return { ...rest, nextTryAt: nextTryAt === null ? null : Math.min(nextTryAt, clock.now() + AFTER_RESTART_MS) }
  }

  return {
    of,
    permit: (destinationId) => permit(of(destinationId), clock.now()),
    begin: (destinationId) => put(destinationId, onTry(of(destinationId))),
    noWord: (destinationId) => put(destinationId, onNoWord(of(destinationId))),
    verdict(destinationId, verdict) {
      const { circuit, news } = onVerdict(of(destinationId), verdict, clock.now(), random)
      put(destinationId, circuit)
      return news
    },
    change(destinationId) {
      put(destinationId, onChange(of(destinationId)))
      parts.onMore()
    },
    hurry: (destinationId, by) => put(destinationId, onHurry(of(destinationId), by)),
    hurryAll() {
      const seldom = [...circuits].flatMap(([destinationId, circuit]) => (circuit.state === 'open' || isWary(circuit) ? [destinationId] : []))
      for (const destinationId of seldom) put(destinationId, onHurry(of(destinationId), 'computer'))
      return seldom
    },
    forget(destinationId) {
      circuits.delete(destinationId)
      parts.onMore()
    },
    write() {
      inHand = textNow()
      if (inHand !== onDisk) history.setFact(FACT, inHand)
    },
    written: () => {
      onDisk = inHand
    },
    troubled: () => [...circuits].flatMap(([destinationId, circuit]) => (circuit.state === 'closed' ? [] : [{ destinationId, circuit }])),
    restore() {
      const text = history.getFact(FACT) ?? ''
      if (text === '') return
      const parsed = stored().safeParse(jsonOf(text))
      if (!parsed.success) {
        log.warn('how destinations did before can not be read; each is tried afresh')
        return
      }
      for (const [destinationId, { fingerprint, ...circuit }] of Object.entries(parsed.data)) {
        const now = parts.fingerprint(destinationId)
        if (now === null) continue
        circuits.set(destinationId, now === fingerprint ? resumed(circuit) : onChange(circuit))
      }
      onDisk = text
      parts.onMore()
    },
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
