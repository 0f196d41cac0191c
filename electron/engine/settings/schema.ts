/** The one schema of the settings. Defaults live in defaults.ts; older versions come through migrations.ts. */
import { z } from 'zod'
import { LANGUAGE_CODES } from '../delivery/languages/codes.ts'
import type { Thresholds } from '../events/reduction.ts'
import { once } from '../once.ts'
import { id, selector } from './basics.ts'
import { DEFAULT_DONE_PICTURE, DEFAULT_THRESHOLDS, DEFAULT_RETENTION, DEFAULT_EXPIRY, DEFAULT_WATCH_PROGRESS } from './defaults.ts'
import { rulesShape } from './rules-schema.ts'

export const SETTINGS_VERSION = 1

/** Characters of one template of a message. */
const LONGEST_OWN_TEXT = 4_000

const REFERENCE = 'use { "env": "NAME" }, { "file": "/path" } or { "store": "name" }'
const BY_REFERENCE = 'who knows this address can use it, so it does not stand in the settings. Put it into a file or an environment variable, and'

/** A secret never stands in the settings: only where it lies. */
export const secretRef = once(() => z.union([
  z.strictObject({ env: z.string().min(1).describe('Name of an environment variable') }),
  z.strictObject({ file: z.string().min(1).describe('Path of a file that holds nothing but the secret') }),
  z.strictObject({ store: z.string().min(1).describe("Name in the system's key store (desktop app)") }),
], { error: ({ input }) => (typeof input === 'string' ? `${BY_REFERENCE} ${REFERENCE}` : REFERENCE) }))

/** Settings of a server: its kind, and fields that the adapter's own schema parses (url, apiKey as a secret reference, ...). */
export const server = once(() => z.looseObject({ id: id.optional(), kind: z.string().min(1) }))

export const source = once(() => z.strictObject({
  server: id,
  /** The server's id of the printer; absent = the server's only one. */
  sourceId: z.string().min(1).optional(),
  /** 'primary' tells job, device and commands; 'secondary' adds failures and cameras. */
  role: z.enum(['primary', 'secondary']).default('primary'),
}))

/**
 * How a form shows a number: what stands behind it. '%' = the value is a part of the whole (0..1) and shown times 100; the others
 * are shown as they are stored.
 */
export type Unit = 's' | 'ms' | 'h' | 'd' | '%' | '°C' | 'bytes' | 'min'

/** Title and description are what a form shows; the unit is not part of the text. */
const shown = (title: string, description: string, unit?: Unit): { title: string; description: string; unit?: Unit } => ({ title, description, ...(unit === undefined ? {} : { unit }) })

const seconds = once(() => z.number().min(0).optional())
const degrees = once(() => z.number().min(0).optional())
const fraction = once(() => z.number().min(0).max(1).optional())

/** Every threshold may be given or left to the next wider one: printer, settings, DEFAULT_THRESHOLDS. */
export const thresholds = once(() => z.strictObject({
  linkStale: seconds().meta(shown('Connection counts as stale after', 'Silence before a connection counts as stale; nothing is told yet', 's')),
  linkLostPrinting: seconds().meta(shown('Lost connection during a print', 'How long it must be lost before it is told', 's')),
  linkLostIdle: seconds().meta(shown('Lost connection while idle', 'How long it must be lost before it is recorded; it is not announced', 's')),
  pauseGrace: seconds().meta(shown('Shortest pause', 'Shorter pauses, as of a timelapse that parks the head, are not told', 's')),
  heaterTargetAbove: degrees().meta(shown('Targets above', 'Only targets above this are told when reached', '°C')),
  heaterWithin: degrees().meta(shown('Counts as reached within', 'How near to its target a heater must be', '°C')),
  heaterHold: seconds().meta(shown('Held for', 'How long it must stay that near', 's')),
  heaterAway: degrees().meta(shown('After having been away by', 'How far from its target it must have been before', '°C')),
  cooledAt: degrees().meta(shown('Cooled at', 'At or below this a heater counts as cooled', '°C')),
  cooledHeaters: z.enum(['bed', 'all']).optional().meta(shown('Heaters told when cooled', 'The bed only, or all of them')),
  leftOnAfter: seconds().meta(shown('Heater left on after', 'How long a heater is on without a print before it is told', 's')),
  progressStep: fraction().meta(shown('Progress each', 'Each time this much more of the print is done; 0 switches it off', '%')),
  milestoneHours: z.number().min(0).optional().meta(shown('Time each', 'Each time the print ran this much longer; 0 switches it off', 'h')),
  finishingSoon: seconds().meta(shown('Finishing soon', 'How long before the end; 0 switches it off', 's')),
  etaSlippedBy: seconds().meta(shown('The end moved by at least', 'How far the expected end must have moved', 's')),
  etaSlippedFraction: fraction().meta(shown('... and by this part of the print', 'Both must hold before a moved end is told', '%')),
  stalledAfter: seconds().meta(shown('Stalled after', 'Printing, but nothing moves for so long', 's')),
  reminderEvery: seconds().meta(shown('Remind every', 'While a printer still waits for you', 's')),
  reminderTimes: z.number().int().min(0).optional().meta(shown('Reminders at most', '0 = none')),
  errorRepeat: seconds().meta(shown('Same error once in', 'The same error text is told once within this time', 's')),
  failureRepeat: seconds().meta(shown('Failure alerts apart by', 'Two of one print, and after you answered one; a print that fails for certain is told at once', 's')),
  capPerMinute: z.number().int().min(1).optional().meta(shown('Messages a minute', 'Of one printer; the rest comes in one summary')),
  layers: z.array(z.number().int().positive()).optional().meta(shown('Layers', 'Layers that are told when done')),
} satisfies Record<keyof Thresholds, z.ZodType>))

/** How long events and pictures are kept; 0 = for ever, or without a limit. */
export const retention = once(() => z.strictObject({
  eventDays: z.number().int().min(0).default(DEFAULT_RETENTION.eventDays).meta(shown('Keep events for', '0 keeps them for ever', 'd')),
  pictureDays: z.number().int().min(0).default(DEFAULT_RETENTION.pictureDays).meta(shown('Keep pictures for', '0 keeps them for ever', 'd')),
  pictureBytes: z.number().int().min(0).default(DEFAULT_RETENTION.pictureBytes).meta(shown('Space for pictures', 'The oldest go first; 0 sets no limit', 'bytes')),
  keepUnseen: z.boolean().default(true).meta(shown('Keep what nobody has seen', 'Unseen events stay, however old they are')),
}))

/** Seconds after which an undelivered message is no longer worth sending, per class of event. */
export const expiry = once(() => z.strictObject({
  toast: z.number().min(1).default(DEFAULT_EXPIRY.toast).meta(shown('Toasts on this computer', 'An older one is not shown any more', 's')),
  progress: z.number().min(1).default(DEFAULT_EXPIRY.progress).meta(shown('Passing news', 'Progress, layers, started and resumed', 's')),
  done: z.number().min(1).default(DEFAULT_EXPIRY.done).meta(shown('Print done or cancelled', 'Still sent so long after it happened', 's')),
  failed: z.number().min(1).default(DEFAULT_EXPIRY.failed).meta(shown('Print failed', 'Also a failure that was detected, and a heater out of control', 's')),
  other: z.number().min(1).default(DEFAULT_EXPIRY.other).meta(shown('Everything else', 'Still sent so long after it happened', 's')),
}))

/** Which picture goes with the message that a print is done. */
export const donePicture = once(() => z.strictObject({
  /** 'final' = from before the head parked, where the server tells how far the print is; else as 'now'. */
  which: z.enum(['final', 'now', 'none']).default(DEFAULT_DONE_PICTURE.which).meta(shown('Picture of a finished print', 'As it stood before the head parked, as the camera shows it when the print is done, or none')),
  margin: z.number().min(0).max(55).default(DEFAULT_DONE_PICTURE.margin).meta(shown('How long before the end', 'Where the height does not tell when the head parked', 's')),
}))
export type DonePicture = z.output<ReturnType<typeof donePicture>>

/** How a printer is followed: its end, its attentions and its progress are told there, also where nothing else subscribes to them. */
export const watch = once(() => z.strictObject({
  /** Absent = the toasts of this computer. */
  destinations: z.array(id).min(1).optional(),
  mode: z.enum(['now', 'in_app']).default('now').meta(shown('How it is told', 'At once, or in the history only')),
  progress: z.number().min(0).max(1).default(DEFAULT_WATCH_PROGRESS).meta(shown('Progress each', 'Each time this much more of the print is done, while it is followed; 0 switches it off', '%')),
}))
export type WatchSettings = z.output<ReturnType<typeof watch>>

export const printer = once(() => z.strictObject({
  id,
  name: z.string().trim().min(1).max(200),
  /** Shorthand for one entry in `servers` and one source. */
  server: server().optional(),
  sources: z.array(source()).optional(),
  /** What this printer is listened to for; absent = the defaults of DESIGN section 4, per destination. */
  events: z.array(selector).optional(),
  /** Which camera; absent = the server's own choice. */
  camera: z.string().min(1).optional(),
  /** G-code lines sent before a snapshot ("light on"), and how long to wait after them, in ms. */
  light: z.strictObject({ on: z.array(z.string()).min(1), off: z.array(z.string()).default([]), waitMs: z.number().int().min(0).max(10_000).default(500) }).optional(),
  /** How the camera's picture is turned, over what the server says: flips first, then clockwise degrees. */
  orientation: z.strictObject({ flipH: z.boolean().default(false), flipV: z.boolean().default(false), rotate: z.union([z.literal(0), z.literal(90), z.literal(180), z.literal(270)]).default(0) }).optional(),
  /** Absent = from before the head parked, five seconds before the end. */
  donePicture: donePicture().optional(),
  /** Commands that may be sent from Printbell; absent = all that the server lets us send. */
  commands: z.array(z.enum(['pause', 'resume', 'cancel', 'gcode', 'answer', 'emergency_stop'])).optional(),
  /** For filters: "basement", "pla". */
  tags: z.array(z.string().trim().min(1).max(40)).optional(),
  /** It is followed; absent = not, or only from the window. */
  watch: watch().optional(),
  thresholds: thresholds().optional(),
  enabled: z.boolean().default(true),
}))

/** Whole: beginning at the root, of whatever system. Files in these settings are no one's but this computer's. */
const wholePath = once(() => z.string().regex(/^(\/|[A-Za-z]:[\\/]|\\\\)./, 'give the whole path, from the root'))

const proxy = once(() => z.string().trim().superRefine((text, context) => {
  const message = text === 'system' || text === 'none' ? null : problemOfProxy(text)
  if (message !== null) context.addIssue({ code: 'custom', message })
}))

function problemOfProxy(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '') return 'use "system", "none", or the address of a proxy: "http://proxy.lan:3128"'
  if (url.username !== '' || url.password !== '') return 'take user and password out: settings are no place for them. Put that address into the environment variable HTTPS_PROXY, and use "system"'
  return url.pathname === '/' && url.search === '' && url.hash === '' ? null : 'use the proxy\'s scheme, name and port alone: "http://proxy.lan:3128"'
}

/** How a destination reaches its far side, where that is not as this computer reaches everything. */
export const destinationNetwork = once(() => z.strictObject({
  proxy: proxy().default('system').meta(shown('Proxy', '"system", "none", or the address of one: http://proxy.lan:3128')),
  ca: wholePath().optional().meta(shown('Certificate authority', 'A PEM file that is trusted beside the system\'s authorities')),
}))
export type DestinationNetwork = z.output<ReturnType<typeof destinationNetwork>>

const ownText = once(() => z.string().max(LONGEST_OWN_TEXT, `A template has at most ${LONGEST_OWN_TEXT} characters. Shorten it.`).optional())
/** A destination's own words, by the events they are for: "job.done", "job.*" or "*"; the most exact one speaks. Liquid; see docs/templates.md. */
export const messageTemplates = once(() => z.record(selector, z.strictObject({ title: ownText(), body: ownText() })))
export type MessageTemplates = z.output<ReturnType<typeof messageTemplates>>

export const destination = once(() => z.strictObject({
  id,
  label: z.string().trim().min(1).max(200),
  channel: z.string().min(1),
  config: z.record(z.string(), z.unknown()).default({}),
  /** Absent = the channel's defaults of DESIGN section 4. */
  events: z.array(selector).optional(),
  /** What it is told in; absent = the language of the settings. */
  language: z.enum(LANGUAGE_CODES).optional().meta(shown('Language', 'Of its messages; without one, that of all messages')),
  templates: messageTemplates().optional(),
  /** Absent = the system's proxy, the system's authorities. */
  network: destinationNetwork().optional(),
  enabled: z.boolean().default(true),
}))

/** What a person says of a destination that comes from an administrator's file. */
const ofManaged = once(() => z.strictObject({
  /** Absent = as the file calls it. */
  label: z.string().trim().min(1).max(200).optional(),
  /** Absent = as the file has it. */
  enabled: z.boolean().optional(),
}))

/** Newer versions of Printbell itself. Off = nothing is asked of anybody. */
export const updatesSettings = once(() => z.strictObject({
  check: z.boolean().default(false).describe('Look once a day for a newer version of Printbell'),
  /** Absent = the one that the build knows. */
  address: z.string().trim().refine(isWebAddress, 'use the address of a folder on a web server: "https://mirror.example.org/printbell"').optional().describe('Where to look instead: a mirror of your own'),
}))

/** Without a login: settings are no place for one. */
function isWebAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
}

/** What only the desktop app heeds. The headless engine reads past it. */
export const desktopSettings = once(() => z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system').describe('Light or dark, or as the system has it'),
  language: z.enum(['system', ...LANGUAGE_CODES]).optional().describe('Language of the window and the tray, where it is another than that of messages'),
  printersView: z.enum(['auto', 'cards', 'list']).default('auto').describe('How printers are shown; auto = cards up to 12, then the list'),
  keepAwake: z.boolean().default(false).describe('Keep this computer awake while a print runs'),
  stayUntilActedOn: z.boolean().default(true).describe('Toasts stay until acted on when a printer needs you'),
  keepSecrets: z.enum(['store', 'session', 'anyway']).default('store').describe('Keep keys in the key store; only until Printbell ends; or, where the key store gives no protection, anyway'),
  idleMinutes: z.number().int().min(1).max(240).default(10).describe('Minutes without a touch before you count as away'),
  updates: updatesSettings().prefault({}),
  firstRunDone: z.boolean().default(false),
  /** Where the window stood. */
  window: z.strictObject({ x: z.number().int().optional(), y: z.number().int().optional(), width: z.number().int(), height: z.number().int(), maximized: z.boolean() }).optional(),
}))
export type DesktopSettings = z.output<ReturnType<typeof desktopSettings>>

/** An address that is called while the engine lives, so that somebody outside notices when it does not. */
export const ping = once(() => z.strictObject({
  /** Whoever knows it can call it, so it is a secret. Absent = nothing is called. */
  url: secretRef().optional().meta(shown('Address of the sign of life', 'Called while Printbell runs; healthchecks.io and its like tell you when it stops coming')),
  everyMinutes: z.number().int().min(1).max(1_440).default(5).meta(shown('Sign of life every', 'Set the service to the same, with some minutes of grace', 'min')),
}))

export const settingsSchema = once(() => z.strictObject({
  /** For editors only. */
  $schema: z.string().optional(),
  version: z.literal(SETTINGS_VERSION),
  servers: z.array(server().required({ id: true })).default([]),
  printers: z.array(printer()).default([]),
  destinations: z.array(destination()).default([]),
  /** What this user says of destinations of an administrator's file, by their id; see docs/settings.md. One that is named here may be missing there. */
  managed: z.record(id, ofManaged()).default({}),
  /** Finer than the two `events` lists; see docs/settings.md. */
  subscriptions: z.array(z.strictObject({
    printers: z.array(z.string()).default(['*']),
    events: z.array(selector).min(1),
    destination: id,
    mode: z.enum(['now', 'off']).default('now'),
  })).default([]),
  ...rulesShape(),
  thresholds: thresholds().default({}),
  notifyMyself: z.boolean().default(false),
  /** Of messages, the window and the tray; `desktop.language` and that of a destination win. */
  language: z.enum(['system', ...LANGUAGE_CODES]).default('system').meta(shown('Language', '"system" = as this computer has it, where Printbell speaks that')),
  retention: retention().prefault({}),
  expiry: expiry().prefault({}),
  ping: ping().prefault({}),
  desktop: desktopSettings().prefault({}),
}))

export type Settings = z.output<ReturnType<typeof settingsSchema>>
export type PrinterSettings = Settings['printers'][number]
export type DestinationSettings = Settings['destinations'][number]
export type ServerSettings = z.output<ReturnType<typeof server>>
type GivenThresholds = Settings['thresholds']

/** The thresholds in force: the narrowest that says something wins. */
export function mergeThresholds(...given: (GivenThresholds | undefined)[]): Thresholds {
  const merged: Thresholds = { ...DEFAULT_THRESHOLDS }
  for (const layer of given) {
    for (const [name, value] of Object.entries(layer ?? {})) {
      if (value !== undefined) Object.assign(merged, { [name]: value })
    }
  }
  return merged
}
