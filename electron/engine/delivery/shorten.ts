/** Texts for where there is little room (mail subjects, SMS): the important first. */
import type { Message } from './message.ts'
import { clean, cutEnd, lengthOf } from './text.ts'

export const SUBJECT_LIMIT = 50
export const SMS_LIMIT = 160

/**
 * A message on one line of at most `limit` characters: prefix, title, then as much of the body as fits. The title is cut
 * only when it does not fit alone; a prefix that leaves no room for the title is left out.
 * @param options.limit characters; 160 (one SMS) unless told
 */
export function shorten(message: Pick<Message, 'title' | 'body'>, options: { limit?: number; prefix?: string } = {}): string {
  const limit = options.limit ?? SMS_LIMIT
  const title = clean(message.title)
  const body = clean(message.body)
  const prefix = clean(options.prefix ?? '')
  const head = prefix !== '' && lengthOf(prefix) + 1 + lengthOf(title) <= limit ? `${prefix} ${title}` : title
  return cutEnd(body === '' ? head : `${head}. ${body}`, limit)
}

/** The subject of a mail: at most 50 characters with its prefix. */
export function subjectOf(message: Pick<Message, 'title'>, prefix = ''): string {
  return shorten({ title: message.title, body: '' }, { limit: SUBJECT_LIMIT, prefix })
}
