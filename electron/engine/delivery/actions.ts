import type { EventDraft, EventType, PrinterCapabilities } from '../events/model.ts'
import type { ActionId, MessageAction } from './message.ts'
import { clean, cutEnd } from './text.ts'
import { WORDS } from './words.ts'

/** Besides `open`; more would not be shown anywhere. */
const MOST = 3
const LABEL_LIMIT = 16
/** Answers shown as buttons; with more choices a "Show" leads to the rest. */
const MOST_ANSWERS = 2

type Plain = keyof typeof WORDS.buttons

const RUNNING: ReadonlySet<EventType> = new Set<EventType>([
  'job.started', 'job.first_layer_done', 'job.layer', 'job.progress', 'job.milestone_time', 'job.finishing_soon', 'job.eta_slipped', 'job.resumed',
])

export function button(id: Plain): MessageAction {
  return { id, label: WORDS.buttons[id] }
}

/**
 * The buttons of an event, most useful first: at most three besides `open`, and only what the printer's server lets us do
 * (`capabilities` null = not known, then no commands are offered).
 */
export function actionsOf(event: EventDraft, capabilities: PrinterCapabilities | null): MessageAction[] {
  const offered = wished(event).filter((action) => allowed(action.id, capabilities))
  let others = 0
  return offered.filter((action) => action.id === 'open' || ++others <= MOST)
}

function wished(event: EventDraft): MessageAction[] {
  const { type } = event
  // What happened while nobody looked is over: there is nothing to command.
  if (type === 'job.done' || type === 'job.cancelled') return [button('open'), button('seen')]
  if (type === 'job.failed' || type === 'job.result_unknown') return [button('open'), button('acknowledge')]
  if (type === 'attention.cleared') return [button('open')]
  if (type.startsWith('attention.')) return attention(event)
  if (type === 'job.paused') return [button('resume'), button('cancel')]
  if (type.startsWith('failure.')) {
    return event.reason === 'paused' ? [button('open'), button('resume'), button('cancel'), button('acknowledge')]
      : [button('open'), button('pause'), button('cancel'), button('acknowledge')]
  }
  if (type === 'job.stalled') return [button('open'), button('pause'), button('cancel'), button('mute_1h')]
  if (RUNNING.has(type)) return [button('open'), button('pause'), button('cancel'), button('mute_1h')]
  if (type.startsWith('device.') || type.startsWith('heater.') || type.startsWith('link.')) return [button('open'), button('mute_1h')]
  return [button('open')]
}

function attention(event: EventDraft): MessageAction[] {
  const choices = event.attention?.choices ?? []
  if (choices.length === 0) return [button('resume'), button('acknowledge'), button('mute_1h')]
  const answers = choices.slice(0, MOST_ANSWERS).map((choice, index): MessageAction => ({ id: `answer:${index}`, label: cutEnd(clean(choice), LABEL_LIMIT) || `${index + 1}` }))
  const rest = choices.length > MOST_ANSWERS ? [button('open')] : []
  return [...answers, button('acknowledge'), button('mute_1h'), ...rest]
}

function allowed(id: ActionId, capabilities: PrinterCapabilities | null): boolean {
  if (id === 'pause') return capabilities?.pause === true
  if (id === 'resume') return capabilities?.resume === true
  if (id === 'cancel') return capabilities?.cancel === true
  if (id.startsWith('answer:')) return capabilities?.answer === true
  return true
}
