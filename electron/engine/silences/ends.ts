/**
 * The ends of silences: one of a print ends with it, and once each end is looked at: is what it kept from people still trouble? Then a
 * summary for each printer tells it. What was looked at is on disk, so a restart over an end, or right after it, neither loses nor repeats it.
 */
import { cameraIsBack } from '../camera-back.ts'
import type { Language } from '../delivery/languages/language.ts'
import { SEVERITY_RANK, TERMINAL_TYPES, type EventDraft, type PrinterState } from '../events/model.ts'
import type { History, Silence, SilencedEvent, StoredEvent } from '../history/history.ts'
import type { Cancel, Clock, Log } from '../ports.ts'
import type { FilterFacts } from '../rules/filter.ts'
import { endOf, keepLookedAt, lookedAt, noteAllEnds, REMEMBERED_MS } from './looked-at.ts'
import { holds, mutes, type SilenceScope } from './match.ts'
import { summariesOf } from './summary.ts'
import { isStillOpen, TROUBLE_TYPES, troubleOf } from './trouble.ts'

export interface SilenceEndsParts {
  history: Pick<History, 'silences' | 'silencesSince' | 'silenced' | 'events' | 'decisions' | 'liftSilence' | 'getFact' | 'setFact'>
  clock: Clock
  log: Log
  scope: SilenceScope
  tagsOf(printerId: string): readonly string[]
  /** As last seen; null = not watched. */
  state(printerId: string): PrinterState | null
  /** Destinations that fail now. */
  failing(): readonly string[]
  /** A destination's label. */
  label(destinationId: string): string
  /** Of this program. */
  language(): Language
  /** Passes an event of the engine's own on to the rules. */
  announce(draft: EventDraft): void
  /** One begins or ends by its time, or with its print. */
  onChanged(): void
}

export interface SilenceEnds {
  start(): void
  /** Looks, and arms for what comes next; also after one was made, changed or ended. Never throws. @returns whether `onChanged` was called */
  look(): boolean
  stop(): void
}

/** After a start or a sleep printers need so long to tell how they stand; ms (an idle link is given up after as long at the latest that matters). */
const SETTLE_MS = 60_000
/** While something is coming it is looked at so often, so that a clock that is put right can't make an end be missed; ms. */
const LOOK_EVERY_MS = 60_000
/** A look that comes so much too late means that the computer slept; ms. */
const SLEPT_MS = 30_000
/** A silence may have kept back what was seen this long before it began and waited since; ms. */
const WAITED_MS = 86_400_000

/** Whether `other` held when `silence` ended, and goes on. Of two that end in the same moment the younger does. */
function endsLater(other: Silence, silence: Silence): boolean {
  if (silence.endsAt === null || other.id === silence.id || other.startsAt > silence.endsAt) return false
  return other.endsAt === null || other.endsAt > silence.endsAt || (other.endsAt === silence.endsAt && other.id > silence.id)
}

export function silenceEnds(parts: SilenceEndsParts): SilenceEnds {
  const { history, clock, log } = parts
  let cancel: Cancel = () => undefined
  let running = false
  let settledAt = 0
  let dueAt: number | null = null
  let inForce = ''

  // ------------------------------------------------------------------------------------------------------------ the look

  function look(): boolean {
    if (!running) return false
    cancel()
    cancel = () => undefined
    const now = clock.now()
    if (dueAt !== null && now - dueAt > SLEPT_MS) settledAt = now + SETTLE_MS
    dueAt = null
    let told = false
    try {
      endWithTheirPrints(now)
      const all = history.silencesSince(now - REMEMBERED_MS)
      told = tellChanges(all, now)
      if (now >= settledAt) judgeEnds(all, now)
      arm(all, clock.now())
    } catch (error) {
      log.error('the ends of silences could not be looked at, which is tried again', { error })
      wait(LOOK_EVERY_MS)
    }
    return told
  }

  function wait(ms: number): void {
    dueAt = clock.now() + ms
    cancel = clock.after(ms, () => void look())
  }

  function arm(all: readonly Silence[], now: number): void {
    const ended = lookedAt(history)
    const times = all.flatMap((silence) => {
      if (silence.startsAt > now) return [silence.startsAt]
      if (holds(silence, now)) return [silence.endsAt ?? Number.POSITIVE_INFINITY]
      return ended?.has(endOf(silence)) ? [] : [settledAt]
    })
    // While nothing is muted or to come, nothing needs a look.
    if (times.length > 0) wait(Math.max(1, Math.min(LOOK_EVERY_MS, ...times.map((at) => at - now))))
  }

  function tellChanges(all: readonly Silence[], now: number): boolean {
    const nowInForce = all.filter((silence) => holds(silence, now)).map(endOf).join(' ')
    if (nowInForce === inForce) return false
    inForce = nowInForce
    parts.onChanged()
    return true
  }

  // ---------------------------------------------------------------------------------------------------- of a print

  function endWithTheirPrints(now: number): void {
    for (const { id, endsAt, match } of history.silences(now)) if (endsAt === null && match.jobKey !== undefined && isOver(match, now)) history.liftSilence(id, now)
  }

  /** By its end in the history, or because the printer is at another one, seen with a link that is up. */
  function isOver({ jobKey, printerIds }: Silence['match'], now: number): boolean {
    if (endedAs(jobKey) !== null) return true
    const [printerId] = printerIds ?? []
    const state = printerId === undefined ? null : parts.state(printerId)
    return now >= settledAt && state?.link === 'up' && state.jobRef?.key !== jobKey
  }

  function endedAs(jobKey: string | undefined): StoredEvent['type'] | null {
    return jobKey === undefined ? null : (history.events({ jobKey, types: TERMINAL_TYPES, limit: 1 })[0]?.type ?? null)
  }

  // ---------------------------------------------------------------------------------------------------- the summary

  function judgeEnds(all: readonly Silence[], now: number): void {
    const ended = lookedAt(history) ?? new Map<string, number>()
    for (const silence of all) {
      const end = endOf(silence)
      if (silence.endsAt === null || silence.endsAt > now || ended.has(end)) continue
      for (const summary of summariesOf(silence, stillOpen(silence, all), { language: parts.language(), label: (id) => parts.label(id), now })) parts.announce(summary)
      ended.set(end, now)
      keepLookedAt(history, ended, now)
    }
  }

  /** One event for each trouble, the worst first. */
  function stillOpen(silence: Silence, all: readonly Silence[]): StoredEvent[] {
    // It was for this print, and the print is well.
    if (silence.endsAt !== null && silence.match.jobKey !== undefined && endedAs(silence.match.jobKey) === 'job.done') return []
    const within = endedWithin(silence, all)
    const kept = history.silenced({ silenceIds: [silence, ...within].map(({ id }) => id), types: TROUBLE_TYPES, since: Math.min(...[silence, ...within].map(({ startsAt }) => startsAt)) - WAITED_MS })
    const later = all.filter((other) => endsLater(other, silence))
    const troubles = new Map<string, StoredEvent>()
    for (const one of kept) {
      const { event } = one
      if (event.reason === 'rehearsal' || !concerns(silence, one, later) || !isStillOpen(event, factsOf(event))) continue
      const trouble = troubleOf(event)
      // Newest first: what was told last says how it stands.
      if (!troubles.has(trouble)) troubles.set(trouble, event)
    }
    return [...troubles.values()].sort((a, b) => SEVERITY_RANK[b.severity] - SEVERITY_RANK[a.severity] || a.seq - b.seq)
  }

  /** Silences that ended while this one held, those that ended while one of them did, and so on. */
  function endedWithin(silence: Silence, all: readonly Silence[]): Silence[] {
    const found = new Set<Silence>()
    const queue = [silence]
    for (let one = queue.pop(); one; one = queue.pop()) {
      for (const other of all) {
        if (other.id === silence.id || found.has(other) || !endsLater(one, other)) continue
        found.add(other)
        queue.push(other)
      }
    }
    return [...found]
  }

  /** Each event is told of once, at the end of the last one in a row that mutes it. */
  function concerns(silence: Silence, { event, kept }: SilencedEvent, later: readonly Silence[]): boolean {
    const facts: FilterFacts = { tags: parts.tagsOf(event.printerId), acknowledged: event.acknowledgedAt !== null }
    return kept.some(({ destinationId, silenceId }) =>
      (silenceId === silence.id || mutes(silence, event, destinationId, facts, parts.scope)) && !later.some((other) => mutes(other, event, destinationId, facts, parts.scope)))
  }

  function factsOf(event: StoredEvent): Parameters<typeof isStillOpen>[1] {
    const since = (types: StoredEvent['type'][]): StoredEvent[] => history.events({ printerId: event.printerId, types, since: event.occurredAt + 1, limit: 20 })
    return {
      state: parts.state(event.printerId),
      begunSince: since(['job.started']).length > 0,
      cameraBack: cameraIsBack(event, history),
      seen: seenByAPerson(event),
      failing: parts.failing(),
    }
  }

  /** What nobody was told of is born seen, and that is not somebody's doing. */
  function seenByAPerson({ id, seenAt }: StoredEvent): boolean {
    return seenAt !== null && history.decisions(id).some(({ decision, reason }) => decision !== 'drop' || reason === 'in_app')
  }

  return {
    start() {
      running = true
      settledAt = clock.now() + SETTLE_MS
      try {
        // What ended before this program knew of ends is not told any more.
        if (lookedAt(history) === null) noteAllEnds(history, clock.now())
      } catch (error) {
        log.error('which silences ended could not be noted', { error })
      }
      look()
    },
    look,
    stop() {
      running = false
      cancel()
    },
  }
}
