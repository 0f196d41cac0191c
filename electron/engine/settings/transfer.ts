/** Settings on their way to another computer: references travel, values never do, and what runs programs arrives switched off. */
import { expandSettings } from './expand.ts'
import type { Kinds, SecretFields } from './kinds.ts'
import { loadSettings } from './load.ts'
import { secretRef } from './schema.ts'
import type { Settings } from './schema.ts'

/**
 * The settings as JSON text. A field that must be a secret reference and is none is left out; user names, passwords and what
 * looks like a token are taken out of addresses and headers, so that no value leaves even when one was written into the settings.
 * `notice` is told what to fill in again, and that looks can deceive.
 */
export function exportSettings(settings: Settings, kinds: Kinds, notice: (text: string) => void = () => undefined): string {
  const clean = (who: string, fields: Record<string, unknown>, secretFields: SecretFields = {}): Record<string, unknown> => {
    const leftOut: string[] = []
    const result = cleaned(fields, secretFields, leftOut)
    if (leftOut.length > 0) notice(`${who}: ${leftOut.join(', ')} looked like it held a secret; it says ${LEFT_OUT} there. Fill it in again after an import.`)
    return result
  }
  const servers = settings.servers.map((server) => clean(`Server "${server.id}"`, server, kinds.adapters.get(server.kind)?.secretFields))
  const printers = settings.printers.map((printer) => (printer.server ? { ...printer, server: clean(`Printer "${printer.id}"`, printer.server, kinds.adapters.get(printer.server.kind)?.secretFields) } : printer))
  const destinations = settings.destinations.map((destination) => ({ ...destination, config: clean(`Destination "${destination.id}"`, destination.config, kinds.channels.get(destination.channel)?.secretFields) }))
  notice('Whether a text is a secret can\'t be known for sure: look through the export before you give it away.')
  return `${JSON.stringify({ ...settings, servers, printers, destinations }, null, 2)}\n`
}

const LEFT_OUT = 'LEFT-OUT'
const TELLING_NAME = /auth|cookie|credential|key|pass|pwd|secret|sig|token/i
/** Long, with digits among letters and hardly a word: what programs make up. Names of people have dashes or stay short. */
const TOKEN = /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_~.+/=-]{16,}$/

function cleaned(fields: Record<string, unknown>, secretFields: SecretFields, leftOut: string[]): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (Object.hasOwn(secretFields, name)) {
      const reference = secretRef().safeParse(value)
      if (reference.success) result[name] = reference.data
    } else result[name] = name === 'id' || name === 'kind' ? value : harmless(value, [name], leftOut)
  }
  return result
}

/** A value of any depth, without what looks like a secret. */
function harmless(value: unknown, path: string[], leftOut: string[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => harmless(item, [...path, String(index)], leftOut))
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, harmless(item, [...path, name], leftOut)]))
  if (typeof value !== 'string') return value
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value)
  const clean = address ? withoutTokens(withoutLogin(value)) : path.length > 1 && (TELLING_NAME.test(path.at(-1) ?? '') || TOKEN.test(value)) ? LEFT_OUT : value
  if (clean.includes(LEFT_OUT) && clean !== value) leftOut.push(path.join('.'))
  return clean
}

/** "http://user:password@host/" to "http://host/". */
function withoutLogin(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]*@/i, '$1')
}

/** Tokens out of the path and the query; what stands behind "#" is no part of a request at all. */
function withoutTokens(address: string): string {
  const [, before = '', path = '', query = ''] = /^([^/]*\/\/[^/?#]*)([^?#]*)(\?[^#]*)?/.exec(address) ?? []
  const parts = path.split('/').map((part) => (TOKEN.test(part) ? LEFT_OUT : part))
  const values = query.replace(/([?&])([^=&]*)=([^&]*)/g, (all, mark: string, name: string, value: string) => (TELLING_NAME.test(name) || TOKEN.test(value) ? `${mark}${name}=${LEFT_OUT}` : all))
  return before + parts.join('/') + values
}

export interface Imported {
  settings: Settings
  /** What the person should look at: what was switched off, and which secrets it wants to read here. */
  notices: string[]
}

/**
 * Reads settings that came from elsewhere. Destinations that run programs on this computer, and those of a channel that is not
 * known here (a plugin), arrive switched off. Each reference to a secret is told: a stranger's settings could name a file of
 * yours and an address of theirs.
 * @throws SettingsError
 */
export function importSettings(text: string, kinds: Kinds, from: { path: string | null }): Imported {
  const { settings } = loadSettings(text, from)
  const notices: string[] = []
  const destinations = settings.destinations.map((destination) => {
    const channel = kinds.channels.get(destination.channel)
    if (channel && channel.capabilities.runsPrograms !== true) return destination
    notices.push(channel
      ? `Destination "${destination.id}" runs programs on this computer and arrived switched off.`
      : `Destination "${destination.id}" needs a channel that is not installed here and arrived switched off.`)
    return { ...destination, enabled: false }
  })
  const imported = { ...settings, destinations }
  const { engine } = expandSettings(imported, kinds, from)
  if (engine.ping.url !== undefined) notices.push(...readings('The sign of life', { address: engine.ping.url }))
  for (const server of engine.servers) notices.push(...readings(`Server "${server.id}"`, server.secrets))
  for (const destination of engine.destinations) {
    const who = `Destination "${destination.id}"`
    notices.push(...readings(who, destination.secrets))
    if (destination.network?.proxy.startsWith('http')) notices.push(`${who} sends everything through the proxy ${destination.network.proxy}. Keep it only if that is what you want.`)
    if (destination.network?.ca !== undefined) notices.push(`${who} trusts whoever has a certificate of the authority in ${destination.network.ca}. Keep it only if that is what you want.`)
  }
  return { settings: imported, notices }
}

function readings(who: string, secrets: Readonly<Record<string, { env: string } | { file: string } | { store: string }>>): string[] {
  return Object.entries(secrets).map(([field, reference]) => {
    const where = 'env' in reference ? `the environment variable ${reference.env}` : 'file' in reference ? `the file ${reference.file}` : `"${reference.store}" of the key store`
    return `${who} reads ${where} as its ${field}. Keep it only if that is what you want.`
  })
}
