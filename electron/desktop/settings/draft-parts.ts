/** What every draft of new settings is made of, and the secrets that come with one. Pure. */
import type { Kinds, SecretFields } from '../../engine/settings/kinds.ts'
import { suggest, type Problem } from '../../engine/settings/problems.ts'
import type { TellingChannel } from './duplicates.ts'
import type { Raw } from './store.ts'

export type Owner = 'server' | 'destination' | 'ping'

/** A secret that comes with the change, and the name it is kept under. */
export interface NewSecret {
  owner: Owner
  ownerId: string
  field: string
  name: string
  value: string
}

export interface Draft {
  raw: Raw
  /** Where the changed thing stands ("printers[2]"); problems are told relative to it. '' = the whole. */
  at: string
  secrets: NewSecret[]
  problems: Problem[]
}

/** Kinds as a change needs them. */
export interface DraftKinds extends Kinds {
  channels: ReadonlyMap<string, TellingChannel>
}

/** Under which name of ours a secret lies in the key store. */
export const secretName = (owner: Owner, id: string, field: string): string => (owner === 'ping' ? `ping/${field}` : `${owner}/${id}/${field}`)

/** Secrets of a form under their names; an empty field sets none. */
export function newSecrets(owner: Owner, id: string, given: Readonly<Record<string, string>>): NewSecret[] {
  return Object.entries(given).flatMap(([field, text]) => {
    const value = withoutLineBreaks(text)
    return value === '' ? [] : [{ owner, ownerId: id, field, name: secretName(owner, id, field), value }]
  })
}

/** What a paste brings along at the ends. Blanks may belong to a password; line breaks can't. */
export function withoutLineBreaks(text: string): string {
  return text.replace(/^[\r\n]+|[\r\n]+$/g, '')
}

export function references(secrets: readonly NewSecret[]): Record<string, { store: string }> {
  return Object.fromEntries(secrets.map(({ field, name }) => [field, { store: name }]))
}

export function undeclared(secrets: readonly NewSecret[], secretFields: SecretFields): Problem[] {
  return secrets.filter(({ field }) => !Object.hasOwn(secretFields, field)).map(({ field }) => ({ path: `secrets.${field}`, message: 'is not a known secret', cure: suggest(field, Object.keys(secretFields)) }))
}

/** A secret, or a reference to a file of this computer, never comes in beside the door of its own. */
export function notSecret(fields: Raw, secretFields: SecretFields, prefix: string): Problem[] {
  return Object.keys(fields).filter((name) => Object.hasOwn(secretFields, name)).map((name) => ({ path: `${prefix}${name}`, message: 'is a secret', cure: 'Enter it in its own field, which keeps it in the key store.' }))
}
