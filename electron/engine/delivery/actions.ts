import type { EventDraft, EventType, PrinterCapabilities } from '../events/model.ts'
import type { ActionId, MessageAction } from './message.ts'
import type { Catalogue } from './languages/english.ts'
import { ENGLISH } from './languages/language.ts'
import { clean, cutEnd } from './text.ts'

/** Besides `open`; more would not be shown anywhere. */
const MOST = 3
const LABEL_LIMIT = 16
/** Answers shown as buttons; with more choices a "Show" leads to the rest. */
const MOST_ANSWERS = 2

type Plain = keyof Catalogue['buttons']

const RUNNING: ReadonlySet<EventType> = new Set<EventType>([
  'job.started', 'job.first_layer_done', 'job.layer', 'job.progress', 'job.milestone_time', 'job.finishing_soon', 'job.eta_slipped', 'job.resumed',
])

export function button(id: Plain, { words } = ENGLISH): MessageAction {
  return { id, label: words.buttons[id] }
}

/**
 * The buttons of an event, most useful first: at most three besides `open`, and only what the printer's server lets us do
 * (`capabilities` null = not known, then no commands are offered).
 */
export function actionsOf(event: EventDraft, capabilities: PrinterCapabilities | null, language = ENGLISH): MessageAction[] {
  const offered = wished(event).filter((wish) => allowed(typeof wish === 'string' ? wish : wish.id, capabilities))
  let others = 0
  return offered.filter((wish) => wish === 'open' || ++others <= MOST).map((wish) => (typeof wish === 'string' ? button(wish, language) : wish))
}

/** A button of ours, or one with the printer's own words. */
type Wish = Plain | MessageAction

function wished(event: EventDraft): Wish[] {
  const { type } = event
  // What happened while nobody looked is over: there is nothing to command.
  if (type === 'job.done' || type === 'job.cancelled') return ['open', 'seen']
  if (type === 'job.failed' || type === 'job.result_unknown') return ['open', 'acknowledge']
  if (type === 'attention.cleared') return ['open']
  // What is open again, and waits for no answer: a print that failed, a printer in error.
  if (type === 'attention.reminder' && event.about && !event.attention) return ['open', 'acknowledge', 'mute_1h']
  if (type.startsWith('attention.')) return attention(event)
  if (type === 'job.paused') return ['resume', 'cancel']
  if (type.startsWith('failure.')) {
    // Whoever resumes has answered it (R38); what nobody may send leaves room for that.
    return event.reason === 'paused' ? ['open', 'resume', 'resume_mute', 'cancel', 'acknowledge']
      : ['open', 'pause', 'cancel', 'acknowledge']
  }
  if (type === 'job.stalled') return ['open', 'pause', 'cancel', 'mute_1h']
  if (RUNNING.has(type)) return ['open', 'pause', 'cancel', 'mute_1h']
  if (type.startsWith('device.') || type.startsWith('heater.') || type.startsWith('link.')) return ['open', 'mute_1h']
  return ['open']
}

function attention(event: EventDraft): Wish[] {
  const choices = event.attention?.choices ?? []
  if (choices.length === 0) return ['resume', 'acknowledge', 'mute_1h']
  const answers = choices.slice(0, MOST_ANSWERS).map((choice, index): MessageAction => ({ id: `answer:${index}`, label: cutEnd(clean(choice), LABEL_LIMIT) || `${index + 1}` }))
  const rest: Wish[] = choices.length > MOST_ANSWERS ? ['open'] : []
  return [...answers, 'acknowledge', 'mute_1h', ...rest]
}

function allowed(id: ActionId, capabilities: PrinterCapabilities | null): boolean {
  if (id === 'pause') return capabilities?.pause === true
  if (id === 'resume' || id === 'resume_mute') return capabilities?.resume === true
  if (id === 'cancel') return capabilities?.cancel === true
  if (id.startsWith('answer:')) return capabilities?.answer === true
  return true
}
