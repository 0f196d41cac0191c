/** Buttons under a message, and what a press on one brings back. */
import { createHash } from 'node:crypto'
import type { ActionId, Message } from '../../delivery/message.ts'

/** Bytes that Telegram carries with a button (https://core.telegram.org/bots/api#inlinekeyboardbutton). */
const LONGEST_DATA = 64
const IN_A_ROW = 2
/** What opens a window at the desk is of no use in a pocket. */
const AT_THE_DESK: ReadonlySet<ActionId> = new Set<ActionId>(['open', 'open_history'])
const ACTIONS: ReadonlySet<string> = new Set<ActionId>(['pause', 'resume', 'resume_mute', 'cancel', 'cancel_confirm', 'keep', 'mute_1h', 'acknowledge', 'seen', 'seen_all'])

export interface Keyboard {
  inline_keyboard: { text: string; callback_data: string }[][]
}

export interface PressedButton {
  eventId: string | null
  action: ActionId
}

/** Tells the buttons of one destination from those of another that shares its bot. */
export function tagOf(destinationId: string): string {
  return createHash('sha256').update(destinationId).digest('base64url').slice(0, 8)
}

/** Null = there is nothing to press. */
export function keyboardOf(message: Pick<Message, 'actions' | 'event'>, tag: string): Keyboard | null {
  const buttons = message.actions.filter(({ id }) => !AT_THE_DESK.has(id))
    .map(({ id, label }) => ({ text: label, callback_data: `${tag}:${message.event?.id ?? ''}:${id}` }))
    .filter(({ callback_data: data }) => Buffer.byteLength(data) <= LONGEST_DATA)
  if (buttons.length === 0) return null
  const rows = Array.from({ length: Math.ceil(buttons.length / IN_A_ROW) }, (_, row) => buttons.slice(row * IN_A_ROW, (row + 1) * IN_A_ROW))
  return { inline_keyboard: rows }
}

/** Null = none of this destination's. A hand-made client may send anything. */
export function readPress(data: string, tag: string): PressedButton | null {
  const [, own, eventId, action] = /^([\w-]{8}):([^:]*):(.+)$/.exec(data) ?? []
  if (own !== tag || eventId === undefined || action === undefined) return null
  if (!ACTIONS.has(action) && !/^answer:\d{1,3}$/.test(action)) return null
  return { eventId: eventId === '' ? null : eventId, action: action as ActionId }
}
