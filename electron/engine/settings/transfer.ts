/** Settings on their way to another computer: references travel, values never do, and what runs programs arrives switched off. */
import { expandSettings } from './expand.ts'
import type { Kinds, SecretFields } from './kinds.ts'
import { loadSettings } from './load.ts'
import { secretRef } from './schema.ts'
import type { Settings } from './schema.ts'

/**
 * The settings as JSON text. A field that must be a secret reference and is none is left out, and user names and passwords are
 * taken out of addresses, so that no value leaves even when something wrote one into the settings.
 */
export function exportSettings(settings: Settings, kinds: Kinds): string {
  const servers = settings.servers.map((server) => cleaned(server, kinds.adapters.get(server.kind)?.secretFields))
  const printers = settings.printers.map((printer) => (printer.server ? { ...printer, server: cleaned(printer.server, kinds.adapters.get(printer.server.kind)?.secretFields) } : printer))
  const destinations = settings.destinations.map((destination) => ({ ...destination, config: cleaned(destination.config, kinds.channels.get(destination.channel)?.secretFields) }))
  return `${JSON.stringify({ ...settings, servers, printers, destinations }, null, 2)}\n`
}

function cleaned<T extends Record<string, unknown>>(fields: T, secretFields: SecretFields = {}): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (Object.hasOwn(secretFields, name)) {
      const reference = secretRef.safeParse(value)
      if (reference.success) result[name] = reference.data
    } else result[name] = typeof value === 'string' ? withoutLogin(value) : value
  }
  return result
}

/** "http://user:password@host/" to "http://host/". */
function withoutLogin(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]*@/i, '$1')
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
  for (const server of engine.servers) notices.push(...readings(`Server "${server.id}"`, server.secrets))
  for (const destination of engine.destinations) notices.push(...readings(`Destination "${destination.id}"`, destination.secrets))
  return { settings: imported, notices }
}

function readings(who: string, secrets: Readonly<Record<string, { env: string } | { file: string } | { store: string }>>): string[] {
  return Object.entries(secrets).map(([field, reference]) => {
    const where = 'env' in reference ? `the environment variable ${reference.env}` : 'file' in reference ? `the file ${reference.file}` : `"${reference.store}" of the key store`
    return `${who} reads ${where} as its ${field}. Keep it only if that is what you want.`
  })
}
