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

export interface RehearsalParts {
  settings: EngineSettings
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
 * A made-up event on the real way: rules, history, outbox, channel. It is marked as a rehearsal in text and reason, and goes to
 * one destination only.
 * @throws Error naming what is unknown
 */
export async function rehearse(rehearsal: Rehearsal, parts: RehearsalParts): Promise<RehearsalResult> {
  const { history, clock } = parts
  const printer = parts.settings.printers.find(({ id }) => id === rehearsal.printerId)
  if (!printer) throw new Error(`there is no printer "${rehearsal.printerId}"; there are: ${parts.settings.printers.map(({ id }) => id).join(', ') || 'none'}`)
  const context = parts.routeContext()
  const destinations = context.destinations.filter(({ id }) => id === rehearsal.destinationId)
  if (destinations.length === 0) throw new Error(`there is no destination "${rehearsal.destinationId}"; there are: ${context.destinations.map(({ id }) => id).join(', ') || 'none'}`)
  if (destinations.every(({ enabled }) => !enabled)) throw new Error(`destination "${rehearsal.destinationId}" is switched off`)
  const id = parts.ulid()
  const draft = madeUp(rehearsal.type, { id, now: clock.now(), printer, serverKind: parts.kindOf(printer) })
  const routed = route({ ...draft, id }, { ...context, destinations })
  const result = history.commit({ at: clock.now(), memories: [], entries: [{ draft: parts.freeze(draft, routed.outbox), id, ...routed, ...(isForNobody(routed) ? { seen: true as const } : {}) }], suppressed: [] })
  parts.onCommitted(result, { suppressed: [] })
  const decision = routed.decisions[0]
  if (!decision) throw new Error('the rules gave no decision')
  const attempt = decision.decision === 'deliver' ? await firstAttempt(id, parts) : null
  return { eventId: id, decision: { decision: decision.decision, stage: decision.stage, reason: decision.reason }, attempt }
}

async function firstAttempt(eventId: string, { history, clock }: RehearsalParts): Promise<RehearsalResult['attempt']> {
  const until = clock.monotonic() + WAIT_MS
  while (clock.monotonic() < until) {
    const attempt = history.attempts({ eventId })[0]
    if (attempt) return { result: attempt.result, detail: attempt.detail, ms: attempt.ms }
    if (!history.outbox({ eventId, states: [...WAITING] })[0]) return null
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
