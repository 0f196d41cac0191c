/** Settings on their way into a backup and out of one: without keys in the open part, with them in the sealed part. */
import { z } from 'zod'
import type { SecretRef, SecretStore } from '../ports.ts'
import { parseJson } from '../settings/json.ts'
import type { Kinds } from '../settings/kinds.ts'
import { migrateSettings } from '../settings/migrations.ts'
import { SettingsError } from '../settings/problems.ts'
import { readSettings } from '../settings/read.ts'
import { secretRef, type Settings } from '../settings/schema.ts'
import { Secret } from '../settings/secret.ts'
import { exportSettings, importSettings } from '../settings/transfer.ts'
import { BackupError, damaged } from './format.ts'

type Raw = Record<string, unknown>
export type Owner = 'server' | 'destination' | 'ping'

/** One key, by whose it is. */
export interface Key {
  owner: Owner
  /** "ping" for the sign of life. */
  id: string
  field: string
  value: Secret
}

export interface SettingsOfBackup {
  /** JSON, without any key. */
  plain: string
  version: number
  printers: number
  destinations: number
  /** The settings as they are and their keys, for sealing; null unless asked for. */
  full: Secret | null
  /** How many keys are in `full`. */
  keys: number
  /** What the person should know: what was left out. */
  notices: string[]
}

/**
 * @param text of the settings file
 * @param store where the keys are; null: leave them out
 * @throws BackupError when the settings can't be used
 */
export async function settingsForBackup(text: string, kinds: Kinds, path: string, store: SecretStore | null): Promise<SettingsOfBackup> {
  const raw = checked(text, kinds, path)
  const notices: string[] = []
  const list = (name: string): Raw[] => (Array.isArray(raw[name]) ? raw[name] as Raw[] : [])
  const keys = store === null ? [] : await valuesOf(raw, kinds, store, notices)
  const whole = { ...raw, servers: list('servers'), printers: list('printers'), destinations: list('destinations').map((destination) => ({ ...destination, config: destination.config ?? {} })) }
  // Checked above: what exportSettings reads of it has the shape it asks for. Defaults that nobody chose stay out of it.
  const plain = exportSettings(whole as unknown as Settings, kinds, (notice) => {
    // A sealed part has it; and nobody gives a backup away unasked.
    if (store === null && !notice.startsWith('Whether a text')) notices.push(notice.replace('after an import', 'after a restore'))
  })
  return {
    plain, version: Number(raw.version), printers: list('printers').length, destinations: list('destinations').length, notices,
    keys: keys.length,
    full: store === null ? null : new Secret(JSON.stringify({ version: 1, settings: raw, keys: keys.map(({ value, ...of }) => ({ ...of, value: value.reveal() })) })),
  }
}

function checked(text: string, kinds: Kinds, path: string): Raw {
  try {
    readSettings(text, kinds, { path })
    return migrateSettings(parseJson(text), path).settings
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    throw new BackupError('other', `The settings can't be backed up before they can be used. ${error.message}`, { cause: error })
  }
}

async function valuesOf(raw: Raw, kinds: Kinds, store: SecretStore, notices: string[]): Promise<Key[]> {
  const found: Key[] = []
  for (const { owner, id, field, ref } of references(raw, kinds)) {
    try {
      found.push({ owner, id, field, value: await store.resolve(ref) })
    } catch (error) {
      notices.push(`The ${field} of ${wordsFor(owner, id)} is not in the backup: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return found
}

const wordsFor = (owner: Owner, id: string): string => (owner === 'ping' ? 'the sign of life' : `${owner} "${id}"`)

interface Reference {
  owner: Owner
  id: string
  field: string
  ref: SecretRef
  /** The object it stands in, under the name `field`. */
  holder: Raw
}

/** Every reference to a secret, where the kinds say that one may stand. */
function references(raw: Raw, kinds: Kinds): Reference[] {
  const found: Reference[] = []
  const look = (owner: Owner, id: unknown, holder: unknown, fields: readonly string[]): void => {
    if (!isObject(holder)) return
    for (const field of fields) {
      const ref = secretRef().safeParse(holder[field])
      if (ref.success) found.push({ owner, id: String(id), field, ref: ref.data, holder })
    }
  }
  const fieldsOf = (kind: { secretFields: object } | undefined): string[] => Object.keys(kind?.secretFields ?? {})
  for (const server of objects(raw.servers)) look('server', server.id, server, fieldsOf(kinds.adapters.get(String(server.kind))))
  for (const printer of objects(raw.printers)) {
    if (isObject(printer.server)) look('server', printer.server.id ?? printer.id, printer.server, fieldsOf(kinds.adapters.get(String(printer.server.kind))))
  }
  for (const destination of objects(raw.destinations)) look('destination', destination.id, destination.config, fieldsOf(kinds.channels.get(String(destination.channel))))
  look('ping', 'ping', raw.ping, ['url'])
  return found
}

const isObject = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value)
const objects = (value: unknown): Raw[] => (Array.isArray(value) ? value.filter(isObject) : [])

/** Settings out of a backup, checked, hooks and plugins switched off, still with the references of where they came from. */
export interface RestoredSettings {
  raw: Raw
  keys: Key[]
  notices: string[]
}

const sealedContent = z.object({
  version: z.literal(1),
  settings: z.record(z.string(), z.unknown()),
  keys: z.array(z.object({ owner: z.enum(['server', 'destination', 'ping']), id: z.string().max(200), field: z.string().max(200), value: z.string().min(1) })).max(10_000),
})

/**
 * @param plain the open settings of the backup
 * @param unsealed what the passphrase opened; null = nothing
 * @throws BackupError when they can't be used here
 */
export function settingsFromBackup(plain: string, unsealed: string | null, kinds: Kinds): RestoredSettings {
  const opened = unsealed === null ? null : contentOf(unsealed)
  const text = opened === null ? plain : JSON.stringify(opened.settings)
  try {
    const { settings, notices } = importSettings(text, kinds, { path: null })
    const raw = migrateSettings(parseJson(text), null).settings
    for (const [n, destination] of objects(raw.destinations).entries()) {
      if (settings.destinations[n]?.enabled === false) destination.enabled = false
    }
    const keys = (opened?.keys ?? []).map(({ value, ...of }) => ({ ...of, value: new Secret(value) }))
    const brought = new Set(keys.map(nameOf))
    // Of a key that the backup brings along nothing is read from elsewhere.
    const here = references(raw, kinds).filter((reference) => !brought.has(nameOf(reference)))
    return { raw, keys, notices: notices.filter((notice) => !notice.includes(' reads ')).concat(readings(here)) }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    throw new BackupError('damaged', `The settings of the backup can't be used here. Nothing was changed. ${error.message}`, { cause: error })
  }
}

const nameOf = ({ owner, id, field }: Pick<Key, 'owner' | 'id' | 'field'>): string => JSON.stringify([owner, id, field])

function contentOf(text: string): z.infer<typeof sealedContent> {
  try {
    return sealedContent.parse(JSON.parse(text))
  } catch (error) {
    // The cause may quote what was sealed: it goes no further.
    throw damaged(`its sealed part is not as Printbell writes it (${error instanceof Error ? error.name : 'unknown'})`)
  }
}

function readings(found: readonly Reference[]): string[] {
  return found.map(({ owner, id, field, ref }) => {
    const where = 'env' in ref ? `the environment variable ${ref.env}` : 'file' in ref ? `the file ${ref.file}` : `"${ref.store}" of the key store`
    return `The ${field} of ${wordsFor(owner, id)} is read from ${where} here. Keep it only if that is what you want.`
  })
}

/** Points each key of the backup to where it was put. @returns the text of the settings file */
export async function withKeys({ raw, keys }: RestoredSettings, kinds: Kinds, keep: (key: Key) => Promise<SecretRef>): Promise<string> {
  const result = structuredClone(raw)
  const byName = new Map(keys.map((key) => [nameOf(key), key]))
  for (const reference of references(result, kinds)) {
    const key = byName.get(nameOf(reference))
    if (key) reference.holder[reference.field] = await keep(key)
  }
  return `${JSON.stringify(result, null, 2)}\n`
}
