/** What a program is given: a little of Printbell's own environment, what the person added, and what happened. docs/channels/system-hook.md is the promise. */
import type { Sending } from '../channel.ts'
import { webhookBody } from '../webhook/body.ts'
import { boundedValue, eventName, valuesOf } from './placeholders.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Enough to find programs, files, the person's language and desktop. Not the rest: what Printbell was started with may hold keys, and
 * an AppImage's own library folders break other programs.
 */
const INHERITED = new Set([
  'PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'DISPLAY', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'DBUS_SESSION_BUS_ADDRESS', 'PULSE_SERVER',
  'XDG_RUNTIME_DIR', 'XDG_SESSION_TYPE', 'XDG_CURRENT_DESKTOP', 'XDG_DATA_DIRS', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_CACHE_HOME',
  // Windows, whose names come in any case.
  'SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'TEMP', 'TMP', 'USERNAME', 'USERPROFILE', 'HOMEDRIVE', 'HOMEPATH', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA', 'PROGRAMFILES', 'PROGRAMFILES(X86)',
])
/** One variable of the system's: Linux takes 128 kB. */
const JSON_BYTES = 100_000

/** @param own as the system gave it to Printbell */
export function inherited(own: Environment): Record<string, string> {
  return Object.fromEntries(Object.entries(own).flatMap(([name, value]) => (value !== undefined && (INHERITED.has(name.toUpperCase()) || name.startsWith('LC_')) ? [[name, value]] : [])))
}

/** Every name is always there; what is not known is empty. */
export function tellings(sending: Pick<Sending, 'message' | 'picture' | 'deliveryKey' | 'attempt'>): Record<string, string> {
  const { message } = sending
  const values = valuesOf(sending)
  const file = message.event?.job?.file
  const plain = (text: string | null | undefined): string => boundedValue(text ?? '')
  return {
    PRINTBELL_EVENT: plain(eventName(message)),
    PRINTBELL_TYPE: message.type,
    PRINTBELL_KIND: message.kind,
    PRINTBELL_SEVERITY: message.severity,
    PRINTBELL_TIME: new Date(message.occurredAt).toISOString(),
    PRINTBELL_LATE: message.late ? '1' : '',
    PRINTBELL_PRINTER: plain(message.printer?.name),
    PRINTBELL_PRINTER_ID: plain(message.printer?.id),
    PRINTBELL_TITLE: plain(message.title),
    PRINTBELL_BODY: plain(message.body),
    PRINTBELL_FILE: plain(file?.name),
    PRINTBELL_PATH: plain(file?.path),
    PRINTBELL_ORIGIN: plain(file?.origin),
    PRINTBELL_PROGRESS: values('__progress'),
    PRINTBELL_REASON: plain(message.event?.reason),
    PRINTBELL_TEXT: plain(message.event?.text),
    PRINTBELL_PICTURE: plain(sending.picture?.file),
    PRINTBELL_DELIVERY: sending.deliveryKey,
    PRINTBELL_ATTEMPT: String(sending.attempt),
    PRINTBELL_JSON: jsonOf(sending),
  }
}

/** The object of docs/channels/webhook.md; without the server's own event where that is too large. */
function jsonOf(sending: Pick<Sending, 'message' | 'picture' | 'deliveryKey'>): string {
  const body = webhookBody(sending, sending.picture)
  for (const told of [body, { ...body, native: body.native && { ...body.native, payload: null } }, { ...body, native: null, context: null }]) {
    const text = JSON.stringify(told)
    if (Buffer.byteLength(text) <= JSON_BYTES) return text
  }
  return ''
}
