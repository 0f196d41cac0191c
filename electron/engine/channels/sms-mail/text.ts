/** The text of an SMS: the important first, within one message. */
import type { Message } from '../../delivery/message.ts'
import { shorten, SMS_LIMIT } from '../../delivery/shorten.ts'
import { fitsOneMessage, plainer } from './gsm.ts'

/**
 * Prefix, title, then as much of the body as fits into one message: 160 characters, or 70 when one is outside of the GSM alphabet.
 * What lies outside may stand in the part that is cut off, so the longest text that fits is looked for.
 */
export function smsOf(message: Pick<Message, 'title' | 'body'>, prefix: string): string {
  const parts = { title: plainer(message.title), body: plainer(message.body) }
  for (let limit = SMS_LIMIT; limit > 0; limit--) {
    const text = plainer(shorten(parts, { limit, prefix: plainer(prefix) }))
    if (fitsOneMessage(text)) return text
  }
  return ''
}
