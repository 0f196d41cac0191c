/** What was told first, of which kind and where, so that the rules can gather what follows (rules/grouping.ts). Kept in memory, and read from the history at a start. */
import type { EventDraft, EventType, Link, PrinterState } from './events/model.ts'
import type { Decision, History } from './history/history.ts'
import type { Clock, Log } from './ports.ts'
import { noteFirst, type First, type GroupingContext } from './rules/grouping.ts'
import type { ServerWatches } from './server-watches.ts'
import type { SettingsInForce } from './settings-in-force.ts'

export interface ToldLatelyParts {
  history: Pick<History, 'events' | 'decisions'>
  inForce: Pick<SettingsInForce, 'settings' | 'printer' | 'serverOf'>
  clock: Clock
  log: Log
  /** How the servers answer. */
  links(): ReturnType<ServerWatches['links']>
  state(printerId: string): PrinterState | null
}

export interface ToldLately {
  /** For the rules: as it is now, not a copy. */
  context(): GroupingContext
  /** These were decided on an event that is about to be stored. */
  note(event: EventDraft & { id: string }, decisions: readonly Omit<Decision, 'eventId'>[]): void
  /** These were not stored, because they were known: nobody is told of them, so nothing may wait behind them. */
  forget(events: readonly { id: string }[]): void
  /** After a start: goes on where the last run ended. The history is read when the rules first ask, as of now: a start waits for other things. */
  restore(): void
}

/** What is remembered for longer than a burst: whether the loss of a server or a camera was told. */
const LASTING: readonly EventType[] = ['link.lost', 'link.up', 'camera.lost', 'camera.up']
const LASTS_MS = 24 * 3_600_000
const READ_AT_MOST = 200
/** Less is a clock that is kept right; ms. */
const SET_BACK_MS = 1_000
/** A printer that is only silent for a moment is not out: no loss of its link may follow that tells of its camera. */
const OUT: ReadonlySet<Link> = new Set<Link>(['down', 'auth_failed', 'refused'])

export function createToldLately({ history, inForce, clock, log, links, state }: ToldLatelyParts): ToldLately {
  const firsts = new Map<string, First>()
  let wasAhead = clock.now() - clock.monotonic()
  /** When the run began whose predecessor is still to be read, epoch ms; null = it is read. */
  let unread: number | null = null
  const burstMs = (): number => inForce.settings().grouping.burst * 1_000

  function hostOf(printerId: string): ReturnType<GroupingContext['hostOf']> {
    const printer = inForce.printer(printerId)
    const server = printer && inForce.serverOf(printer)
    if (server === undefined) return null
    return {
      serverId: server.id,
      printers: inForce.settings().printers.filter((other) => other.enabled && other.sources[0]?.serverId === server.id).length,
      answers: links().find(({ serverId }) => serverId === server.id)?.observation.link === 'up',
    }
  }

  function isOut(printerId: string): boolean {
    const link = state(printerId)?.link
    return link !== undefined && OUT.has(link)
  }

  /** A clock that was set back takes what was noted along: what comes now came after it. One that was set forward can't be told from a sleep. */
  function followClock(): void {
    const ahead = clock.now() - clock.monotonic()
    const jump = ahead - wasAhead
    wasAhead = ahead
    if (jump > -SET_BACK_MS) return
    for (const [key, first] of firsts) firsts.set(key, { ...first, at: first.at + jump, until: first.until + jump })
  }

  function remember(event: EventDraft & { id: string }, decisions: readonly Omit<Decision, 'eventId'>[]): void {
    for (const decision of decisions) if (decision.seq === 1) noteFirst(firsts, event, decision, burstMs())
  }

  /** Before anything of this run is stored, and on the clock of its beginning. */
  function readOnce(): void {
    if (unread === null) return
    const now = unread
    unread = null
    try {
      // What is still to come was stored before the clock was set back.
      const lately = history.events({ limit: READ_AT_MOST }).filter(({ observedAt }) => observedAt <= now && now - observedAt <= burstMs())
      const lasting = history.events({ types: LASTING, since: now - LASTS_MS, limit: READ_AT_MOST }).filter(({ id, observedAt }) => observedAt <= now && !lately.some((event) => event.id === id))
      for (const event of [...lately, ...lasting].sort((a, b) => a.seq - b.seq)) remember(event, history.decisions(event.id))
    } catch (error) {
      log.error('what was told before the start could not be read; what comes now is told by itself', { error: error instanceof Error ? error.message : String(error) })
    }
  }

  return {
    note(event, decisions) {
      readOnce()
      remember(event, decisions)
    },
    context() {
      readOnce()
      followClock()
      return { burstMs: burstMs(), servers: inForce.settings().grouping.servers, firsts, hostOf, isOut }
    },
    forget(events) {
      const ids = new Set(events.map(({ id }) => id))
      if (ids.size === 0) return
      for (const [key, { eventId }] of firsts) if (ids.has(eventId)) firsts.delete(key)
    },
    restore() {
      unread = clock.now()
    },
  }
}
