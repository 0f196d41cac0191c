/** The words of a message as Telegram shows them (https://core.telegram.org/bots/api#html-style). */
import { cutEnd, lengthOf } from '../../delivery/text.ts'
import type { Message } from '../../delivery/message.ts'
import { escapeHtml, plainText } from '../kit/text.ts'

/** Characters after the markup is taken away; Telegram counts code points. */
export const TEXT_LIMIT = 4096
export const CAPTION_LIMIT = 1024

/** Whether the words fit under a picture. */
export function fitsCaption(message: Pick<Message, 'title' | 'body'>): boolean {
  return lengthOf(plainText(message)) <= CAPTION_LIMIT
}

/** The title in bold, then the body; cut to what Telegram shows. */
export function htmlOf({ title, body }: Pick<Message, 'title' | 'body'>): string {
  const head = cutEnd(title, TEXT_LIMIT)
  const rest = cutEnd(body, Math.max(0, TEXT_LIMIT - lengthOf(head) - 1))
  return rest === '' ? `<b>${escapeHtml(head)}</b>` : `<b>${escapeHtml(head)}</b>\n${escapeHtml(rest)}`
}
