/** Two destinations of one kind that lead to the same place would send everything twice (R42). Pure; needs no network. */
import { isDeepStrictEqual } from 'node:util'
import type { ChannelPart, SecretFields } from '../../engine/settings/kinds.ts'
import type { Problem } from '../../engine/settings/problems.ts'
import { entries } from './inline.ts'
import type { Raw } from './store.ts'

/** Channels as this room needs them: with the fields that tell two destinations apart. */
export type TellingChannel = ChannelPart & { readonly primary?: readonly string[] }

/**
 * @param before as it stood; null = it is new. What was the same before is no news: it may stand so in a file that somebody wrote
 * @param after as it would stand
 */
export function samePlace(raw: Raw, before: Raw | null, after: Raw, channel: TellingChannel | undefined): Problem[] {
  const primary = channel?.primary ?? []
  if (!channel || primary.length === 0) return []
  const place = placeOf(after, channel)
  if (before !== null && isDeepStrictEqual(placeOf(before, channel), place)) return []
  const other = entries(raw, 'destinations').find((one) => one.channel === after.channel && one.id !== after.id && isDeepStrictEqual(placeOf(one, channel), place))
  if (!other) return []
  const given = primary.filter((name) => configOf(after)[name] !== undefined)
  const changed = before === null ? [] : given.filter((name) => !isDeepStrictEqual(configOf(before)[name], configOf(after)[name]))
  return [{
    path: `config.${changed.at(-1) ?? given.at(-1) ?? primary[0] ?? ''}`,
    message: `is in use already, at "${String(other.label)}"`,
    cure: `Everything would be sent there twice. Choose another, or change "${String(other.label)}".`,
  }]
}

/** The values of the telling fields, defaults filled in, however they were written. */
function placeOf(destination: Raw, { primary = [], secretFields, validateConfig }: TellingChannel): unknown[] {
  const given = withoutSecrets(configOf(destination), secretFields)
  const checked = validateConfig(given)
  const config = (checked.ok ? checked.config : given) as Raw
  return primary.map((name) => plain(config[name]))
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain).sort()
  if (typeof value !== 'string') return value ?? null
  const text = value.trim()
  return URL.canParse(text) ? new URL(text).href.replace(/\/+$/, '') : text
}

function configOf(destination: Raw): Raw {
  return typeof destination.config === 'object' && destination.config !== null ? (destination.config as Raw) : {}
}

function withoutSecrets(config: Raw, secretFields: SecretFields): Raw {
  return Object.fromEntries(Object.entries(config).filter(([name]) => !Object.hasOwn(secretFields, name)))
}
