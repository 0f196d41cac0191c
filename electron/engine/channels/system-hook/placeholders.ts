/**
 * Placeholders of event hooks, as OctoPrint's `events: subscriptions` have them (octoprint.md section 6): `{name}`, braces doubled where they are
 * none. Other than there, a value that is not known is empty, and nothing but a plain name may stand between the braces.
 */
import type { Message } from '../../delivery/message.ts'
import type { PrinterEvent } from '../../events/model.ts'
import { pythonJson, pythonText, typed } from '../octoprint-webhooks/python-text.ts'
import type { Sending } from '../channel.ts'

/** What a template is made of. */
export type Piece = { text: string } | { name: string }

/** Cause and cure in words. */
export class PlaceholderProblem extends Error {
  override readonly name = 'PlaceholderProblem'
}

/** The value behind a name; empty = not known. */
export type Values = (name: string) => string

const NAME = /^[A-Za-z_][\w-]*$/
const LONGEST_SHOWN = 40
/** A value in an argument or a variable, in code points: what is longer is cut, or no system would start the program. */
const LONGEST_VALUE = 8_000

/** @throws PlaceholderProblem */
export function piecesOf(template: string): Piece[] {
  const pieces: Piece[] = []
  let text = ''
  for (let at = 0; at < template.length; at += 1) {
    const character = template.charAt(at)
    if ((character === '{' || character === '}') && template.charAt(at + 1) === character) {
      text += character
      at += 1
    } else if (character === '{') {
      const end = template.indexOf('}', at)
      const name = end < 0 ? '' : template.slice(at + 1, end)
      if (!NAME.test(name)) throw noName(end < 0 ? template.slice(at) : template.slice(at, end + 1))
      if (text !== '') pieces.push({ text })
      pieces.push({ name })
      text = ''
      at = end
    } else if (character === '}') {
      throw noName('}')
    } else text += character
  }
  if (text !== '') pieces.push({ text })
  return pieces
}

function noName(found: string): PlaceholderProblem {
  const shown = found.length <= LONGEST_SHOWN ? found : `${found.slice(0, LONGEST_SHOWN)}…`
  if (/^\{[A-Za-z_][\w-]*[:!.[]/.test(found)) return new PlaceholderProblem(`"${shown}" asks for a form or a part of a value, which is not there. Write the name alone between the braces.`)
  return new PlaceholderProblem(`"${shown}" is no placeholder. Write a name between braces, as in {name}; double braces that are to stay: {{ and }}.`)
}

export function fill(pieces: readonly Piece[], values: Values): string {
  return pieces.map((piece) => ('text' in piece ? piece.text : values(piece.name))).join('')
}

/** The names in a template; it may be one that can't be read. */
export function namesIn(template: string): string[] {
  try {
    return piecesOf(template).flatMap((piece) => ('name' in piece ? [piece.name] : []))
  } catch (error) {
    if (error instanceof PlaceholderProblem) return []
    throw error
  }
}

/** @param sending its `picture` is where `{picture}` comes from */
export function valuesOf({ message, picture }: Pick<Sending, 'message' | 'picture'>): Values {
  const payload = payloadOf(message.event)
  const ours = { ...ownValues(message, payload), picture: picture?.file ?? '' }
  return (name) => boundedValue(Object.hasOwn(payload, name) ? told(name, payload[name]) : Object.hasOwn(ours, name) ? ours[name as keyof typeof ours] : '')
}

/** As `str()` writes it; what is nothing is empty. */
function told(name: string, value: unknown): string {
  return value === null || value === undefined ? '' : pythonText(typed(name, value))
}

/** As a program can be given it: without NUL, and not too long. */
export function boundedValue(text: string): string {
  const clean = text.replaceAll('\0', '')
  return clean.length <= LONGEST_VALUE ? clean : Array.from(clean).slice(0, LONGEST_VALUE).join('')
}

function payloadOf(event: PrinterEvent | null): Record<string, unknown> {
  const payload = event?.native?.payload
  return typeof payload === 'object' && payload !== null && !Array.isArray(payload) ? payload as Record<string, unknown> : {}
}

function ownValues(message: Message, payload: Readonly<Record<string, unknown>>): Record<string, string> {
  const { event } = message
  const file = event?.job?.file
  const completion = message.progress === null ? '' : String(halfToEven(message.progress * 100))
  const filled = Object.keys(payload).length > 0
  return {
    // OctoPrint's own.
    __currentZ: told('currentZ', event?.context?.currentZ),
    __eventname: eventName(message),
    __filename: file?.name ?? '',
    __filepath: file?.path ?? '',
    __fileorigin: file?.origin ?? '',
    __progress: completion,
    __data: filled ? pythonText(payload) : '',
    __json: pythonJson(payload),
    __now: localTime(message.occurredAt),
    // What its payloads hold, for servers of other kinds too.
    name: file?.name ?? '',
    path: file?.path ?? '',
    origin: file?.origin ?? '',
    size: told('size', file?.size),
    owner: event?.job?.user ?? '',
    time: told('time', event?.printTime),
    reason: event?.reason ?? '',
    error: event?.text ?? '',
    progress: completion,
    // Printbell's own.
    event_type: message.type,
    severity: message.severity,
    printer: message.printer?.name ?? '',
    printer_id: message.printer?.id ?? '',
    title: message.title,
    body: message.body,
    text: event?.text ?? '',
    late: message.late ? '1' : '',
  }
}

/** What the server called it, else the type. */
export function eventName(message: Pick<Message, 'event' | 'type'>): string {
  return message.event?.native?.name ?? message.type
}

/** Python's `round()`. */
function halfToEven(value: number): number {
  const below = Math.floor(value)
  // 0.285 * 100 is a hair more than 28.5.
  const rest = Math.round((value - below) * 1e9) / 1e9
  if (rest === 0.5) return below % 2 === 0 ? below : below + 1
  return rest < 0.5 ? below : below + 1
}

/** As `datetime.now().isoformat()`: local time without a zone, microseconds unless there are none. When it happened, so that another try tells the same. */
function localTime(at: number): string {
  const when = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  const ms = when.getMilliseconds()
  return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}T${two(when.getHours())}:${two(when.getMinutes())}:${two(when.getSeconds())}${ms === 0 ? '' : `.${String(ms).padStart(3, '0')}000`}`
}
