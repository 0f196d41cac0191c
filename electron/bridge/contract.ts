/**
 * Everything that passes between the window and the main process, typed and parsed on both sides. A call that is named here
 * and not handled, or handled and not named, does not compile (handlers.ts); nothing else crosses.
 */
import { z } from 'zod'
import { messageTemplates } from '../engine/settings/schema.ts'
import { backupChosen, backupMade, backupProgress, passphrase, restoreBegun, restorePrepared } from './views/backup.ts'
import { acknowledging, epoch, eventType, id, outcome, saved, windowLanguage } from './views/common.ts'
import { broadcastTold, deadLetters, importChoice, importPreview, importResult, linking, pluginList, templateTrial, testPreview, testWish } from './views/destinations.ts'
import { eventDetails, exportResult, historyFilter, historyPage, historyRow, whyAnswer, whyQuestion } from './views/history.ts'
import { livePicture, printerCard, printerDetails, status, temperatures } from './views/printers.ts'
import { countsAnswer, noiseAnswer, previewAnswer, previewQuestion, rulesChanges, triedRules } from './views/reports.ts'
import { destinationTest, forms, settingsChange, settingsView, systemFacts } from './views/settings.ts'
import { newSilence, silenceList, silenceMade, silencePatch } from './views/silences.ts'
import { added, discovery, pairing, serverDraft, testResult } from './views/setup.ts'
import { updatesView } from './views/updates.ts'

const nothing = z.null()
const call = <I extends z.ZodType, O extends z.ZodType>(input: I, output: O): { input: I; output: O } => ({ input, output })

/** The window asks, the main process answers. */
export const calls = {
  // ------------------------------------------------------------------------------------------------------- printers
  'printers.list': call(nothing, z.array(printerCard)),
  'printers.details': call(id, printerDetails.nullable()),
  'printers.temperatures': call(id, temperatures),
  /** A wish of a person who looks at the printer's present state; `jobKey` is the print the button stood for. */
  'printers.wish': call(z.strictObject({
    printerId: id,
    jobKey: z.string().nullable(),
    action: z.discriminatedUnion('name', [
      z.strictObject({ name: z.literal('pause') }),
      z.strictObject({ name: z.literal('resume') }),
      z.strictObject({ name: z.literal('cancel') }),
      z.strictObject({ name: z.literal('emergency_stop') }),
      z.strictObject({ name: z.literal('answer'), choice: z.number().int().min(0) }),
      z.strictObject({ name: z.literal('acknowledge'), ...acknowledging.partial().shape }),
      z.strictObject({ name: z.literal('mute'), seconds: z.number().positive() }),
      z.strictObject({ name: z.literal('unmute') }),
      z.strictObject({ name: z.literal('follow'), what: z.enum(['always', 'print']) }),
      z.strictObject({ name: z.literal('unfollow') }),
    ]),
    confirmed: z.boolean(),
  }), outcome),
  /** Which printers' pictures the window shows now; they are taken anew about once a second and pushed as 'live.picture'. */
  'printers.watch-live': call(z.array(z.strictObject({ printerId: id, cameraId: z.string().nullable() })).max(12), nothing),
  /** Opens the printer's own page in the browser; the address is the engine's, never the window's. */
  'printers.open-page': call(id, z.boolean()),
  'printers.mark-result-seen': call(id, nothing),
  'status.get': call(nothing, status),
  /** Pauses all notifications; `until` null = until lifted. */
  'notifications.pause': call(z.strictObject({ until: epoch.nullable() }), nothing),
  'notifications.resume': call(nothing, nothing),
  'silences.list': call(nothing, silenceList),
  'silences.add': call(newSilence, silenceMade),
  'silences.edit': call(z.strictObject({ id, patch: silencePatch }), saved),
  /** Over at once; one that has not begun is deleted. False = it was over already. */
  'silences.end': call(id, z.boolean()),

  // -------------------------------------------------------------------------------------------------------- history
  'history.page': call(z.strictObject({ filter: historyFilter, before: z.number().int().nullable(), limit: z.number().int().min(1).max(500) }), historyPage),
  /** Counts up to a bound: `exact` false = there are at least that many. */
  'history.count': call(historyFilter, z.strictObject({ count: z.number().int(), exact: z.boolean() })),
  'history.event': call(id, eventDetails.nullable()),
  /**
   * `eventIds` null: with `seen` true all that nobody saw, with `seen` false those that the last such call marked, once.
   * @returns how many changed
   */
  'history.mark': call(z.strictObject({ seen: z.boolean(), eventIds: z.array(id).nullable() }), z.number().int()),
  'history.acknowledge': call(z.strictObject({ eventId: id, ...acknowledging.shape }), outcome),
  'history.send-again': call(z.strictObject({ eventId: id, destinationId: id }), z.boolean()),
  /** "Why did I not hear?" */
  'history.why': call(whyQuestion, whyAnswer),
  'history.export': call(z.strictObject({ filter: historyFilter, format: z.enum(['jsonl', 'csv']) }), exportResult),
  'history.cancel-export': call(nothing, nothing),

  // ------------------------------------------------------------------------------------------------ setup of printers
  'setup.discover': call(z.strictObject({ on: z.boolean() }), discovery),
  'setup.test': call(serverDraft, testResult),
  /** Starts asking the server for a key; what follows is pushed as 'pairing.changed'. The printer is added when it is granted. */
  'setup.pair': call(z.strictObject({ server: serverDraft, name: z.string().trim().min(1).max(200) }), pairing),
  'setup.cancel-pairing': call(id, nothing),
  'setup.open-pairing': call(id, z.boolean()),
  'setup.add': call(z.strictObject({ server: serverDraft, name: z.string().trim().min(1).max(200), sourceIds: z.array(z.string()).nullable() }), added),
  /** Starts the simulated printer and adds it, or removes it again. */
  'setup.simulator': call(z.strictObject({ on: z.boolean() }), added),

  // ------------------------------------------------------------------------------------- settings and destinations
  'settings.get': call(nothing, settingsView),
  'settings.change': call(settingsChange, saved),
  /** `value` null removes it. The sign of life has one, `url`; its `id` is "ping". */
  'settings.set-secret': call(z.strictObject({ owner: z.enum(['server', 'destination', 'ping']), id, field: z.string(), value: z.string().min(1).nullable() }), saved),
  'settings.forms': call(nothing, forms),
  /** Past all rules, and nothing of it in the history. `wish` null: the usual test message. */
  'destinations.test': call(z.strictObject({ destinationId: id, wish: testWish.nullable() }), destinationTest),
  'destinations.preview': call(z.strictObject({ destinationId: id, wish: testWish }), testPreview),
  /** The same with templates that are not saved, in the place of its own. */
  'destinations.try-templates': call(z.strictObject({ destinationId: id, wish: testWish, templates: messageTemplates() }), templateTrial),
  /** Sends a made-up event of this type through rules, history and delivery (R56). */
  'destinations.rehearse': call(z.strictObject({ destinationId: id, printerId: id, type: eventType }), z.strictObject({ eventId: z.string().nullable(), detail: z.string() })),
  /** A message of the person's own, whatever they subscribed to; each chosen destination has its line. */
  'destinations.broadcast': call(z.strictObject({ text: z.string().trim().min(1).max(2_000), destinationIds: z.array(id).min(1).max(1_000) }), broadcastTold),
  /** A page of a channel's guide, by its place in the list. */
  'destinations.open-link': call(z.strictObject({ channel: z.string(), link: z.number().int().min(0) }), z.boolean()),
  'destinations.dead-letters': call(id, deadLetters),
  /** `eventId` null: all of them. @returns how many wait again now */
  'destinations.send-again': call(z.strictObject({ destinationId: id, eventId: id.nullable() }), z.number().int()),
  /** `eventId` null: all of them. @returns how many are listed no more */
  'destinations.discard': call(z.strictObject({ destinationId: id, eventId: id.nullable() }), z.number().int()),
  /**
   * Links an account with what the form holds so far; what follows is pushed as 'linking.changed'. `destinationId` null: it is not there
   * yet and is added, under this label, once it is linked.
   */
  'destinations.link': call(z.strictObject({ destinationId: id.nullable(), channel: z.string(), label: z.string(), config: z.record(z.string(), z.unknown()), secrets: z.record(z.string(), z.string()) }), linking),
  'destinations.cancel-link': call(id, nothing),
  'destinations.open-linking': call(id, z.boolean()),
  /** Reads what another program had; `text` null lets the person choose a file. @returns null when none was chosen */
  'destinations.read-import': call(z.strictObject({ source: id, text: z.string().max(5_000_000).nullable() }), importPreview.nullable()),
  /** All of a channel, without secrets, into a file that the person chooses; `events` = how many. */
  'destinations.export': call(z.strictObject({ channel: z.string() }), exportResult),
  'destinations.add-import': call(z.strictObject({ importId: id, chosen: z.array(importChoice).min(1).max(500) }), importResult),

  // ---------------------------------------------------------------------------------------------------------- rules
  /** What the rules would be after these changes; nothing is written. */
  'rules.try': call(z.strictObject({ changes: rulesChanges }), triedRules),
  /** What a profile would have told; a newer question takes the place of one that is not answered yet. */
  'rules.preview': call(previewQuestion, previewAnswer),
  'rules.cancel-preview': call(nothing, nothing),
  /** Which kinds made how many of the messages, and where. */
  'rules.noise': call(z.strictObject({ days: z.number().int().min(1).max(90) }), noiseAnswer),
  /** How many events of each kind there were on each of the last days. */
  'rules.counts': call(z.strictObject({ days: z.number().int().min(1).max(90) }), countsAnswer),

  'plugins.list': call(nothing, pluginList),
  /** These files may run from now on, and only these. Fails in words when they are others by now. */
  'plugins.allow': call(z.strictObject({ kind: id, hash: z.string() }), pluginList),
  /** What runs of it ends at once. */
  'plugins.forbid': call(id, pluginList),
  /** Of one plugin; null: where all of them lie. */
  'plugins.open-folder': call(id.nullable(), z.boolean()),

  // --------------------------------------------------------------------------------------------------------- backup
  /** Settings and history, and by choice pictures, into a file that the person chooses. `passphrase` null: without keys. */
  'backup.make': call(z.strictObject({ pictures: z.boolean(), passphrase: passphrase.nullable() }), backupMade),
  /** Lets the person choose a backup, and tells what it says of itself; null = none was chosen. */
  'backup.choose': call(nothing, backupChosen.nullable()),
  /** Unpacks and checks the chosen one beside what is there. `passphrase` null: without the keys it may hold. */
  'backup.prepare': call(z.strictObject({ passphrase: passphrase.nullable() }), restorePrepared),
  /** Gives up what is under way; its own answer says 'cancelled'. */
  'backup.cancel': call(nothing, nothing),
  /** Ends the app and starts it anew with what was prepared; what is there is kept beside. */
  'backup.restart': call(nothing, restoreBegun),
  /** Forgets what was prepared. */
  'backup.drop': call(nothing, nothing),

  // -------------------------------------------------------------------------------------------------------- updates
  'updates.get': call(nothing, updatesView),
  /** Asks now; nothing while the switch is off. Each of these answers with how it stands then, what follows is pushed. */
  'updates.check': call(nothing, updatesView),
  /** Ends Printbell and starts the version that is ready, as soon as nothing stands in the way. */
  'updates.install': call(nothing, updatesView),
  /** Takes that back while it waits; gives up a download. */
  'updates.cancel': call(nothing, updatesView),

  // --------------------------------------------------------------------------------------------------------- system
  'system.facts': call(nothing, systemFacts),
  /** Asked before the first page is drawn. */
  'system.language': call(nothing, windowLanguage),
  'system.autostart': call(z.strictObject({ on: z.boolean() }), systemFacts.shape.autostart),
  /** Asks the key store's owner to unlock it. */
  'system.unlock-secrets': call(nothing, systemFacts.shape.secrets),
  'system.test-toast': call(nothing, destinationTest),
  /** Versions, settings without secrets, log and counters, in one file a person may send to others. */
  'system.save-diagnostics': call(nothing, exportResult),
  /** A page of ours: only what the allow-list names. */
  'system.open-link': call(z.enum(['project', 'documentation', 'licence', 'data-folder', 'settings-file']), z.boolean()),
  'system.finish-first-run': call(nothing, nothing),
  /** An error nobody caught in the window, for the log. */
  'system.report-error': call(z.strictObject({ message: z.string().max(2_000), stack: z.string().max(8_000).nullable() }), nothing),
} as const

/** The main process tells; windows that are not there miss nothing, they ask when they open. */
export const pushes = {
  /** Cards that changed since the last push (at most 4 a second), and printers that are no longer there. */
  'printers.changed': z.strictObject({ cards: z.array(printerCard), removed: z.array(id) }),
  'status.changed': status,
  'silences.changed': silenceList,
  'live.picture': livePicture,
  /** New rows, newest first, at most 50; `more` = there are others, ask anew. `touched`: seen or acknowledged changed. */
  'history.changed': z.strictObject({ rows: z.array(historyRow), touched: z.boolean(), more: z.boolean() }),
  'history.export-progress': z.strictObject({ events: z.number().int() }),
  'backup.progress': backupProgress,
  'discovery.changed': discovery,
  'pairing.changed': pairing,
  'linking.changed': linking,
  'plugins.changed': pluginList,
  'settings.changed': settingsView,
  'system.changed': systemFacts,
  'updates.changed': updatesView,
  'language.changed': windowLanguage,
  /** Go to a page of the window ("/history/01J..."). */
  navigate: z.string().startsWith('/'),
  /** A sentence for the person that belongs to no page. */
  notice: z.strictObject({ level: z.enum(['info', 'warn', 'error']), text: z.string() }),
} as const

export type CallName = keyof typeof calls
export type CallInput<N extends CallName> = z.input<(typeof calls)[N]['input']>
export type CallOutput<N extends CallName> = z.output<(typeof calls)[N]['output']>
export type PushName = keyof typeof pushes
export type PushPayload<N extends PushName> = z.output<(typeof pushes)[N]>

/** What answers the calls: one function a name, none missing, none too many. Gets parsed input, its answer is parsed too. */
export type Handlers = { readonly [N in CallName]: (input: z.output<(typeof calls)[N]['input']>) => Promise<z.input<(typeof calls)[N]['output']>> }
export type SomeHandlers<N extends CallName> = Pick<Handlers, N>

/** Tells an open window; does nothing when there is none. */
export type Push = <N extends PushName>(name: N, payload: z.input<(typeof pushes)[N]>) => void
