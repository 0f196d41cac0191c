/** What the settings pages and the forms show. Secrets are told as set or not, never read back. */
import { z } from 'zod'
import { desktopSettings, destinationNetwork, messageTemplates, ping, printer, settingsSchema } from '../../engine/settings/schema.ts'
import { epoch, eventType, id, languageCode, severity } from './common.ts'
import { channelGroup, channelGuide, exchange, importSource } from './destinations.ts'
import { rulesChange, rulesView } from './rules.ts'

/** 'stored' = in the key store or this session's memory; 'elsewhere' = a file or environment variable that the settings name. */
export const secretState = z.enum(['unset', 'stored', 'elsewhere'])

export const serverView = z.strictObject({
  id,
  kind: z.string(),
  kindName: z.string(),
  fields: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), secretState),
})

/** The printer's own settings as they stand in the file, its servers apart. */
export const printerSettingsView = printer().omit({ server: true, sources: true }).extend({
  sources: z.array(z.strictObject({ server: id, sourceId: z.string().nullable(), role: z.enum(['primary', 'secondary']) })),
})
export type PrinterSettingsView = z.infer<typeof printerSettingsView>

export const destinationView = z.strictObject({
  id,
  label: z.string(),
  channel: z.string(),
  channelName: z.string(),
  enabled: z.boolean(),
  events: z.array(z.string()).nullable(),
  /** What it is told in; null = as everything. */
  language: languageCode.nullable(),
  /** It comes from an administrator's file: it is not removed, and what is changed makes a copy of one's own. */
  managed: z.boolean(),
  /** Its own words, by the events they are for. */
  templates: messageTemplates(),
  /** Cause and cure of one that can't be used: the usual text goes in its place; null = they can, or there are none. */
  templateTrouble: z.string().nullable(),
  config: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), secretState),
  /** How it reaches its far side, where that is not as this computer reaches everything. */
  network: destinationNetwork().nullable(),
  /** Circuit: closed = works; open = failing since; half_open = trying again; gone = its service has switched it off. */
  circuit: z.enum(['closed', 'open', 'half_open', 'gone']),
  failingSince: epoch.nullable(),
  /** Why it fails, cause and cure; null = it does not. */
  why: z.string().nullable(),
  /** When it is tried next; null = with the next message, or (gone) not by itself. */
  nextTryAt: epoch.nullable(),
  /** The last attempt, whatever came of it. */
  last: z.strictObject({ at: epoch, result: z.string(), detail: z.string() }).nullable(),
  /** How many messages wait, with those that are held. */
  waiting: z.number().int(),
  /** When the first of them is no longer worth sending; null = none waits. */
  waitsUntil: epoch.nullable(),
  /** How many of them are held on purpose, and until when the first is. */
  held: z.number().int(),
  heldUntil: epoch.nullable(),
  /** How many were not delivered and are not tried any more. */
  undelivered: z.number().int(),
})
export type DestinationView = z.infer<typeof destinationView>

const general = settingsSchema().pick({ thresholds: true, notifyMyself: true, language: true, retention: true, expiry: true, grouping: true, masked: true })

export const settingsView = z.strictObject({
  ...general.shape,
  /** The sign of life; whoever knows its address can call it, so it is told as set or not. */
  ping: ping().extend({ url: secretState }),
  /** The thresholds in force where nothing else is said. */
  defaults: z.record(z.string(), z.unknown()),
  desktop: desktopSettings(),
  servers: z.array(serverView),
  printers: z.array(printerSettingsView),
  destinations: z.array(destinationView),
  /** Who hears what, and when. */
  rules: rulesView,
})
export type SettingsView = z.infer<typeof settingsView>

/** Each of these fields has one of these values. */
const condition = z.record(z.string(), z.array(z.union([z.string(), z.number(), z.boolean()])))

/** One form of one kind: JSON Schema of its fields (draft 2020-12, as zod writes it) and its secrets. */
export const kindForm = z.strictObject({
  kind: z.string(),
  displayName: z.string(),
  schema: z.record(z.string(), z.unknown()),
  /** `after`: the field of the schema that it belongs to; null = none. */
  secrets: z.array(z.strictObject({
    name: z.string(), label: z.string(), required: z.boolean(), after: z.string().nullable(),
    /** It matters only while each of these fields has one of these values; absent = always. Fields of the schema say the same by `when`. */
    when: condition.optional(),
  })),
  /** Event types this kind can tell (servers) or carry (channels). */
  events: z.array(eventType),
})
export const forms = z.strictObject({
  adapters: z.array(kindForm.extend({ canPair: z.boolean(), canDiscover: z.boolean(), commands: z.array(z.string()) })),
  channels: z.array(kindForm.extend({
    /** What a new one begins with, where that is another than the schema's default. */
    fresh: z.record(z.string(), z.unknown()).optional(),
    /** Event types that one hears unless it chose its own. */
    defaultEvents: z.array(eventType),
    group: channelGroup,
    guide: channelGuide,
    /** Another program that takes them back ('destinations.export'); null = none. */
    exportsTo: z.string().nullable(),
    /** An account is linked ('destinations.link'). */
    canPair: z.boolean(),
    /** Fields that must not all be the same as at another destination of this kind. */
    primary: z.array(z.string()),
    picture: z.boolean(),
    buttons: z.boolean(),
    updates: z.boolean(),
    /** Shows how printers stand. */
    state: z.boolean(),
    local: z.boolean(),
    /** Starts programs on this computer. */
    runsPrograms: z.boolean(),
    /** What must be there outside of the settings (R36). */
    prerequisites: z.array(z.strictObject({ name: z.string(), help: z.string(), met: z.boolean(), /** Needed only then, else a hint; absent = always. */ when: condition.optional() })),
  })),
  /** From where destinations can be taken over. */
  importers: z.array(importSource),
  /** Every event type with its severity, for grids and filters. */
  eventTypes: z.array(z.strictObject({ type: eventType, severity })),
  /** JSON Schema of one printer's thresholds, of `retention` and of `expiry`, with descriptions and units. */
  thresholds: z.record(z.string(), z.unknown()),
  retention: z.record(z.string(), z.unknown()),
  expiry: z.record(z.string(), z.unknown()),
  /** JSON Schema of `grouping`. */
  grouping: z.record(z.string(), z.unknown()),
  /** JSON Schema of a destination's `network`, and of the sign of life but for its address. */
  network: z.record(z.string(), z.unknown()),
  ping: z.record(z.string(), z.unknown()),
})
export type Forms = z.infer<typeof forms>

/** One change of the settings. A patch names what changes; null takes a field back to its default. */
export const settingsChange = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('general'), patch: z.record(z.string(), z.unknown()) }),
  z.strictObject({ what: z.literal('desktop'), patch: z.record(z.string(), z.unknown()) }),
  z.strictObject({ what: z.literal('printer'), id, patch: z.record(z.string(), z.unknown()) }),
  z.strictObject({ what: z.literal('server'), id, patch: z.record(z.string(), z.unknown()) }),
  z.strictObject({ what: z.literal('destination'), id, patch: z.record(z.string(), z.unknown()) }),
  z.strictObject({ what: z.literal('add-destination'), channel: z.string(), label: z.string(), config: z.record(z.string(), z.unknown()), secrets: z.record(z.string(), z.string()).default({}), enabled: z.boolean().optional(), events: z.array(z.string()).optional() }),
  z.strictObject({ what: z.literal('remove-destination'), id }),
  z.strictObject({ what: z.literal('remove-printer'), id }),
  z.strictObject({ what: z.literal('rules'), change: rulesChange }),
])
export type SettingsChange = z.infer<typeof settingsChange>

export const destinationTest = z.strictObject({ ok: z.boolean(), detail: z.string(), ms: z.number(), exchange: exchange.nullable().default(null) })

/** Facts of this computer and this run, for the settings pages. */
export const systemFacts = z.strictObject({
  version: z.string(),
  versions: z.record(z.string(), z.string()),
  platform: z.string(),
  dataFolder: z.string(),
  settingsFile: z.string(),
  /** By which way toasts go, and what they can. `why` = why not by a better one. */
  toast: z.strictObject({ path: z.enum(['dbus', 'windows', 'macos', 'electron', 'node-notifier', 'none']), name: z.string(), pictures: z.boolean(), buttons: z.boolean(), updates: z.boolean(), why: z.string().nullable() }),
  tray: z.enum(['shown', 'no_host', 'unknown']),
  presence: z.enum(['present', 'idle', 'locked', 'unknown']),
  secrets: z.strictObject({ protection: z.enum(['protected', 'locked', 'unprotected', 'session_only']), backend: z.string(), detail: z.string() }),
  autostart: z.strictObject({ on: z.boolean(), possible: z.boolean(), detail: z.string() }),
  /** Whether this computer may sleep while remote destinations wait for it; a sentence with the cure, or null. */
  sleepWarning: z.string().nullable(),
  bytes: z.strictObject({ database: z.number(), pictures: z.number() }),
  events: z.number().int(),
})
export type SystemFacts = z.infer<typeof systemFacts>
