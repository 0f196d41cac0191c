/**
 * What ntfy gets. Without a picture: JSON to the server's root, so that the topic stands in no address and no access log of a proxy.
 * With one: the picture's bytes to the topic, everything else in headers (docs.ntfy.sh/publish, "Publish as JSON" and "Attach local file").
 */
import { createHash } from 'node:crypto'
import { languageOf } from '../../delivery/languages/language.ts'
import type { Message, Picture } from '../../delivery/message.ts'
import type { EventType, Severity } from '../../events/model.ts'
import type { DestinationConfig, Sending } from '../channel.ts'
import type { Asked } from '../kit/http.ts'
import { cutBytes } from '../kit/text.ts'
import { LOUDNESS, type NtfyConfig } from './config.ts'

/** A longer message silently becomes a text file. Bytes. */
const MESSAGE_BYTES = 4_096
/** A longer title is refused (1 kB). Bytes. */
const TITLE_BYTES = 1_000
/** Priority. */
const NORMAL = 3
export const PICTURE_NAME = 'snapshot.jpg'

/** What a message says, before it becomes JSON or headers. Absent keys are not sent. */
export interface Published {
  title: string
  message: string
  priority: number
  tags: string[]
  click?: string
  actions?: { action: 'view'; label: string; url: string }[]
  sequence_id: string
}

export type NtfyRequest = Pick<Asked, 'method' | 'url' | 'headers' | 'data'>

export function published({ message, deliveryKey }: Pick<Sending, 'message' | 'deliveryKey'>, config: NtfyConfig): Published {
  const { click } = config
  return {
    title: cutBytes(message.title, TITLE_BYTES),
    // An empty message would be shown as "triggered".
    message: cutBytes(message.body === '' ? message.title : message.body, MESSAGE_BYTES),
    // Whoever tests wants to hear it.
    priority: message.kind === 'test' ? NORMAL : priorityOf(message.severity, config),
    tags: [...(config.symbols ? [symbolOf(message.type, message.severity)] : []), ...config.tags],
    ...(click === '' ? {} : { click, actions: [{ action: 'view' as const, label: languageOf(message.language).words.toast.open, url: click }] }),
    sequence_id: sequenceOf(message, deliveryKey, config.keepOneMessage),
  }
}

function priorityOf(severity: Severity, config: NtfyConfig): number {
  return LOUDNESS.indexOf(config.loudness[severity]) + 1
}

/**
 * What a later message of the same name replaces on the phone. The news of one print share one; what needs a person stands alone, so
 * that no "50 % printed" takes its place. A message that is sent twice (its answer was lost) has the same name too, and shows once.
 * A server older than 2.16 reads past it.
 */
export function sequenceOf(message: Pick<Message, 'type' | 'threadKey' | 'job' | 'kind'>, deliveryKey: string, keepOneMessage: boolean): string {
  const together = keepOneMessage && message.kind === 'event' && message.job !== null && NEWS_OF_A_PRINT.has(message.type)
  // A file's name must not be told by it, and at most 64 of few characters are taken.
  return createHash('sha256').update(together ? `job|${message.threadKey}` : `one|${deliveryKey}`).digest('hex').slice(0, 32)
}

const NEWS_OF_A_PRINT: ReadonlySet<EventType> = new Set<EventType>([
  'job.started', 'job.first_layer_done', 'job.layer', 'job.progress', 'job.milestone_time', 'job.finishing_soon', 'job.eta_slipped', 'job.paused', 'job.resumed',
  'job.done', 'job.cancelled', 'job.failed', 'job.result_unknown',
])

/** Names of emojis, docs.ntfy.sh/emojis: ntfy puts them before the title. */
const SYMBOLS: Partial<Record<EventType, string>> = {
  'job.started': 'arrow_forward', 'job.resumed': 'arrow_forward', 'job.paused': 'pause_button', 'job.done': 'white_check_mark', 'job.cancelled': 'stop_button', 'job.failed': 'x',
  'job.result_unknown': 'question', 'job.finishing_soon': 'hourglass_flowing_sand', 'attention.cleared': 'white_check_mark', 'app.test': 'bell', 'camera.lost': 'camera', 'camera.up': 'camera',
  'app.delivery_recovered': 'white_check_mark', 'link.up': 'electric_plug', 'link.lost': 'electric_plug', 'command.succeeded': 'white_check_mark', 'command.acknowledged': 'white_check_mark', 'app.broadcast': 'bell',
}
const SYMBOLS_OF_SEVERITY: Readonly<Record<Severity, string>> = {
  info: 'printer', success: 'white_check_mark', warning: 'warning', error: 'exclamation', critical: 'rotating_light',
}

function symbolOf(type: EventType, severity: Severity): string {
  return SYMBOLS[type] ?? SYMBOLS_OF_SEVERITY[severity]
}

export function requestOf(said: Published, picture: Picture | null, destination: DestinationConfig<NtfyConfig>): NtfyRequest {
  const { server, topic } = destination.config
  const authorization = authorizationOf(destination)
  if (picture === null) {
    return { method: 'POST', url: `${server}/`, headers: { ...authorization, 'Content-Type': 'application/json' }, data: JSON.stringify({ topic, ...said }) }
  }
  return {
    method: 'PUT',
    url: `${server}/${topic}`,
    headers: {
      ...authorization,
      'Content-Type': 'image/jpeg',
      'X-Filename': PICTURE_NAME,
      'X-Title': headerText(said.title),
      'X-Message': headerText(said.message),
      'X-Priority': String(said.priority),
      ...(said.tags.length === 0 ? {} : { 'X-Tags': headerText(said.tags.join(',')) }),
      ...(said.click === undefined ? {} : { 'X-Click': headerText(said.click) }),
      ...(said.actions === undefined ? {} : { 'X-Actions': headerText(JSON.stringify(said.actions)) }),
      'X-Sequence-ID': said.sequence_id,
    },
    // Bytes of its own: the picture may be a view into a larger buffer.
    data: new Uint8Array(picture.jpeg),
  }
}

/**
 * Headers carry plain characters only; ntfy decodes RFC 2047 in each of them. Plain text that looks encoded is encoded too, so that
 * it arrives as it was written.
 */
export function headerText(text: string): string {
  const plain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !text.includes('=?')
  return plain ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
}

function authorizationOf({ config, secrets }: DestinationConfig<NtfyConfig>): Record<string, string> {
  if (secrets.token !== undefined) return { Authorization: `Bearer ${secrets.token.reveal()}` }
  if (config.user === '' || secrets.password === undefined) return {}
  return { Authorization: `Basic ${Buffer.from(`${config.user}:${secrets.password.reveal()}`).toString('base64')}` }
}
