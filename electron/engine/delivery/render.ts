/** From an event to what people read. Pure: the time, the zone and the printer's capabilities come in. */
import type { EventDraft, PrinterCapabilities, PrinterEvent } from '../events/model.ts'
import { actionsOf, button } from './actions.ts'
import { bodyOf, happening, type BodyContext } from './body.ts'
import type { Message } from './message.ts'
import { ENGLISH, type Language } from './languages/language.ts'
import { clean, cutEnd, fileTitle, lengthOf } from './text.ts'
import { fit } from './fit.ts'

export const TITLE_LIMIT = 40
export const BODY_LIMIT = 90

export interface RenderContext extends BodyContext {
  /** What the printer's server lets us do; null = not known, then no commands are offered. */
  capabilities: PrinterCapabilities | null
}

/** Where the toasts of one job meet; without a job every event stands alone. */
export function threadKeyOf(event: Pick<PrinterEvent, 'id' | 'printerId' | 'job'>): string {
  return event.job ? `${event.printerId}|${event.job.key}` : event.id
}

/** "MK4 left bench: filament ran out": at most 40 characters, the printer's name is cut, never the event. */
export function titleOf(printerName: string, happened: string, { words } = ENGLISH): string {
  const name = clean(printerName)
  if (name === '') return cutEnd(words.titled(words.app, happened), TITLE_LIMIT)
  const room = TITLE_LIMIT - lengthOf(words.titled('', happened))
  return cutEnd(words.titled(cutEnd(name, Math.max(1, room)), happened), TITLE_LIMIT)
}

/** One event as a message. An `app.test` event becomes a test message, telling `event.text` as the label of what is tested. */
export function render(event: PrinterEvent, context: RenderContext): Message {
  const language = context.language ?? ENGLISH
  return {
    ...about(event, language),
    kind: event.type === 'app.test' ? 'test' : 'event',
    title: titleOf(event.type.startsWith('app.') ? '' : event.printerName, happening(event, undefined, language), language),
    body: bodyOf(event, context, BODY_LIMIT),
    late: event.late || context.late === true,
    actions: actionsOf(event, context.capabilities, language),
  }
}

/** The confirmation that follows "Cancel print…". The safe answer comes first. */
export function renderCancelQuestion(event: PrinterEvent, progress: number | null, language = ENGLISH): Message {
  const { words, formats } = language
  const file = event.job ? fileTitle(event.job.file.name) : null
  return {
    ...about(event, language),
    kind: 'question',
    title: titleOf(event.printerName, words.cancelQuestion, language),
    body: fit([], file, [progress === null ? null : formats.percent(progress)], BODY_LIMIT, words.cancelQuestionBody),
    progress,
    actions: [button('keep', language), button('cancel_confirm', language)],
  }
}

/** A sentence of ours about no event of a printer ("Nothing to cancel, the print is done."). */
export function renderNotice(printer: Pick<EventDraft, 'printerId' | 'printerName' | 'serverKind'> | null, happened: string, body: string, now: number, language = ENGLISH): Message {
  return spoken<Message>({
    kind: 'notice', event: null, type: 'command.failed', severity: 'info', title: titleOf(printer?.printerName ?? '', happened, language), body: cutEnd(clean(body), BODY_LIMIT),
    threadKey: `notice|${printer?.printerId ?? ''}`, printer: printer && { id: printer.printerId, name: printer.printerName, serverKind: printer.serverKind }, job: null,
    isWarning: false, isPaused: false, progress: null, remaining: null, occurredAt: now, late: false, actions: [],
  }, language)
}

/** What every message says of its event besides the words. */
export function about(event: PrinterEvent, language: Language): Omit<Message, 'title' | 'body' | 'actions'> {
  const alert = event.type.startsWith('failure.')
  return spoken<Omit<Message, 'title' | 'body' | 'actions'>>({
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
  }, language)
}

/** With its language. Added last: an object that is spread before its other fields takes several times as long to make. */
function spoken<M extends Pick<Message, 'language'>>(message: M, { code }: Language): M {
  if (code !== 'en') message.language = code
  return message
}
