import { SEVERITY_RANK, type EventDraft, type EventType, type Severity } from './events/model.ts'
import type { CommitEntry, CommitResult, Decision, History, OutboxState } from './history/history.ts'
import type { Clock } from './ports.ts'
import { isForNobody, route, type RouteContext } from './rules/route.ts'
import type { EngineSettings, ResolvedPrinter } from './settings/expand.ts'

export interface Rehearsal {
  destinationId: string
  printerId: string
  type: EventType
}

export interface RehearsalResult {
  eventId: string
  decision: Pick<Decision, 'decision' | 'stage' | 'reason'>
  /** What came of it; null when the rules dropped it, or when nothing came within the wait. */
  attempt: { result: string; detail: string; ms: number } | null
}

/** The same to several destinations at once. */
export interface Play {
  /** Null = every one that is on. */
  destinationIds: readonly string[] | null
  printerId: string
  type: EventType
}

export interface PlayedAt extends Omit<RehearsalResult, 'eventId'> {
  destinationId: string
  label: string
  decision: Pick<Decision, 'decision' | 'stage' | 'reason' | 'profileId' | 'until'>
}

export interface PlayResult {
  eventId: string
  /** In the order of the settings. */
  destinations: PlayedAt[]
}

export interface RehearsalParts {
  settings(): EngineSettings
  kindOf(printer: ResolvedPrinter): string
  routeContext(): RouteContext
  history: Pick<History, 'commit' | 'attempts' | 'outbox' | 'loadMemories'>
  clock: Clock
  ulid(): string
  /** With how things stand with the printer now, where the destination needs that. */
  freeze(draft: EventDraft, rows: CommitEntry['outbox']): EventDraft
  onCommitted(result: CommitResult, batch: { suppressed: never[] }): void
}

const WAIT_MS = 20_000
const LOOK_EVERY_MS = 100
const WAITING: readonly OutboxState[] = ['waiting', 'leased', 'held']

/**
 * A made-up event on the real way: rules, history, outbox, channel. It is marked as a rehearsal in text and reason, and goes only where it is
 * asked to. Both throw an Error naming what is unknown or switched off.
 */
export function rehearsals(parts: RehearsalParts): { rehearse(rehearsal: Rehearsal): Promise<RehearsalResult>; play(play: Play): Promise<PlayResult> } {
  return {
    async rehearse({ destinationId, printerId, type }) {
      const { eventId, destinations: [only] } = await played({ destinationIds: [destinationId], printerId, type }, parts)
      if (!only) throw new Error('the rules gave no decision')
      const { decision: { decision, stage, reason }, attempt } = only
      return { eventId, decision: { decision, stage, reason }, attempt }
    },
    play: (play) => played(play, parts),
  }
}

async function played({ destinationIds, printerId, type }: Play, parts: RehearsalParts): Promise<PlayResult> {
  const { printers } = parts.settings()
  const printer = printers.find(({ id }) => id === printerId)
  if (!printer) throw new Error(`there is no printer "${printerId}"; there are: ${printers.map((one) => one.id).join(', ') || 'none'}`)
  const context = parts.routeContext()
  const destinations = chosen(destinationIds, context.destinations)
  const id = parts.ulid()
  const draft = madeUp(type, { id, now: parts.clock.now(), printer, serverKind: parts.kindOf(printer) })
  return { eventId: id, destinations: await sendOff(id, draft, { ...context, destinations }, parts) }
}

/** Puts an event that no printer told on the real way, from the rules on. @returns each decision on it, and what came of the first try, which is waited for a while */
export async function sendOff(id: string, draft: EventDraft, context: RouteContext, parts: Omit<RehearsalParts, 'settings' | 'kindOf'>): Promise<PlayedAt[]> {
  const routed = route({ ...draft, id }, context)
  const result = parts.history.commit({ at: parts.clock.now(), memories: [], entries: [{ draft: parts.freeze(draft, routed.outbox), id, ...routed, ...(isForNobody(routed) ? { seen: true as const } : {}) }], suppressed: [] })
  parts.onCommitted(result, { suppressed: [] })
  return Promise.all(routed.decisions.map(async ({ destinationId, decision, stage, reason, profileId, until }): Promise<PlayedAt> => ({
    destinationId, label: context.destinations.find((one) => one.id === destinationId)?.label ?? destinationId,
    decision: { decision, stage, reason, profileId, until }, attempt: decision === 'deliver' ? await firstAttempt(id, destinationId, parts) : null,
  })))
}

function chosen(ids: readonly string[] | null, destinations: RouteContext['destinations']): RouteContext['destinations'] {
  const on = destinations.filter(({ enabled }) => enabled)
  if (ids === null) {
    if (on.length === 0) throw new Error('no destination is switched on')
    return on
  }
  for (const id of ids) {
    if (!destinations.some((one) => one.id === id)) throw new Error(`there is no destination "${id}"; there are: ${destinations.map((one) => one.id).join(', ') || 'none'}`)
    if (!on.some((one) => one.id === id)) throw new Error(`destination "${id}" is switched off`)
  }
  return on.filter(({ id }) => ids.includes(id))
}

/** What came of the first try; null = nothing within the wait. */
async function firstAttempt(eventId: string, destinationId: string, { history, clock }: Pick<RehearsalParts, 'history' | 'clock'>): Promise<RehearsalResult['attempt']> {
  const until = clock.monotonic() + WAIT_MS
  while (clock.monotonic() < until) {
    const attempt = history.attempts({ eventId, destinationId })[0]
    if (attempt) return { result: attempt.result, detail: attempt.detail, ms: attempt.ms }
    if (!history.outbox({ eventId, destinationId, states: [...WAITING] })[0]) return null
    await new Promise<void>((done) => clock.after(LOOK_EVERY_MS, done))
  }
  return null
}

/** As the reducer would make it, with values nobody can take for real ones. */
export function madeUp(type: EventType, about: { id: string; now: number; printer: Pick<ResolvedPrinter, 'id' | 'name'>; serverKind: string }): EventDraft {
  const { now, printer } = about
  const severity = severityOf(type)
  const running = now - 3_600_000
  return {
    dedupeKey: `${printer.id}|rehearsal|${type}|${about.id}`,
    occurredAt: now,
    observedAt: now,
    late: false,
    type,
    severity,
    printerId: printer.id,
    printerName: printer.name,
    serverKind: about.serverKind,
    job: {
      key: `rehearsal|${about.id}`,
      file: { name: 'rehearsal.gcode', path: 'rehearsal.gcode', origin: 'local', size: null },
      startedAt: running,
      endedAt: type === 'job.done' ? now : null,
      user: null,
    },
    progress: type === 'job.done' ? 1 : 0.5,
    reason: 'rehearsal',
    text: 'This is a rehearsal: nothing happened to the printer.',
    byUs: false,
    snapshot: SEVERITY_RANK[severity] > 0 || type === 'job.done' ? 'now' : 'none',
  }
}

const CRITICAL: readonly EventType[] = ['job.failed', 'attention.filament_runout', 'failure.detected', 'heater.runaway']
const WARNING: readonly EventType[] = [
  'job.paused', 'job.cancelled', 'job.result_unknown', 'job.stalled', 'job.eta_slipped', 'attention.filament_change', 'attention.user_input', 'attention.door',
  'attention.plate', 'attention.reminder', 'failure.warning', 'heater.left_on', 'link.lost',
]
const ERROR: readonly EventType[] = ['device.error', 'device.shutdown', 'device.fault', 'link.auth_failed', 'link.refused', 'command.failed', 'camera.lost']

function severityOf(type: EventType): Severity {
  if (CRITICAL.includes(type)) return 'critical'
  if (ERROR.includes(type)) return 'error'
  if (WARNING.includes(type)) return 'warning'
  return type === 'job.done' ? 'success' : 'info'
}
