/**
 * What is known of one destination's health, and what may be sent there because of it. Pure: time and chance are arguments.
 *
 * closed: everything goes. After several failures in a row it is wary: one try at a time, on back-off, without a word yet.
 * open: it failed for minutes; told once. One try at a time (a probe), seldom; whatever else waits keeps its tries.
 * half_open: a probe is under way. gone: the far side says for good that it is no more; nothing is sent until somebody acts.
 */
import type { Verdict } from '../channels/channel.ts'
import type { Random } from '../ports.ts'
import { backOff, FIRST_REFUSALS, NEEDS_MENDING, PASSING, PROBE, type BackOff } from './retry.ts'

export interface Circuit {
  state: 'closed' | 'open' | 'half_open' | 'gone'
  /** Failures in a row; whatever speaks of one message alone neither counts nor ends the row. */
  failures: number
  /** Those of them that somebody must mend. */
  refusals: number
  /** When the first of them was, epoch ms; null = there is none. */
  since: number | null
  /** Of the last failure, in words; no address, no secret. */
  why: string
  /** Whether the last failure waits for somebody to mend something, or passes by itself. */
  trouble: 'passing' | 'mending'
  /** Probes that failed since it opened. */
  probes: number
  /** No try before; epoch ms. Null = none is held back. */
  nextTryAt: number | null
  /** The far side asked for quiet until then, epoch ms. That is no failure. */
  quietUntil: number | null
  /** Somebody changed something while it was in trouble: the next word decides, and is told. */
  onTrial: boolean
  /** It was declared gone: a person's wish asks it once more, nothing else does. */
  wasGone: boolean
}

/** `failing` and `gone` are told when it opens, `recovered` when it works again; null = nothing to tell. */
export type CircuitNews = 'failing' | 'gone' | 'recovered' | null

export const HEALTHY: Circuit = {
  state: 'closed', failures: 0, refusals: 0, since: null, why: '', trouble: 'passing', probes: 0, nextTryAt: null, quietUntil: null, onTrial: false, wasGone: false,
}

/**
 * A wrong key is proved by few answers, a server that restarts by many; and neither within minutes. A service that is updated
 * answers 401, 404 or 503 for a minute and is well again: nobody wants to hear of that.
 */
export const OPENS_AFTER = { refusals: 3, failures: 5, ms: 2 * 60_000 } as const
/** One message's wish for quiet is no reason to leave the others waiting for a day; ms. */
const LONGEST_QUIET_MS = 15 * 60_000
/** Who is busy without a word how long is left alone for a moment; ms. */
const SHORTEST_QUIET_MS = 1_000
/** What waits longer than any back-off was set before the clock was turned back; ms. */
const LONGEST_WAIT_MS = NEEDS_MENDING.capMs

/** `any` = as many as the channel takes; `one` = one, while nothing else is under way; `none` = not before `until` (null = not by itself). */
export type Permit = { may: 'any' | 'one' } | { may: 'none'; until: number | null }

/** What may be sent now. */
export function permit(circuit: Circuit, now: number): Permit {
  if (circuit.state === 'gone' || circuit.state === 'half_open') return { may: 'none', until: null }
  const until = Math.max(ahead(circuit.quietUntil, now, LONGEST_QUIET_MS), ahead(circuit.nextTryAt, now, LONGEST_WAIT_MS))
  if (until > now) return { may: 'none', until }
  return { may: circuit.state === 'open' || isWary(circuit) ? 'one' : 'any' }
}

function ahead(at: number | null, now: number, longest: number): number {
  return at === null || at - now > longest ? now : Math.max(now, at)
}

/** Closed, but what was heard of it lately makes one try at a time enough. */
export function isWary(circuit: Circuit): boolean {
  return circuit.state === 'closed' && enough(circuit)
}

function enough({ failures, refusals }: Circuit): boolean {
  return failures >= OPENS_AFTER.failures || refusals >= OPENS_AFTER.refusals
}

/** A try begins that permit() allowed. */
export function onTry(circuit: Circuit): Circuit {
  return circuit.state === 'open' ? { ...circuit, state: 'half_open', nextTryAt: null } : circuit
}

/** A try ended without a word about the destination: it was not even sent, or nobody could hear. */
export function onNoWord(circuit: Circuit): Circuit {
  return circuit.state === 'half_open' ? { ...circuit, state: 'open', nextTryAt: null } : circuit
}

/** What a verdict makes of it. */
export function onVerdict(circuit: Circuit, verdict: Verdict, now: number, random: Random): { circuit: Circuit; news: CircuitNews } {
  switch (verdict.result) {
    case 'delivered': {
      const troubled = circuit.state !== 'closed' || circuit.onTrial
      return { circuit: { ...HEALTHY, quietUntil: circuit.quietUntil }, news: troubled ? 'recovered' : null }
    }
    case 'gone': {
      const gone: Circuit = { ...circuit, state: 'gone', since: circuit.since ?? now, why: verdict.why, nextTryAt: null, onTrial: false, wasGone: true }
      return { circuit: gone, news: circuit.wasGone ? null : 'gone' }
    }
    case 'rejected': return verdict.scope === 'message' ? { circuit: onNoWord(circuit), news: null } : failed(circuit, 'mending', verdict.why, now, random)
    case 'retry': return asksForQuiet(verdict) ? { circuit: asked(circuit, verdict.after ?? 0, now), news: null } : failed(circuit, 'passing', verdict.why, now, random)
  }
}

/** The far side works, and wants less: no failure of it. */
export function asksForQuiet(verdict: Verdict): boolean {
  return verdict.result === 'retry' && (verdict.busy === true || (verdict.after ?? 0) > 0)
}

function asked(circuit: Circuit, after: number, now: number): Circuit {
  return { ...onNoWord(circuit), quietUntil: now + Math.min(Math.max(after, SHORTEST_QUIET_MS), LONGEST_QUIET_MS) }
}

function failed(circuit: Circuit, trouble: Circuit['trouble'], why: string, now: number, random: Random): { circuit: Circuit; news: CircuitNews } {
  // What was under way when it opened, or when it was declared gone, tells nothing new.
  if (circuit.state === 'open' || circuit.state === 'gone') return { circuit, news: null }
  const known: Circuit = {
    ...circuit, failures: circuit.failures + 1, refusals: circuit.refusals + (trouble === 'mending' ? 1 : 0), since: circuit.since ?? now, why, trouble,
  }
  if (circuit.wasGone) return { circuit: { ...known, state: 'gone' }, news: null }
  if (circuit.state === 'half_open') {
    const probes = circuit.probes + 1
    return { circuit: { ...known, state: 'open', probes, nextTryAt: now + backOff(probes + 1, random, probing(trouble)) }, news: null }
  }
  if (known.onTrial || (enough(known) && now - (known.since ?? now) >= OPENS_AFTER.ms)) {
    return { circuit: { ...known, state: 'open', onTrial: false, probes: 0, nextTryAt: now + backOff(1, random, probing(trouble)) }, news: 'failing' }
  }
  return { circuit: enough(known) ? { ...known, nextTryAt: now + warily(known, random) } : known, news: null }
}

const probing = (trouble: Circuit['trouble']): BackOff => (trouble === 'mending' ? NEEDS_MENDING : PROBE)

function warily({ failures, refusals, trouble }: Circuit, random: Random): number {
  return trouble === 'mending' ? backOff(Math.max(1, refusals - OPENS_AFTER.refusals + 1), random, FIRST_REFUSALS) : backOff(Math.max(1, failures - OPENS_AFTER.failures + 1), random, PASSING)
}

/** Somebody changed the destination or switched it on again: a fresh try, whose outcome is told when it was in trouble. */
export function onChange(circuit: Circuit): Circuit {
  return { ...HEALTHY, onTrial: circuit.state !== 'closed' || circuit.onTrial }
}

/**
 * Something made a try worth while at once. `by` 'person' = somebody wants a message sent again, which also asks a destination that
 * is gone; 'computer' = it woke, or its network came back.
 */
export function onHurry(circuit: Circuit, by: 'person' | 'computer'): Circuit {
  if (circuit.state === 'gone') return by === 'person' ? { ...circuit, state: 'open', nextTryAt: null } : circuit
  return { ...circuit, nextTryAt: null }
}
