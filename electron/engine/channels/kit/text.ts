/** Fitting a message into what the far side shows. Escaping for its markup is each channel's own business. */
import type { Message } from '../../delivery/message.ts'

const ELLIPSIS = '…'
const ELLIPSIS_BYTES = 3

/** At most `limit` bytes of UTF-8, whole characters, with an ellipsis inside the limit. */
export function cutBytes(text: string, limit: number): string {
  if (Buffer.byteLength(text) <= limit) return text
  let bytes = 0
  let cut = ''
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > limit - ELLIPSIS_BYTES) break
    cut += character
  }
  return limit < ELLIPSIS_BYTES ? '' : `${cut.trimEnd()}${ELLIPSIS}`
}

/** Title and body on their own lines; a message without a body is its title. */
export function plainText(message: Pick<Message, 'title' | 'body'>): string {
  return message.body === '' ? message.title : `${message.title}\n${message.body}`
}

/** For HTML text and attribute values. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
