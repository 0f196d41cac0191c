/**
 * When an acknowledgement ends: is what it was about still open, and how is that told? Pure. One type tells all of it, `attention.reminder`: whoever
 * wants to be reminded is told, and a print that failed once is not counted as failed twice.
 */
import { isActivePhase, SEVERITY_RANK, type EventDraft, type EventType, type JobPhase, type PrinterState, type Severity } from './model.ts'

/** The reason of that reminder. */
export const ACKNOWLEDGEMENT_OVER = 'acknowledgement_over'

/** Whether this says that an acknowledgement is over. */
export function reopens(event: Pick<EventDraft, 'type' | 'reason'>): boolean {
  return event.type === 'attention.reminder' && event.reason === ACKNOWLEDGEMENT_OVER
}

/** What an event is about: a reminder is about what it reminds of. */
export function subjectOf(event: Pick<EventDraft, 'type' | 'about'>): EventType {
  return event.about?.type ?? event.type
}

/** Ends of a print that somebody has to look at. */
export const ENDED_BADLY: ReadonlySet<EventType> = new Set<EventType>(['job.failed', 'job.result_unknown'])
const PAUSED: ReadonlySet<JobPhase> = new Set<JobPhase>(['pausing', 'paused'])

export interface OpenFacts {
  /** Null = the printer is not watched any more. */
  state: PrinterState | null
  /** The printer began another print since. */
  printedSince: boolean
  /** Somebody looked at the event since it was acknowledged. */
  looked: boolean
  /** The camera of the event answers again. */
  cameraBack: boolean
}

/** 'unknown' = the printer can't be seen now: ask again when it can. */
export type Openness = 'open' | 'over' | 'unknown'

export function openness(event: EventDraft, { state, printedSince, looked, cameraBack }: OpenFacts): Openness {
  if (state === null) return 'over'
  const subject = subjectOf(event)
  const answer = (open: boolean): Openness => (open ? 'open' : 'over')
  if (ENDED_BADLY.has(subject)) return answer(!looked && !printedSince && !runsAnother(event, state))
  // What a firmware tells in passing has no end that it tells.
  if (subject === 'device.fault') return answer(!looked && !printedSince)
  if (subject === 'link.lost' || subject === 'link.auth_failed' || subject === 'link.refused') {
    return state.link === 'connecting' ? 'unknown' : answer(state.link !== 'up' && state.link !== 'stale')
  }
  if (subject === 'camera.lost') return cameraBack || state.link === 'up' ? answer(!cameraBack) : 'unknown'
  const isOpen = lookingOf(subject, event)
  if (isOpen === null) return 'over'
  return state.link === 'up' ? answer(isOpen(state)) : 'unknown'
}

/** How the printer's state shows that it is open; null = nothing stays open of such an event. */
function lookingOf(subject: EventType, event: EventDraft): ((state: PrinterState) => boolean) | null {
  const { attention, job, heater } = event
  const sameJob = (state: PrinterState): boolean => job !== undefined && state.jobRef?.key === job.key
  if (attention) return subject === 'attention.cleared' ? null : (state) => state.attentions.some(({ key, since }) => key === attention.key && since === attention.since)
  switch (subject) {
    case 'device.error':
    case 'device.shutdown':
    case 'heater.runaway': return ({ device }) => device === 'error' || device === 'shutdown'
    case 'failure.warning':
    case 'failure.detected': return (state) => isActivePhase(state.job) && state.job !== 'cancelling' && sameJob(state)
    // What it asks explains why it stands.
    case 'job.stalled': return (state) => state.job === 'printing' && sameJob(state) && state.attentions.length === 0 && standsAt(event, state)
    case 'job.paused': return (state) => PAUSED.has(state.job) && sameJob(state)
    case 'heater.left_on': return (state) => !isActivePhase(state.job) && Object.entries(state.heaters).some(([name, { target }]) => (heater === undefined || heater.name === name) && (target ?? 0) > 0)
    default: return null
  }
}

/** Whether it is no further than it was; of whom neither is known, nothing can be said. */
function standsAt({ progress = null, layer = null }: EventDraft, state: PrinterState): boolean {
  if (progress === null && layer === null) return false
  return (progress === null || state.progress === progress) && (layer === null || state.layer === layer)
}

function runsAnother({ job }: EventDraft, state: PrinterState): boolean {
  return isActivePhase(state.job) && state.jobRef !== null && state.jobRef.key !== job?.key
}

/** As severe as what it reminds of, at least a warning. */
const severityOf = (severity: Severity): Severity => (SEVERITY_RANK[severity] < SEVERITY_RANK.warning ? 'warning' : severity)

/**
 * The reminder that an acknowledgement is over. The same end of the same thing makes the same key: it is told once, also when several events
 * were about it, and when the program was killed in between.
 * @param until when the acknowledgement ended, epoch ms
 */
export function reopened(event: EventDraft & { id: string }, { state, until, now }: { state: PrinterState | null; until: number; now: number }): EventDraft {
  const open = event.attention && (state?.attentions.find(({ key, since }) => key === event.attention?.key && since === event.attention.since) ?? event.attention)
  const subject = subjectOf(event)
  const text = open?.text ?? event.text
  const { printerId, printerName, serverKind, job, progress, layer, heater, code } = event
  return {
    dedupeKey: `${printerId}|${job?.key ?? '-'}|attention.reminder|${ACKNOWLEDGEMENT_OVER}:${open ? `${open.key}:${open.since}` : (event.about?.eventId ?? event.id)}:${until}`,
    occurredAt: now,
    observedAt: now,
    late: false,
    type: 'attention.reminder',
    severity: severityOf(event.severity),
    printerId,
    printerName,
    serverKind,
    ...(job ? { job, progress: progress ?? null, ...(layer == null ? {} : { layer }) } : {}),
    ...(heater ? { heater } : {}),
    ...(code == null ? {} : { code }),
    ...(open ? { attention: structuredClone(open) } : {}),
    reason: ACKNOWLEDGEMENT_OVER,
    ...(text ? { text } : {}),
    about: { eventId: event.about?.eventId ?? event.id, type: subject },
    byUs: false,
    snapshot: open ? 'now' : 'none',
  }
}
