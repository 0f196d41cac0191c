/** What happened, and cause and cure, for each type of the vocabulary. */
import { TERMINAL_TYPES, type AttentionKind, type EventDraft } from '../events/model.ts'
import { fit } from './fit.ts'
import { english, type CauseAndCure } from './languages/english.ts'
import type { When } from './languages/format.ts'
import { ENGLISH, type Language } from './languages/language.ts'
import { clean, cutEnd, fileTitle, lengthOf, sentence } from './text.ts'
import { entryOf } from './words.ts'

/** Room that the title leaves for what happened, beside a printer's name that still tells something. */
const HAPPENING_LIMIT = 30

/** What is known of something that did not become an event: its type at least. */
type Hint = Pick<EventDraft, 'type'> & Partial<EventDraft>

/** What happened, in a few words: the second half of a title. @param limit characters that there is room for */
export function happening(event: Hint, limit = HAPPENING_LIMIT, language = ENGLISH): string {
  return cutEnd(happened(event, language), limit)
}

function happened(event: Hint, language: Language): string {
  const { words } = language
  const heater = heaterOf(event, language)
  switch (event.type) {
    case 'job.started': return words.started
    case 'job.first_layer_done': return words.firstLayer
    case 'job.layer': return words.layer(event.layer === null || event.layer === undefined ? null : String(event.layer))
    case 'job.progress': return words.progress(percentOf(event, language))
    case 'job.milestone_time': return words.printingFor(told(event.printTime, language))
    case 'job.finishing_soon': return words.doneIn(told(event.remaining, language))
    case 'job.eta_slipped': return words.etaSlipped
    case 'job.stalled': return words.stalled
    case 'job.paused': return words.paused
    case 'job.resumed': return words.resumed
    case 'job.done': return words.done
    case 'job.cancelled': return words.cancelled
    case 'job.failed': return event.reason === 'cancelled_or_failed' ? words.cancelledOrFailed : words.failed
    case 'job.result_unknown': return event.reason === 'cancelled_or_failed' ? words.cancelledOrFailed : words.resultUnknown
    case 'attention.filament_runout': return words.attention.filament_runout
    case 'attention.filament_change': return words.attention.filament_change
    case 'attention.user_input': return words.attention.user_input
    case 'attention.door': return words.attention.door
    case 'attention.plate': return words.attention.plate
    case 'attention.cleared': return words.attentionCleared
    case 'attention.reminder': return words.attentionReminder
    case 'failure.warning': return words.failureWarning
    case 'failure.detected': return words.failureDetected
    case 'heater.target_reached': return words.heaterReached(heater, degreesOf(event.heater?.target ?? event.heater?.actual, language))
    case 'heater.cooled': return words.heaterCooled(heater)
    case 'heater.left_on': return words.heaterLeftOn(heater)
    case 'heater.runaway': return words.heaterRunaway
    case 'device.ready': return words.deviceReady
    case 'device.error': return words.deviceError
    case 'device.shutdown': return words.deviceShutdown
    case 'device.fault': return words.deviceFault
    case 'link.up': return words.linkUp
    case 'link.lost': return words.linkLost
    case 'link.auth_failed': return words.linkAuthFailed
    case 'link.refused': return words.linkRefused
    case 'camera.lost': return words.cameraLost
    case 'camera.up': return words.cameraUp
    case 'message.display':
    case 'message.user': return words.message
    case 'command.succeeded': return entryOf(words.commandDone, event.code) ?? words.commandDoneAlone
    case 'command.failed': return entryOf(words.commandFailed, event.code) ?? words.commandFailedAlone
    case 'command.acknowledged': return words.acknowledged
    case 'app.delivery_failing': return words.deliveryFailing
    case 'app.delivery_recovered': return words.deliveryRecovered
    case 'app.offline': return words.offline
    case 'app.update_available': return words.updateAvailable
    case 'app.test': return words.test
    case 'app.broadcast': return words.message
    case 'app.changed': return words.changed
    case 'app.silence_over': return words.silenceOver
    case 'server.event': return clean(event.native?.name ?? words.message)
  }
}

/** What a printer's heater is called; one that is none of the usual has its own name. */
function heaterOf(event: Hint, { words: { heaters } }: Language): string {
  const name = clean(event.heater?.name ?? '')
  if (name === '') return heaters.any
  if (name === 'bed') return heaters.bed
  if (name === 'chamber') return heaters.chamber
  if (/^tool0?$|^extruder$/.test(name)) return heaters.nozzle
  const number = /^tool(\d+)$/.exec(name)?.[1]
  return number === undefined ? name : heaters.nozzleOf(number)
}

export interface BodyContext {
  /** Epoch ms of the sending. */
  now: number
  /** IANA name; absent = the computer's. */
  timeZone?: string
  /** It could not be sent when it happened: the body begins with when that was. */
  late?: boolean
  /** Absent = English. */
  language?: Language
}

/** The body: when it happened if that is long ago, then cause and cure, file and percent last, within `limit` characters. */
export function bodyOf(event: EventDraft, context: BodyContext, limit: number): string {
  const language = context.language ?? ENGLISH
  const { words, formats } = language
  const file = event.job ? fileTitle(event.job.file.name) : null
  const { lead, details } = partsOf(event, language)
  const at = (): When => formats.when(event.occurredAt, context.now, context.timeZone)
  if (event.late) return fit([TERMINAL_TYPES.includes(event.type) ? words.lateEnd(at()) : words.late(at()), ...lead], file, details, limit)
  if (context.late !== true) return fit(lead, file, details, limit)
  const when = words.happenedAt(at())
  const rest = fit(lead, file, details, limit - lengthOf(words.then(when, '')))
  return rest === '' ? sentence(when) : words.then(when, rest)
}

/** What was said with an event: as the printer or its server said it, but what the engine said is said anew in the language. One line; '' = nothing. */
export function saidWith(event: EventDraft, { words, formats }: Language): string {
  if (event.reason === 'rehearsal' && event.text === english.rehearsal) return words.rehearsal
  const held = event.reason === 'cap_summary' ? event.context?.count : undefined
  return typeof held === 'number' ? words.heldBack(formats.count(held)) : clean(event.text ?? '')
}

interface Parts {
  lead: string[]
  details: (string | null)[]
}

function partsOf(event: EventDraft, language: Language): Parts {
  const { words } = language
  const done = percentOf(event, language)
  const text = saidWith(event, language)
  const said = text === '' ? null : sentence(text)
  const plain = (...lead: (string | null)[]): Parts => ({ lead: lead.filter((part) => part !== null), details: [done] })
  switch (event.type) {
    case 'job.started': return { lead: [], details: [told(event.remaining, language)] }
    case 'job.progress':
    case 'job.finishing_soon': return { lead: [], details: [event.type === 'job.progress' ? told(event.remaining, language) : done] }
    case 'job.eta_slipped': return plain(words.etaSlippedBody(told(event.remaining, language)))
    case 'job.stalled': return plain(words.stalledCure)
    case 'job.paused': return { lead: [paused(event, text, done, language)], details: [] }
    case 'job.done': return { lead: [], details: [told(event.printTime, language)] }
    case 'job.cancelled': return { lead: [ours(entryOf(words.cancelledBecause, event.reason) ?? words.cancelledAlone, done, language)], details: [] }
    case 'job.failed': return failed(event, text, done, language)
    case 'job.result_unknown': return event.reason === 'cancelled_or_failed' ? failed(event, text, done, language) : plain(event.reason === 'superseded' ? words.resultUnknownNext : words.resultUnknownBody)
    case 'attention.cleared': return plain(said)
    case 'attention.filament_runout':
    case 'attention.filament_change':
    case 'attention.user_input':
    case 'attention.door':
    case 'attention.plate': return attention(event, done, language)
    case 'attention.reminder': return event.about && !event.attention ? plain(subject(event, text, language)) : attention(event, done, language)
    case 'failure.warning': return plain(event.reason === 'paused' ? words.failureBody.warningPaused : words.failureBody.warning)
    case 'failure.detected': return plain(event.reason === 'paused' ? words.failureBody.detectedPaused : words.failureBody.detected)
    case 'heater.target_reached':
    case 'heater.cooled': return { lead: [], details: [degreesOf(event.heater?.actual, language)] }
    case 'heater.left_on': return plain(words.heaterLeftOnCure)
    case 'heater.runaway': return plain(said, words.heaterRunawayCure)
    case 'device.error':
    case 'device.fault': return plain(said, words.deviceErrorCure)
    case 'device.shutdown': return plain(said, words.deviceShutdownCure)
    case 'link.lost': return plain(said ?? (event.job === undefined ? words.linkLostIdle : words.linkLostPrinting))
    case 'link.auth_failed': return plain(said ?? words.linkAuthFailedCure)
    case 'link.refused': return plain(said ?? words.linkRefusedCure)
    case 'camera.lost': return plain(said ?? words.cameraLostBody)
    case 'app.delivery_failing': return plain(said ?? words.deliveryFailingBody)
    case 'app.offline': return plain(said ?? words.offlineBody)
    case 'app.silence_over': return plain(said ?? words.silenceOverBody)
    case 'command.acknowledged': return { lead: text === '' ? [] : [subject(event, text, language)], details: [] }
    case 'app.test': return plain(words.testBody(text === '' ? words.app : text))
    // A message is the sender's own: nothing is added to it.
    case 'app.broadcast':
    case 'message.display':
    case 'message.user': return { lead: text === '' ? [] : [text], details: [] }
    default: return plain(said)
  }
}

/** "Print failed: Thermistor broken." What it is about, and what was said of it; '' = nothing. */
function subject({ about, job }: EventDraft, said: string, language: Language): string {
  const what = about === undefined ? '' : happened({ type: about.type, ...(job ? { job } : {}) }, language)
  const begun = `${what.charAt(0).toLocaleUpperCase()}${what.slice(1)}`
  return sentence(what === '' || said === '' ? `${begun}${said}` : language.words.then(begun, said))
}

/** A cause in our words, as a sentence. */
function ours(cause: string, done: string | null, { words }: Language): string {
  return sentence(done === null ? cause : words.at(cause, done))
}

/** One in the words of the printer. */
function own(cause: string, done: string | null, { words }: Language): string {
  return sentence(done === null ? cause : words.ownAt(cause, done))
}

function paused(event: EventDraft, text: string, done: string | null, language: Language): string {
  const cause = entryOf(language.words.pausedBy, event.reason)
  return cause === null && text !== '' ? own(text, done, language) : ours(cause ?? language.words.pausedAlone, done, language)
}

function failed(event: EventDraft, text: string, done: string | null, language: Language): Parts {
  const known = entryOf<CauseAndCure>(language.words.failedBecause, event.reason)
  if (known === null) return { lead: [text === '' ? ours(language.words.failedNoCause, done, language) : own(text.replace(/\.$/, ''), done, language)], details: [] }
  // The server's own words, where ours already said the cause; last, as they are left out first.
  const more = text !== '' && event.reason !== 'cancelled_or_failed' ? sentence(text) : ''
  return { lead: [ours(known.cause, done, language), known.cure ?? '', more], details: [] }
}

/** The printer's own question first where it asks one; else the cure we know for this kind. */
function attention(event: EventDraft, done: string | null, language: Language): Parts {
  const kind = event.attention?.kind ?? kindOfType(event.type)
  const asked = clean(event.attention?.text ?? saidWith(event, language))
  const cure = language.words.attentionCure[kind]
  const lead = kind === 'user_input' && asked !== '' ? [sentence(asked), cure] : asked === '' ? [cure] : [cure, sentence(asked)]
  return { lead, details: [done] }
}

function kindOfType(type: EventDraft['type']): AttentionKind {
  const name = type.slice('attention.'.length)
  return name in ENGLISH.words.attention ? name as AttentionKind : 'user_input'
}

function percentOf(event: Hint, { formats }: Language): string | null {
  return event.progress === null || event.progress === undefined ? null : formats.percent(event.progress)
}

function degreesOf(celsius: number | null | undefined, { formats }: Language): string | null {
  return celsius === null || celsius === undefined ? null : formats.degrees(celsius)
}

function told(seconds: number | null | undefined, { formats }: Language): string | null {
  return seconds === null || seconds === undefined ? null : formats.duration(seconds)
}
