/** From what the window sends of a server to what an adapter takes. */
import type { z } from 'zod'
import type { ProblemView } from '../../bridge/views/common.ts'
import type { serverDraft } from '../../bridge/views/setup.ts'
import type { PrinterAdapter, ServerConfig } from '../../engine/printers/adapter.ts'
import { problemsOf } from '../../engine/settings/problems.ts'
import { Secret } from '../../engine/settings/secret.ts'

export type Draft = z.output<typeof serverDraft>

/** A draft the adapter's schema accepts. */
export interface ReadDraft {
  adapter: PrinterAdapter
  /** As they go into the settings. */
  fields: Record<string, unknown>
  /** Those that are new; the server's stored ones stay where they are. */
  secrets: Record<string, Secret>
  /** With the stored ones. */
  config: ServerConfig
}

/** What a person wrote as the server's address; '' when nothing. */
export function typedUrl(draft: Draft): string {
  return typeof draft.fields.url === 'string' ? draft.fields.url : ''
}

/**
 * Parses a draft by the adapter's own schema. Empty fields count as not given; keys lose the spaces and line ends that copying adds;
 * secrets this kind does not know are dropped.
 * @param url the address as it was understood
 * @param stored secrets that stand in for those that are not given
 */
export function readDraft(draft: Draft, adapter: PrinterAdapter, url: string, stored: Readonly<Record<string, Secret>> = {}): { ok: true; draft: ReadDraft } | { ok: false; problems: ProblemView[] } {
  const given = Object.fromEntries(Object.entries({ ...draft.fields, url }).filter(([, value]) => value !== '' && value !== null && value !== undefined))
  const parsed = adapter.settingsSchema.safeParse(given)
  if (!parsed.success) return { ok: false, problems: problemsOf(parsed.error, adapter.settingsSchema, given) }
  const secrets = Object.fromEntries(Object.entries(draft.secrets)
    .map(([name, value]) => [name, value.trim()] as const)
    .filter(([name, value]) => value !== '' && Object.hasOwn(adapter.secretFields, name))
    .map(([name, value]) => [name, new Secret(value)]))
  return { ok: true, draft: { adapter, fields: given, secrets, config: { id: draft.serverId ?? 'new', kind: adapter.kind, settings: parsed.data, secrets: { ...stored, ...secrets } } } }
}

/** Secrets the kind cannot do without and that the draft does not hold. */
export function missingSecrets({ adapter, config }: ReadDraft): ProblemView[] {
  return Object.entries(adapter.secretFields)
    .filter(([name, { required }]) => required && config.secrets[name] === undefined)
    .map(([name, { label }]) => ({ path: name, message: `This is missing: ${label}.`, cure: `Enter it; ${adapter.displayName} shows it in its own settings.` }))
}

/** "The field "pin" is not valid. A SHA-256 fingerprint has 64 hexadecimal digits." */
export function problemSentence({ path, message, cure }: ProblemView): string {
  const subject = path === '' ? 'The settings' : path.startsWith('secrets.') ? 'The key' : `The field "${path}"`
  const cause = /^[A-Z]/.test(message) ? message : `${subject} ${message}.`
  return cure === '' ? cause : `${cause} ${cure}`
}
