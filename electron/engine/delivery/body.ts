/** What happened, and cause and cure, for each type of the vocabulary. */
import { TERMINAL_TYPES, type EventDraft } from '../events/model.ts'
import { fit } from './fit.ts'
import { clean, clockTime, cutEnd, duration, fileTitle, lengthOf, percent, sentence } from './text.ts'
import { WORDS } from './words.ts'

/** Room that the title leaves for what happened, beside a printer's name that still tells something. */
const HAPPENING_LIMIT = 30

/** What is known of something that did not become an event: its type at least. */
type Hint = Pick<EventDraft, 'type'> & Partial<EventDraft>

/** What happened, in a few words: the second half of a title. @param limit characters that there is room for */
export function happening(event: Hint, limit = HAPPENING_LIMIT): string {
  return cutEnd(clean(happened(event)), limit)
}

function happened(event: Hint): string {
  const heater = event.heater ? WORDS.heaterName(event.heater.name) : 'heater'
  switch (event.type) {
    case 'job.started': return WORDS.started
    case 'job.first_layer_done': return WORDS.firstLayer
    case 'job.layer': return WORDS.layer(event.layer ?? null)
    case 'job.progress': return WORDS.progress(percentOf(event))
    case 'job.milestone_time': return WORDS.printingFor(told(event.printTime))
    case 'job.finishing_soon': return WORDS.doneIn(told(event.remaining))
    case 'job.eta_slipped': return WORDS.etaSlipped
    case 'job.stalled': return WORDS.stalled
    case 'job.paused': return WORDS.paused
    case 'job.resumed': return WORDS.resumed
    case 'job.done': return WORDS.done
    case 'job.cancelled': return WORDS.cancelled
    case 'job.failed': return event.reason === 'cancelled_or_failed' ? WORDS.cancelledOrFailed : WORDS.failed
    case 'job.result_unknown': return event.reason === 'cancelled_or_failed' ? WORDS.cancelledOrFailed : WORDS.resultUnknown
    case 'attention.filament_runout': return WORDS.attention.filament_runout
    case 'attention.filament_change': return WORDS.attention.filament_change
    case 'attention.user_input': return WORDS.attention.user_input
    case 'attention.door': return WORDS.attention.door
    case 'attention.plate': return WORDS.attention.plate
    case 'attention.cleared': return WORDS.attentionCleared
    case 'attention.reminder': return WORDS.attentionReminder
    case 'failure.warning': return WORDS.failureWarning
    case 'failure.detected': return WORDS.failureDetected
    case 'heater.target_reached': return WORDS.heaterReached(heater, WORDS.degrees(event.heater?.target ?? event.heater?.actual ?? null))
    case 'heater.cooled': return WORDS.heaterCooled(heater)
    case 'heater.left_on': return WORDS.heaterLeftOn(heater)
    case 'heater.runaway': return WORDS.heaterRunaway
    case 'device.ready': return WORDS.deviceReady
    case 'device.error': return WORDS.deviceError
    case 'device.shutdown': return WORDS.deviceShutdown
    case 'device.fault': return WORDS.deviceFault
    case 'link.up': return WORDS.linkUp
    case 'link.lost': return WORDS.linkLost
    case 'link.auth_failed': return WORDS.linkAuthFailed
    case 'link.refused': return WORDS.linkRefused
    case 'camera.lost': return WORDS.cameraLost
    case 'camera.up': return WORDS.cameraUp
    case 'message.display':
    case 'message.user': return WORDS.message
    case 'command.succeeded': return WORDS.commandDone(event.code)
    case 'command.failed': return WORDS.commandNotDone(event.code)
    case 'app.delivery_failing': return WORDS.deliveryFailing
    case 'app.delivery_recovered': return WORDS.deliveryRecovered
    case 'app.offline': return WORDS.offline
    case 'app.update_available': return WORDS.updateAvailable
    case 'app.test': return WORDS.test
    case 'server.event': return event.native?.name ?? WORDS.message
  }
}

/** The body: when it happened if that is long ago, then cause and cure, file and percent last, within `limit` characters. */
export function bodyOf(event: EventDraft, context: { now: number; timeZone?: string; late?: boolean }, limit: number): string {
  const file = event.job ? fileTitle(event.job.file.name) : null
  const { lead, details } = partsOf(event)
  if (event.late) return fit([lateSentence(event, context), ...lead], file, details, limit)
  if (context.late !== true) return fit(lead, file, details, limit)
  const when = WORDS.happenedAt(clockTime(event.occurredAt, context.now, context.timeZone))
  const rest = fit(lead, file, details, limit - lengthOf(when) - 2)
  return rest === '' ? sentence(when) : `${when}: ${rest}`
}

interface Parts {
  lead: string[]
  details: (string | null)[]
}

function partsOf(event: EventDraft): Parts {
  const done = percentOf(event)
  const text = event.text === undefined ? '' : clean(event.text)
  const said = text === '' ? null : sentence(text)
  const plain = (...lead: (string | null)[]): Parts => ({ lead: lead.filter((part) => part !== null), details: [done] })
  switch (event.type) {
    case 'job.started': return { lead: [], details: [told(event.remaining)] }
    case 'job.progress':
    case 'job.finishing_soon': return { lead: [], details: [event.type === 'job.progress' ? told(event.remaining) : done] }
    case 'job.eta_slipped': return plain(WORDS.etaSlippedBody(told(event.remaining)))
    case 'job.stalled': return plain(WORDS.stalledCure)
    case 'job.paused': return { lead: [sentence(WORDS.at(WORDS.pausedBy(event.reason) ?? (said === null ? 'Paused' : text), done))], details: [] }
    case 'job.done': return { lead: [], details: [told(event.printTime)] }
    case 'job.cancelled': return { lead: [sentence(WORDS.at(WORDS.cancelledBecause(event.reason), done))], details: [] }
    case 'job.failed': return failed(event, text, done)
    case 'job.result_unknown': return event.reason === 'cancelled_or_failed' ? failed(event, text, done) : plain(WORDS.resultUnknownBody(event.reason))
    case 'attention.cleared': return plain(said)
    case 'attention.filament_runout':
    case 'attention.filament_change':
    case 'attention.user_input':
    case 'attention.door':
    case 'attention.plate':
    case 'attention.reminder': return attention(event, done)
    case 'failure.warning':
    case 'failure.detected': return plain(WORDS.failureBody(event.type === 'failure.warning', event.reason === 'paused'))
    case 'heater.target_reached':
    case 'heater.cooled': return { lead: [], details: [WORDS.degrees(event.heater?.actual ?? null)] }
    case 'heater.left_on': return plain(WORDS.heaterLeftOnCure)
    case 'heater.runaway': return plain(said, WORDS.heaterRunawayCure)
    case 'device.error':
    case 'device.fault': return plain(said, WORDS.deviceErrorCure)
    case 'device.shutdown': return plain(said, WORDS.deviceShutdownCure)
    case 'link.lost': return plain(said ?? WORDS.linkLostBody(event.job !== undefined))
    case 'link.auth_failed': return plain(said ?? WORDS.linkAuthFailedCure)
    case 'link.refused': return plain(said ?? WORDS.linkRefusedCure)
    case 'camera.lost': return plain(said ?? WORDS.cameraLostBody)
    case 'app.delivery_failing': return plain(said ?? WORDS.deliveryFailingBody)
    case 'app.offline': return plain(said ?? WORDS.offlineBody)
    case 'app.test': return plain(text === '' ? WORDS.testBody(WORDS.app) : WORDS.testBody(text))
    // A message is the sender's own: nothing is added to it.
    case 'message.display':
    case 'message.user': return { lead: text === '' ? [] : [text], details: [] }
    default: return plain(said)
  }
}

function failed(event: EventDraft, text: string, done: string | null): Parts {
  const known = WORDS.failedBecause(event.reason)
  const cause = known?.cause ?? (text === '' ? WORDS.failedNoCause : text.replace(/\.$/, ''))
  // The server's own words, where ours already said the cause; last, as they are left out first.
  const more = known !== null && text !== '' && event.reason !== 'cancelled_or_failed' ? sentence(text) : ''
  return { lead: [sentence(WORDS.at(cause, done)), known?.cure ?? '', more], details: [] }
}

/** The printer's own question first where it asks one; else the cure we know for this kind. */
function attention(event: EventDraft, done: string | null): Parts {
  const kind = event.attention?.kind ?? kindOfType(event.type)
  const asked = clean(event.attention?.text ?? event.text ?? '')
  const cure = WORDS.attentionCure(kind)
  const lead = kind === 'user_input' && asked !== '' ? [sentence(asked), cure] : asked === '' ? [cure] : [cure, sentence(asked)]
  return { lead, details: [done] }
}

function kindOfType(type: EventDraft['type']): keyof typeof WORDS.attention {
  const name = type.slice('attention.'.length)
  return name in WORDS.attention ? name as keyof typeof WORDS.attention : 'user_input'
}

function lateSentence(event: EventDraft, context: { now: number; timeZone?: string }): string {
  const time = clockTime(event.occurredAt, context.now, context.timeZone)
  return TERMINAL_TYPES.includes(event.type) ? WORDS.lateEnd(time) : WORDS.late(time)
}

function percentOf(event: Hint): string | null {
  return event.progress === null || event.progress === undefined ? null : percent(event.progress)
}

function told(seconds: number | null | undefined): string | null {
  return seconds === null || seconds === undefined ? null : duration(seconds)
}
