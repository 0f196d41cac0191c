/** What the forms of the window are drawn from: each kind's own schema and what it can do. Nothing here knows a kind. */
import type { Forms } from '../../bridge/views/settings.ts'
import type { ChannelKind } from '../../engine/channels/channel.ts'
import { EVENT_TYPES, type EventType } from '../../engine/events/model.ts'
import { SEVERITY } from '../../engine/events/turn.ts'
import type { PrinterAdapter } from '../../engine/printers/adapter.ts'
import { defaultsOf } from '../../engine/rules/subscriptions.ts'
import { schemaOf } from '../../engine/settings/json-schema.ts'
import type { SecretFields } from '../../engine/settings/kinds.ts'
import type { FieldCondition } from '../../engine/settings/secret.ts'
import { grouping } from '../../engine/settings/rules-schema.ts'
import { destinationNetwork, expiry, ping, retention, thresholds } from '../../engine/settings/schema.ts'
import { importers } from '../destinations/importers.ts'

export interface FormKinds {
  adapters: ReadonlyMap<string, PrinterAdapter>
  channels: ReadonlyMap<string, ChannelKind>
}

/** Made anew at each call: whether a prerequisite is met may change while the app runs. */
export function formsOf(kinds: FormKinds): Forms {
  return {
    adapters: [...kinds.adapters.values()].map((adapter) => ({
      kind: adapter.kind,
      displayName: adapter.displayName,
      schema: schemaOf(adapter.settingsSchema),
      secrets: secretsOf(adapter.secretFields),
      events: inOrder(adapter.capabilities.events),
      canPair: adapter.capabilities.pair && adapter.pair !== undefined,
      canDiscover: adapter.capabilities.discover && adapter.discover !== undefined,
      commands: [...adapter.capabilities.commands],
    })),
    channels: [...kinds.channels.values()].map((channel) => ({
      kind: channel.kind,
      displayName: channel.displayName,
      schema: schemaOf(channel.configSchema),
      fresh: { ...channel.fresh },
      secrets: secretsOf(channel.secretFields),
      events: inOrder(channel.supportedFeatures()),
      defaultEvents: inOrder(new Set(defaultsOf(channel))),
      group: channel.group,
      guide: { steps: [...channel.guide.steps], links: channel.guide.links.map(({ label, url }) => ({ label, url })) },
      exportsTo: importers.find((importer) => importer.export?.channel === channel.kind)?.name ?? null,
      canPair: channel.pair !== undefined,
      primary: [...channel.primary],
      picture: channel.capabilities.image !== 'none',
      buttons: channel.capabilities.actions,
      updates: channel.capabilities.canUpdate,
      state: channel.capabilities.state === true,
      local: channel.capabilities.local,
      runsPrograms: channel.capabilities.runsPrograms === true,
      prerequisites: channel.prerequisites().map(({ name, help, met, when }) => ({ name, help, met, ...conditionOf(when) })),
    })),
    importers: importers.map(({ id, name, hint }) => ({ id, name, hint })),
    eventTypes: EVENT_TYPES.map((type) => ({ type, severity: SEVERITY[type] })),
    thresholds: schemaOf(thresholds()),
    retention: schemaOf(retention()),
    expiry: schemaOf(expiry()),
    grouping: schemaOf(grouping()),
    network: schemaOf(destinationNetwork()),
    // Its address is a secret, which has a field of its own kind.
    ping: schemaOf(ping().omit({ url: true })),
  }
}

function secretsOf(fields: SecretFields): Forms['adapters'][number]['secrets'] {
  return Object.entries(fields).map(([name, { label, required, after, when }]) => ({
    name, label, required, after: after ?? null, ...conditionOf(when),
  }))
}

function conditionOf(when: FieldCondition | undefined): { when?: Record<string, (string | number | boolean)[]> } {
  return when === undefined ? {} : { when: Object.fromEntries(Object.entries(when).map(([field, values]) => [field, [...values]])) }
}

function inOrder(types: ReadonlySet<EventType>): EventType[] {
  return EVENT_TYPES.filter((type) => types.has(type))
}
