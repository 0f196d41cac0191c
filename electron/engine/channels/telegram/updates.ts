/** Reading what Telegram tells of people (https://core.telegram.org/bots/api#update). Everything in it is foreign. */
import { z } from 'zod'

export type UpdateKind = 'callback_query' | 'channel_post' | 'message'

/** Bytes of an answer that are read (kit/http.ts); a longer one breaks off. */
const READ_AT_MOST = 64 * 1024
const FIRST_ID = /"update_id"\s*:\s*(\d{1,15})/

const chat = z.object({ id: z.number(), type: z.string().optional(), title: z.string().optional(), username: z.string().optional(), first_name: z.string().optional() })
const message = z.object({ message_id: z.number(), chat, text: z.string().optional(), message_thread_id: z.number().optional(), is_topic_message: z.boolean().optional() })
const keyboard = z.object({ inline_keyboard: z.array(z.array(z.object({ callback_data: z.string().optional() }))) })
const update = z.object({
  update_id: z.number().int().nonnegative(),
  message: message.optional().catch(undefined),
  channel_post: message.optional().catch(undefined),
  callback_query: z.object({
    id: z.string(), data: z.string().optional(), message: message.extend({ reply_markup: keyboard.optional().catch(undefined) }).optional().catch(undefined),
  }).optional().catch(undefined),
})

export interface Chat {
  id: string
  /** Its title, or the name of the person. */
  name: string
  /** Without the "@"; null = it has none. */
  username: string | null
}

/** Somebody wrote. */
export interface Written {
  chat: Chat
  text: string
  /** Of a group with topics; null = none, or the general one. */
  topicId: number | null
}

/** Somebody pressed a button. */
export interface Callback {
  id: string
  data: string
  /** Null = the message is out of reach for the bot. */
  chat: Chat | null
  messageId: string | null
  /** What each button under the message carried; empty = not told. */
  beside: string[]
}

export interface Update {
  written: Written | null
  callback: Callback | null
}

export interface Batch {
  updates: Update[]
  /** Where to go on; null = as before. */
  next: number | null
  /** It was longer than what is read: ask for fewer. */
  tooLong: boolean
}

/**
 * @param result of the answer; undefined when it broke off
 * @param text the answer as it came
 * @param from what is older was heard already
 */
export function readBatch(result: unknown, text: string, from: number | null): Batch {
  if (result === undefined) return brokenOff(text, from)
  const fresh = (Array.isArray(result) ? result : []).flatMap((one: unknown) => {
    const parsed = update.safeParse(one)
    return parsed.success && parsed.data.update_id >= (from ?? 0) ? [parsed.data] : []
  })
  const last = fresh.reduce((newest, { update_id: id }) => Math.max(newest, id), -1)
  return { updates: fresh.map(updateOf), next: last < 0 ? null : last + 1, tooLong: false }
}

/** One update that is too long even alone is stepped over: nothing of ours is that long, and it would be sent again for ever. */
function brokenOff(text: string, from: number | null): Batch {
  if (Buffer.byteLength(text) < READ_AT_MOST) return { updates: [], next: null, tooLong: false }
  const ids = [...text.matchAll(new RegExp(FIRST_ID, 'g'))].map(([, id]) => Number(id))
  return { updates: [], next: ids.length === 1 && ids[0] !== undefined ? Math.max(from ?? 0, ids[0] + 1) : null, tooLong: true }
}

function updateOf(one: z.output<typeof update>): Update {
  const post = one.message ?? one.channel_post
  const query = one.callback_query
  return {
    written: post?.text === undefined ? null : { chat: chatOf(post.chat), text: post.text, topicId: post.is_topic_message === true ? post.message_thread_id ?? null : null },
    callback: query === undefined ? null : {
      id: query.id, data: query.data ?? '', chat: query.message ? chatOf(query.message.chat) : null, messageId: query.message ? String(query.message.message_id) : null,
      beside: (query.message?.reply_markup?.inline_keyboard ?? []).flat().flatMap(({ callback_data: data }) => data ?? []),
    },
  }
}

function chatOf({ id, title, username, first_name: firstName }: z.output<typeof chat>): Chat {
  return { id: String(id), name: title ?? firstName ?? username ?? 'this chat', username: username ?? null }
}
