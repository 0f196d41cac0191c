/** From the toast to the options of a macOS notification. Pure. */
import { fileURLToPath } from 'node:url'
import { bodyWithChoices, titleWithPercent } from './toast.ts'
import type { Toast } from './toast.ts'

/** Bytes of title and body together that Notification Center shows; what is beyond is cut by it in the middle of anything. */
const SHOWN_BYTES = 256
/** So much of them belongs to the body at least. */
const BODY_BYTES = 96
/** Buttons in the menu of an alert. */
const MOST_BUTTONS = 4

/** What Electron's Notification is given on macOS. */
export interface MacNotification {
  id: string
  groupId: string
  title: string
  body: string
  silent: boolean
  hasReply: false
  actions: { type: 'button'; text: string }[]
  closeButtonText: string
  /** The snapshot: macOS shows it small at the side, large when the notification is opened. */
  icon?: string
}

/** @param marks the notification's name, and the name under which those of one job are stacked */
export function renderMacNotification(toast: Toast, marks: { id: string; group: string }): MacNotification {
  const title = cutToBytes(titleWithPercent(toast), SHOWN_BYTES - BODY_BYTES)
  const rest = toast.actions.slice(MOST_BUTTONS)
  const body = rest.length === 0 ? toast.body : bodyWithChoices({ ...toast, actions: rest })
  return {
    id: marks.id,
    groupId: marks.group,
    title,
    body: cutToBytes(body, SHOWN_BYTES - Buffer.byteLength(title)),
    silent: toast.quiet,
    hasReply: false,
    actions: toast.actions.slice(0, MOST_BUTTONS).map(({ label }) => ({ type: 'button', text: label })),
    // Closing is no answer; a question's safe answer is the click on it.
    closeButtonText: 'Close',
    ...(toast.picture === null ? {} : { icon: fileURLToPath(toast.picture.url) }),
  }
}

/** The text up to `bytes` of UTF-8, whole characters only, with an ellipsis where something is missing. */
export function cutToBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  const ellipsis = '…'
  let size = Buffer.byteLength(ellipsis)
  let shown = ''
  for (const character of text) {
    size += Buffer.byteLength(character)
    if (size > bytes) break
    shown += character
  }
  return `${shown.trimEnd()}${ellipsis}`
}
