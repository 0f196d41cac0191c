/** A message as Slack shows it. */
import { cutEnd } from '../../delivery/text.ts'
import type { Message } from '../../delivery/message.ts'
import { plainText } from '../kit/text.ts'

/** Characters; above it Slack folds or refuses texts (https://docs.slack.dev/reference/block-kit/composition-objects/text-object). */
export const TEXT_LIMIT = 3000

interface TextElement {
  type: 'text'
  text: string
  style?: { bold: true }
}

/** A block whose text is taken as it is: no mark means anything in it (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block). */
export interface RichText {
  type: 'rich_text'
  elements: [{ type: 'rich_text_section'; elements: TextElement[] }]
}

/** The title in bold, then the body. */
export function blocksOf(message: Pick<Message, 'title' | 'body'>): [RichText] {
  const title = cutEnd(message.title, TEXT_LIMIT / 2)
  const body = cutEnd(message.body, TEXT_LIMIT / 2)
  const elements: TextElement[] = [{ type: 'text', text: title, style: { bold: true } }]
  if (body !== '') elements.push({ type: 'text', text: `\n${body}` })
  return [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements }] }]
}

/** What notifications and screen readers say. Here three characters would mean something: <!everyone> rings for everybody. */
export function fallbackOf(message: Pick<Message, 'title' | 'body'>): string {
  return escapeSlack(cutEnd(plainText(message), TEXT_LIMIT))
}

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
