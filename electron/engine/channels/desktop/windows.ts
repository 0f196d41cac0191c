/**
 * From the toast to the XML of a Windows toast (ToastGeneric), and back from what Windows hands over when it is pressed. Pure.
 *
 * Electron splits the arguments of a press on "&" and "=", and needs `type`, `action` and `tag` by exactly these names to tell a
 * button from a click; a value with "=" in it is skipped, other keys are left to us.
 */
import type { ActionId } from '../../delivery/message.ts'
import { bodyWithChoices, DEFAULT_KEY, titleWithPercent } from './toast.ts'
import type { Toast } from './toast.ts'

/** Bytes of one toast's XML; Windows refuses what is larger. */
const LARGEST_PAYLOAD = 5_000
/** Buttons of one toast; Windows drops what is beyond. */
const MOST_BUTTONS = 5
/** Longest arguments that are looked at; ours are below 200. */
const LONGEST_ARGUMENTS = 500

export interface WindowsMarks {
  /** The toast's tag: letters and digits only, at most 16 of them for old builds of Windows 10 (64 since). */
  tag: string
  eventId: string | null
  /** Made up by this run of the program: a press without it comes from an earlier run, or from anybody. Letters and digits. */
  run: string
}

/** The XML of a toast, at most 5 000 bytes: the body is cut for that, then the picture left out. */
export function renderWindowsToast(toast: Toast, marks: WindowsMarks): string {
  const fits = (xml: string): boolean => Buffer.byteLength(xml) <= LARGEST_PAYLOAD
  const body = [...bodyThatTells(toast)]
  for (const picture of [toast.picture?.url ?? null, null]) {
    const whole = xmlOf(toast, marks, body.join(''), picture)
    if (fits(whole)) return whole
    // The longest body that fits, by halves: one character may take ten bytes.
    let shown = 0
    for (let step = body.length; step >= 1; step = Math.floor(step / 2)) {
      while (shown + step < body.length && fits(xmlOf(toast, marks, cut(body, shown + step), picture))) shown += step
    }
    if (shown > 0 || picture === null) return xmlOf(toast, marks, cut(body, shown), picture)
  }
  return xmlOf(toast, marks, '', null)
}

function cut(characters: string[], length: number): string {
  return length === 0 ? '' : `${characters.slice(0, length).join('')}…`
}

/** Buttons that do not fit are told in words. */
function bodyThatTells(toast: Toast): string {
  return toast.actions.length <= buttonsFor(toast) ? toast.body : bodyWithChoices({ ...toast, actions: toast.actions.slice(buttonsFor(toast)) })
}

/** One place belongs to "Dismiss" where the toast stays: without a button Windows takes a reminder for an ordinary toast. */
function buttonsFor(toast: Toast): number {
  return toast.sticky ? MOST_BUTTONS - 1 : MOST_BUTTONS
}

function xmlOf(toast: Toast, marks: WindowsMarks, body: string, picture: string | null): string {
  const buttons = toast.actions.slice(0, buttonsFor(toast)).map(({ id, label }, index) =>
    `<action content="${escapeXml(label)}" arguments="${escapeXml(argumentsOf('action', marks, id, index))}" activationType="foreground"/>`)
  // Windows puts its own word on a system button without one.
  if (toast.sticky) buttons.push('<action content="" arguments="dismiss" activationType="system"/>')
  return [
    `<toast launch="${escapeXml(argumentsOf('click', marks, DEFAULT_KEY, null))}" activationType="foreground"${toast.sticky ? ' scenario="reminder"' : ''}>`,
    '<visual><binding template="ToastGeneric">',
    `<text>${escapeXml(titleWithPercent(toast))}</text>`,
    body === '' ? '' : `<text>${escapeXml(body)}</text>`,
    picture === null ? '' : `<image placement="hero" src="${escapeXml(picture)}"/>`,
    '</binding></visual>',
    buttons.length === 0 ? '' : `<actions>${buttons.join('')}</actions>`,
    toast.quiet ? '<audio silent="true"/>' : '',
    '</toast>',
  ].join('')
}

function argumentsOf(type: 'click' | 'action', { tag, eventId, run }: WindowsMarks, key: string, index: number | null): string {
  return [`type=${type}`, ...(index === null ? [] : [`action=${index}`]), `tag=${tag}`, `do=${key}`, ...(eventId === null ? [] : [`event=${eventId}`]), `run=${run}`].join('&')
}

/** Text for content and attributes: marked signs escaped, and what XML 1.0 forbids left out. */
export function escapeXml(text: string): string {
  const wellFormed = Buffer.from(text, 'utf8').toString('utf8').replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
  return wellFormed.replace(/[&<>"'\t\n\r]/g, (sign) => ENTITIES[sign] ?? '')
}
/** Line breaks and tabs as numbers: in attributes they would turn into spaces. */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;', '\t': '&#9;', '\n': '&#10;', '\r': '&#13;' }

/** What was pressed, by the arguments that we put into the toast. Says nothing about who sent them. */
export interface Activation {
  tag: string
  /** DEFAULT_KEY or the id of a button. */
  key: string
  eventId: string | null
  run: string | null
}

const KEY = /^(?:default|open|pause|resume|resume_mute|cancel|cancel_confirm|keep|mute_1h|acknowledge|seen|open_history|seen_all|answer:\d{1,3})$/
const PATTERNS = { tag: /^[a-z0-9]{1,64}$/, do: KEY, event: /^[A-Za-z0-9_-]{1,64}$/, run: /^[A-Za-z0-9]{1,64}$/ } as const

/**
 * Reads the arguments of a press. Any program of this user can start us with arguments of its choice, so they are taken apart
 * strictly; null = not ours. Whether a key may be acted on is decided by whoever showed the toast.
 */
export function parseActivation(text: string): Activation | null {
  if (text.length > LONGEST_ARGUMENTS) return null
  const found = new Map<string, string>()
  for (const part of text.split('&')) {
    const [name, value, ...more] = part.split('=')
    if (name === undefined || value === undefined || more.length > 0 || found.has(name)) return null
    found.set(name, value)
  }
  for (const [name, pattern] of Object.entries(PATTERNS)) {
    const value = found.get(name)
    if (value !== undefined && !pattern.test(value)) return null
  }
  const tag = found.get('tag')
  const key = found.get('do')
  if (tag === undefined || key === undefined) return null
  return { tag, key, eventId: found.get('event') ?? null, run: found.get('run') ?? null }
}

/**
 * What a press on a toast of an earlier run may still do: show something. What a button meant then (pause, cancel) is for the
 * person to choose anew, in front of the printer as it is now.
 */
export function harmless({ key, eventId }: Pick<Activation, 'key' | 'eventId'>): Extract<ActionId, 'open' | 'open_history'> {
  return key === 'open_history' || key === 'seen_all' || eventId === null ? 'open_history' : 'open'
}
