/** What Pushover's Message API gets (pushover.net/api): a form, with the picture as a part of it where there is one. Plain text: `html` is never set. */
import type { Message, Picture } from '../../delivery/message.ts'
import { cutEnd } from '../../delivery/text.ts'
import type { DestinationConfig } from '../channel.ts'
import { picturePart } from '../kit/picture-part.ts'
import { LOUDNESS, type PushoverConfig } from './config.ts'

export const BASE = 'https://api.pushover.net/1'
/** Characters, pushover.net/api "Limitations". */
const TITLE_LIMIT = 250
const MESSAGE_LIMIT = 1_024
export const EMERGENCY = 2
export const PICTURE_NAME = 'snapshot.jpg'

/** What is said, without who says it to whom. */
export type Fields = Record<string, string>

export function fieldsOf(message: Message, config: PushoverConfig): Fields {
  const priority = priorityOf(message, config)
  return {
    title: cutEnd(message.title, TITLE_LIMIT),
    // An empty message is refused.
    message: cutEnd(message.body === '' ? message.title : message.body, MESSAGE_LIMIT),
    priority: String(priority),
    // When it happened, where it could not be sent at once.
    timestamp: String(Math.floor(message.occurredAt / 1000)),
    ...(priority === EMERGENCY ? { retry: String(config.retrySeconds), expire: String(config.expireSeconds) } : {}),
    ...(config.device === '' ? {} : { device: config.device }),
    ...(config.sound === '' ? {} : { sound: config.sound }),
    ...(config.click === '' ? {} : { url: config.click }),
  }
}

export function priorityOf({ kind, severity }: Pick<Message, 'kind' | 'severity'>, config: PushoverConfig): number {
  // Whoever tests wants to hear it.
  if (kind === 'test') return LOUDNESS.normal
  // Only what can be acknowledged here is repeated until then.
  if (severity === 'critical' && kind === 'event' && config.emergency) return EMERGENCY
  return LOUDNESS[config.loudness[severity]]
}

export function bodyOf(fields: Fields, picture: Picture | null, { secrets }: DestinationConfig<PushoverConfig>): FormData | URLSearchParams {
  const all = { token: secrets.token?.reveal() ?? '', user: secrets.user?.reveal() ?? '', ...fields }
  if (picture === null) return new URLSearchParams(all)
  const form = new FormData()
  for (const [name, value] of Object.entries(all)) form.append(name, value)
  form.append('attachment', picturePart(picture), PICTURE_NAME)
  return form
}
