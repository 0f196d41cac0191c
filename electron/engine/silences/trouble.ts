/** Which news is trouble, and whether it still is: what a silence kept from everybody is told at its end if nobody has seen to it. Pure. */
import type { EventType, JobPhase, PrinterState } from '../events/model.ts'
import { subjectOf } from '../events/still-open.ts'
import type { StoredEvent } from '../history/history.ts'

/** How things stand now, beside the event itself. */
export interface TroubleFacts {
  /** As last seen; null = the printer is not watched any more, and then nothing is open. */
  state: PrinterState | null
  /** Whether another print was begun at this printer after the event: then somebody was there. */
  begunSince: boolean
  /** Whether the camera of the event answers again. */
  cameraBack: boolean
  /** Whether a person saw the event since. */
  seen: boolean
  /** Destinations that fail now. */
  failing: readonly string[]
}

type Open = (event: StoredEvent, facts: TroubleFacts & { state: PrinterState }) => boolean

const OVER: ReadonlySet<JobPhase> = new Set<JobPhase>(['none', 'done', 'cancelled', 'failed'])

const samePrint: Open = ({ job }, { state }) => job !== undefined && state.jobRef?.key === job.key && !OVER.has(state.job)
/** What has no end of its own is trouble until somebody looks at it. */
const notLookedAt: Open = (_event, { seen, begunSince }) => !seen && !begunSince
const attentionOpen: Open = ({ attention }, { state }) => attention !== undefined && state.attentions.some(({ key, since }) => key === attention.key && since === attention.since)
/** Until the link is up again a try to connect changes nothing. */
const linkDown: Open = (_event, { state }) => state.link !== 'up'
const deviceDown: Open = (_event, { state }) => state.device === 'error' || state.device === 'shutdown' || state.device === 'off' || state.faults.length > 0

const OPEN: Readonly<Partial<Record<EventType, Open>>> = {
  'job.failed': notLookedAt,
  'job.result_unknown': notLookedAt,
  'job.paused': (event, facts) => samePrint(event, facts) && (facts.state.job === 'paused' || facts.state.job === 'pausing'),
  // It moves again as soon as its progress does, and what it asks explains why it stands.
  'job.stalled': (event, facts) => samePrint(event, facts) && facts.state.attentions.length === 0 && event.progress != null && facts.state.progress === event.progress,
  'attention.filament_runout': attentionOpen,
  'attention.filament_change': attentionOpen,
  'attention.user_input': attentionOpen,
  'attention.door': attentionOpen,
  'attention.plate': attentionOpen,
  'attention.reminder': attentionOpen,
  'failure.warning': samePrint,
  'failure.detected': samePrint,
  'heater.left_on': ({ heater }, { state }) => heater !== undefined && (state.heaters[heater.name]?.target ?? 0) > 0 && OVER.has(state.job),
  'heater.runaway': notLookedAt,
  'device.error': deviceDown,
  'device.shutdown': deviceDown,
  'device.fault': notLookedAt,
  'link.lost': linkDown,
  'link.auth_failed': linkDown,
  'link.refused': linkDown,
  'camera.lost': (_event, { cameraBack }) => !cameraBack,
}
const FAILING: EventType = 'app.delivery_failing'

/** Kinds of event that can be trouble. */
export const TROUBLE_TYPES: readonly EventType[] = [...(Object.keys(OPEN) as EventType[]), FAILING]

/** Whether what the event told of is still so, and nobody has acknowledged it. */
export function isStillOpen(event: StoredEvent, facts: TroubleFacts): boolean {
  if (event.acknowledgedAt !== null) return false
  if (event.type === FAILING) return event.reason !== undefined && facts.failing.includes(event.reason)
  const { state } = facts
  return state !== null && (OPEN[subjectOf(event)]?.(event, { ...facts, state }) ?? false)
}

/** What is one and the same trouble, told by several events (an attention and its reminders, a link lost again and again). */
export function troubleOf(event: StoredEvent): string {
  const { printerId, attention, job, reason, code, heater } = event
  const type = subjectOf(event)
  if (attention) return `${printerId}|attention|${attention.key}`
  if (type.startsWith('link.')) return `${printerId}|link`
  if (type === 'device.error' || type === 'device.shutdown') return `${printerId}|device`
  if (type.startsWith('failure.')) return `${printerId}|failure`
  return [printerId, type, job?.key, heater?.name, type === FAILING ? reason : type === 'camera.lost' ? code : undefined].join('|')
}
