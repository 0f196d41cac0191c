/** What a template is filled with: the event as it stands, in numbers and in words of the destination's language. Pure. */
import type { PrinterEvent } from '../../events/model.ts'
import { happening, saidWith } from '../body.ts'
import { ENGLISH, type Language } from '../languages/language.ts'
import type { Message } from '../message.ts'
import { clean, fileTitle } from '../text.ts'
import { TEMPLATE_NAMES, type TemplateName } from './names.ts'

export interface ValuesContext {
  /** Epoch ms of the sending. */
  now: number
  /** IANA name; absent = the computer's. */
  timeZone?: string
  language?: Language
  destination: { id: string; label: string }
  /** Of the event's printer. */
  tags: readonly string[]
}

type Flat = Record<TemplateName, string | number | boolean | readonly string[] | null>

/** What is not known is null, and comes out empty. @param message as it would be told without a template */
export function valuesOf(message: Pick<Message, 'title' | 'body' | 'late'>, event: PrinterEvent, context: ValuesContext): Record<string, unknown> {
  return nested(flatOf(message, event, context))
}

/** The same name by name, as text: for whoever writes a template and wants to see what there is. */
export function shownValues(message: Pick<Message, 'title' | 'body' | 'late'>, event: PrinterEvent, context: ValuesContext): { name: string; value: string }[] {
  const flat = flatOf(message, event, context)
  return TEMPLATE_NAMES.map((name) => {
    const value = flat[name]
    return { name, value: value === null ? '' : Array.isArray(value) ? value.join(', ') : String(value) }
  })
}

function flatOf(message: Pick<Message, 'title' | 'body' | 'late'>, event: PrinterEvent, { now, timeZone, language = ENGLISH, destination, tags }: ValuesContext): Flat {
  const { formats } = language
  const { job, heater, attention } = event
  const { day, clock } = formats.when(event.occurredAt, now, timeZone)
  const said = (text: string | null | undefined): string | null => (text === null || text === undefined ? null : clean(text))
  const lasting = (seconds: number | null | undefined): string | null => (seconds === null || seconds === undefined ? null : formats.duration(seconds))
  const number = (value: number | null | undefined): number | null => value ?? null
  return {
    title: message.title,
    body: message.body,
    happened: happening(event, undefined, language),
    said: saidWith(event, language),
    type: event.type,
    severity: event.severity,
    reason: said(event.reason),
    code: said(event.code),
    late: message.late,
    byUs: event.byUs,
    time: event.occurredAt,
    isoTime: new Date(event.occurredAt).toISOString(),
    clock,
    day,
    'printer.id': event.printerId === '' ? null : event.printerId,
    'printer.name': event.printerId === '' ? null : clean(event.printerName),
    'printer.kind': event.printerId === '' ? null : event.serverKind,
    'printer.tags': tags,
    'job.name': job ? fileTitle(job.file.name) : null,
    'job.file': said(job?.file.name),
    'job.path': said(job?.file.path),
    'job.size': number(job?.file.size),
    'job.user': said(job?.user),
    'job.startedAt': number(job?.startedAt),
    'job.endedAt': number(job?.endedAt),
    progress: number(event.progress),
    percent: event.progress === null || event.progress === undefined ? null : formats.percent(event.progress),
    remaining: number(event.remaining),
    left: lasting(event.remaining),
    endsAt: event.remaining === null || event.remaining === undefined ? null : formats.when(event.occurredAt + event.remaining * 1_000, now, timeZone).clock,
    printTime: number(event.printTime),
    took: lasting(event.printTime),
    layer: number(event.layer),
    'heater.name': said(heater?.name),
    'heater.actual': number(heater?.actual),
    'heater.target': number(heater?.target),
    'attention.kind': attention?.kind ?? null,
    'attention.text': said(attention?.text),
    'attention.choices': attention ? attention.choices.map(clean) : [],
    'attention.since': number(attention?.since),
    'native.name': said(event.native?.name),
    'destination.id': destination.id,
    'destination.label': clean(destination.label),
  }
}

/** "printer.name" becomes `name` of `printer`. */
function nested(flat: Flat): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const name of TEMPLATE_NAMES) {
    const [root = name, field] = name.split('.')
    if (field === undefined) values[root] = flat[name]
    else values[root] = { ...(values[root] as object | undefined), [field]: flat[name] }
  }
  return values
}
