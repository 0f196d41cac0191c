/** Which topic an event has: the seven of OctoPrint-Webhooks, and `Custom Event` for everything else that is chosen. */
import type { Message } from '../../delivery/message.ts'
import type { EventType } from '../../events/model.ts'
import type { OctoPrintWebhooksConfig } from './config.ts'

/** The plugin's topics are fixed English texts; receivers switch on them. */
export const TOPICS = {
  started: { topic: 'Print Started', native: 'PrintStarted', text: 'startedMessage' },
  done: { topic: 'Print Done', native: 'PrintDone', text: 'doneMessage' },
  failed: { topic: 'Print Failed', native: 'PrintFailed', text: 'failedMessage' },
  cancelled: { topic: 'Print Cancelled', native: 'PrintCancelled', text: 'cancelledMessage' },
  paused: { topic: 'Print Paused', native: 'PrintPaused', text: 'pausedMessage' },
  action: { topic: 'User Action Needed', native: 'plugin_webhooks_notify', text: 'actionMessage' },
  progress: { topic: 'Print Progress', native: 'plugin_webhooks_progress', text: 'progressMessage' },
  error: { topic: 'Error', native: 'Error', text: 'errorMessage' },
} as const satisfies Record<string, { topic: string; native: string; text: keyof OctoPrintWebhooksConfig }>
export type TopicId = keyof typeof TOPICS

export const CUSTOM_TOPIC = 'Custom Event'

/** What an event is sent as. */
export interface Topic {
  /** 'custom' has no fixed place. */
  id: TopicId | 'custom'
  topic: string
  /** The text of `@message`, with parameters; null = the words that Printbell itself tells it with. */
  text: string | null
}

const OF_TYPE: Partial<Readonly<Record<EventType, TopicId>>> = {
  'job.started': 'started',
  'job.done': 'done',
  'job.failed': 'failed',
  'job.cancelled': 'cancelled',
  'job.paused': 'paused',
  'job.progress': 'progress',
  'attention.filament_runout': 'action',
  'attention.filament_change': 'action',
  'attention.user_input': 'action',
  'attention.door': 'action',
  'attention.plate': 'action',
  'attention.reminder': 'action',
  'device.error': 'error',
  'device.shutdown': 'error',
  'device.fault': 'error',
  'heater.runaway': 'error',
}
/** Of a topic that fits, but with words of their own: the editable text was written for something else. */
const IN_OWN_WORDS: Partial<Readonly<Record<EventType, TopicId>>> = { 'job.result_unknown': 'failed', 'failure.warning': 'action', 'failure.detected': 'action' }

/** @param config `testEvent` says as what a test message is sent */
export function topicOf(message: Pick<Message, 'kind' | 'type' | 'event'>, config: OctoPrintWebhooksConfig): Topic {
  if (message.kind === 'test') return standard(config.testEvent, config)
  if (message.kind === 'question') return { ...standard('action', config), text: null }
  if (message.kind !== 'event') return { id: 'custom', topic: CUSTOM_TOPIC, text: null }
  const chosen = message.event?.native === undefined ? null : customText(message.event.native.name, config.customEvents)
  if (chosen !== null) return { id: 'custom', topic: CUSTOM_TOPIC, text: chosen === '' ? null : chosen }
  const inOwnWords = IN_OWN_WORDS[message.type]
  if (inOwnWords !== undefined) return { ...standard(inOwnWords, config), text: null }
  const id = message.type === 'server.event' ? ofNative(message.event?.native?.name) : OF_TYPE[message.type]
  return id === undefined ? { id: 'custom', topic: CUSTOM_TOPIC, text: null } : standard(id, config)
}

/** OctoPrint's own event told by itself: the error that a failed print carries as well. */
function ofNative(name: string | undefined): TopicId | undefined {
  return Object.entries(TOPICS).find(([, { native }]) => native === name)?.[0] as TopicId | undefined
}

function standard(given: TopicId, config: OctoPrintWebhooksConfig): Topic {
  // OctoPrint tells a cancel as a failure, and that is what the plugin's users have rules for.
  const id = given === 'cancelled' && config.cancelTopic === TOPICS.failed.topic ? 'failed' : given
  return { id: given, topic: TOPICS[id].topic, text: config[TOPICS[id].text] }
}

/** Names are compared as the plugin does: upper and lower case are the same. */
function customText(name: string, events: Readonly<Record<string, string>>): string | null {
  const found = Object.entries(events).find(([chosen]) => chosen.toLowerCase() === name.toLowerCase())
  return found === undefined ? null : found[1]
}
