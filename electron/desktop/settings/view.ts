/** The settings as the window may see them: no secret, no login inside of an address (R35). Pure. */
import type { DestinationView, SettingsView } from '../../bridge/views/settings.ts'
import { DEFAULT_THRESHOLDS } from '../../engine/settings/defaults.ts'
import type { Kinds, SecretFields } from '../../engine/settings/kinds.ts'
import { managedIn, type ManagedDestination } from '../../engine/settings/managed.ts'
import { secretRef, type Settings } from '../../engine/settings/schema.ts'
import { masked } from './mask.ts'
import type { Raw } from './store.ts'

/** How a destination does: from the engine's circuits, the history's attempts and the outbox. */
export type DestinationStanding = Pick<DestinationView, 'circuit' | 'failingSince' | 'why' | 'nextTryAt' | 'last' | 'waiting' | 'waitsUntil' | 'held' | 'heldUntil' | 'undelivered' | 'templateTrouble'>

export interface ViewParts {
  kinds: Kinds
  /** Whether the key store, or this session's memory, holds a secret of this name. */
  has(name: string): boolean
  standing(destinationId: string): DestinationStanding
  /** Destinations of an administrator; absent = there are none. */
  managed?: readonly ManagedDestination[]
}

/** @param settings without inline servers */
export function viewOf(settings: Settings, parts: ViewParts): SettingsView {
  const { thresholds, notifyMyself, language, retention, expiry, grouping, masked: hidden, ping, desktop } = settings
  return {
    thresholds, notifyMyself, language, retention, expiry, grouping, masked: hidden, desktop,
    rules: rulesOf(settings),
    ping: { ...ping, url: stateOf(ping.url, parts) },
    defaults: { ...DEFAULT_THRESHOLDS },
    servers: settings.servers.map(({ id, kind, ...fields }) => {
      const adapter = parts.kinds.adapters.get(kind)
      return { id, kind, kindName: adapter?.displayName ?? kind, ...apart(fields, adapter?.secretFields, parts) }
    }),
    printers: settings.printers.map(({ server: _inline, sources = [], ...printer }) => ({
      ...printer,
      sources: sources.map(({ server, sourceId, role }) => ({ server, sourceId: sourceId ?? null, role })),
    })),
    destinations: [...settings.destinations.map((own) => ({ ...own, managed: false })), ...managedIn(settings, parts.managed ?? []).map(({ settings: given }) => ({ ...given, managed: true }))].map(({ id, managed, label, channel, enabled, events, language, templates = {}, network, config }) => {
      const kind = parts.kinds.channels.get(channel)
      const { fields, secrets } = apart(config, kind?.secretFields, parts)
      return { id, label, channel, channelName: kind?.displayName ?? channel, enabled, events: events ?? null, language: language ?? null, managed, templates, config: fields, secrets, network: network ?? null, ...parts.standing(id) }
    }),
  }
}

/** As they are in force. */
export function rulesOf({ zone, timeslots, filters, fallbackFilter, profiles }: Settings): SettingsView['rules'] {
  return { zone: zone ?? null, timeslots, filters, fallbackFilter: fallbackFilter ?? null, profiles }
}

/**
 * Plain fields, and of the secret ones what is known of them. Of a kind that is not installed nobody knows which of its fields are
 * secret, so none is shown.
 */
function apart(fields: Readonly<Raw>, secretFields: SecretFields | undefined, parts: ViewParts): Pick<SettingsView['servers'][number], 'fields' | 'secrets'> {
  if (!secretFields) return { fields: {}, secrets: {} }
  return {
    fields: masked(Object.fromEntries(Object.entries(fields).filter(([name]) => !Object.hasOwn(secretFields, name)))),
    secrets: Object.fromEntries(Object.keys(secretFields).map((name) => [name, stateOf(fields[name], parts)])),
  }
}

function stateOf(value: unknown, parts: ViewParts): 'unset' | 'stored' | 'elsewhere' {
  const reference = secretRef().safeParse(value)
  if (!reference.success) return 'unset'
  if (!('store' in reference.data)) return 'elsewhere'
  return parts.has(reference.data.store) ? 'stored' : 'unset'
}
