/** From an event to what people read. Pure: the time, the zone and the printer's capabilities come in. */
import type { EventDraft, PrinterCapabilities, PrinterEvent } from '../events/model.ts'
import { actionsOf, button } from './actions.ts'
import { bodyOf, happening } from './body.ts'
import type { Message } from './message.ts'
import { clean, cutEnd, fileTitle, lengthOf, percent } from './text.ts'
import { fit } from './fit.ts'
import { WORDS } from './words.ts'

export const TITLE_LIMIT = 40
export const BODY_LIMIT = 90

export interface RenderContext {
  /** Epoch ms of the sending, for "ended 14:31". */
  now: number
  /** What the printer's server lets us do; null = not known, then no commands are offered. */
  capabilities: PrinterCapabilities | null
  /** IANA name; absent = the computer's. */
  timeZone?: string
  /** It could not be sent when it happened: the body begins with when that was. */
  late?: boolean
}

/** Where the toasts of one job meet; without a job every event stands alone. */
export function threadKeyOf(event: Pick<PrinterEvent, 'id' | 'printerId' | 'job'>): string {
  return event.job ? `${event.printerId}|${event.job.key}` : event.id
}

/** "MK4 left bench: filament ran out": at most 40 characters, the printer's name is cut, never the event. */
export function titleOf(printerName: string, happened: string): string {
  const name = clean(printerName)
  if (name === '') return cutEnd(`${WORDS.app}: ${happened}`, TITLE_LIMIT)
  const room = TITLE_LIMIT - lengthOf(happened) - 2
  return cutEnd(`${cutEnd(name, Math.max(1, room))}: ${happened}`, TITLE_LIMIT)
}

/** One event as a message. An `app.test` event becomes a test message, telling `event.text` as the label of what is tested. */
export function render(event: PrinterEvent, context: RenderContext): Message {
  return {
    ...about(event),
    kind: event.type === 'app.test' ? 'test' : 'event',
    title: titleOf(event.type.startsWith('app.') ? '' : event.printerName, happening(event)),
    body: bodyOf(event, context, BODY_LIMIT),
    late: event.late || context.late === true,
    actions: actionsOf(event, context.capabilities),
  }
}

/** The confirmation that follows "Cancel print…". The safe answer comes first. */
export function renderCancelQuestion(event: PrinterEvent, progress: number | null): Message {
  const file = event.job ? fileTitle(event.job.file.name) : null
  return {
    ...about(event),
    kind: 'question',
    title: titleOf(event.printerName, WORDS.cancelQuestion),
    body: fit([], file, [progress === null ? null : percent(progress)], BODY_LIMIT, WORDS.cancelQuestionBody),
    progress,
    actions: [button('keep'), button('cancel_confirm')],
  }
}

/** A sentence of ours about no event of a printer ("Nothing to cancel, the print is done."). */
export function renderNotice(printer: Pick<EventDraft, 'printerId' | 'printerName' | 'serverKind'> | null, happened: string, body: string, now: number): Message {
  return {
    kind: 'notice', event: null, type: 'command.failed', severity: 'info', title: titleOf(printer?.printerName ?? '', happened), body: cutEnd(clean(body), BODY_LIMIT),
    threadKey: `notice|${printer?.printerId ?? ''}`, printer: printer && { id: printer.printerId, name: printer.printerName, serverKind: printer.serverKind }, job: null,
    isWarning: false, isPaused: false, progress: null, remaining: null, occurredAt: now, late: false, actions: [],
  }
}

/** What every message says of its event besides the words. */
export function about(event: PrinterEvent): Omit<Message, 'title' | 'body' | 'actions'> {
  const alert = event.type.startsWith('failure.')
  return {
    kind: 'event',
    event,
    type: event.type,
    severity: event.severity,
    threadKey: threadKeyOf(event),
    printer: event.printerId === '' ? null : { id: event.printerId, name: event.printerName, serverKind: event.serverKind },
    job: event.job
      ? { key: event.job.key, name: event.job.file.name, startedAt: event.job.startedAt, endedAt: event.job.endedAt, alertedAt: alert ? event.occurredAt : null }
      : null,
    isWarning: event.type === 'failure.warning',
    isPaused: event.type === 'job.paused' || (alert && event.reason === 'paused'),
    progress: event.progress ?? null,
    remaining: event.remaining ?? null,
    occurredAt: event.occurredAt,
    late: event.late,
  }
}
