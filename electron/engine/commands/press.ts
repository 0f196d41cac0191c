import type { ActionId } from '../delivery/message.ts'
import type { PrinterEvent } from '../events/model.ts'
import type { Wish, WishAction } from './wish.ts'

/** A button does something for a day; whether its print still runs is checked when it is pressed. ms */
export const BUTTON_LIFE_MS = 24 * 3_600_000
const MUTE_SECONDS = 3_600

/**
 * The wish behind a press on a message's button. Null when the button is no wish to the engine (keep, seen, seen_all,
 * open_history), or would command a print although its event belongs to none: such a button is never made.
 * @param now epoch ms
 */
export function pressToWish(press: { eventId: string | null; action: ActionId; destinationId?: string }, event: PrinterEvent, now: number, from: Wish['from'] = 'toast'): Wish | null {
  const action = actionOf(press.action)
  if (action === null) return null
  const jobKey = event.job?.key ?? null
  if (jobKey === null && (action.name === 'pause' || action.name === 'resume' || action.name === 'cancel')) return null
  const confirmed = press.action === 'cancel_confirm'
  return {
    printerId: event.printerId,
    jobKey,
    action,
    from,
    // The question was shown just now: its own minute is kept in createCommands, which asked it.
    madeAt: confirmed ? now : event.observedAt,
    expiresAt: event.observedAt + BUTTON_LIFE_MS,
    confirmed,
    eventId: event.id,
    ...(press.action === 'resume_mute' ? { thenMute: true } : {}),
    ...(press.destinationId === undefined ? {} : { destinationId: press.destinationId }),
  }
}

function actionOf(id: ActionId): WishAction | null {
  switch (id) {
    case 'open': return { name: 'open' }
    case 'pause': return { name: 'pause' }
    case 'resume':
    case 'resume_mute': return { name: 'resume' }
    case 'cancel':
    case 'cancel_confirm': return { name: 'cancel' }
    case 'acknowledge': return { name: 'acknowledge' }
    case 'mute_1h': return { name: 'mute', seconds: MUTE_SECONDS }
    case 'keep':
    case 'seen':
    case 'seen_all':
    case 'open_history': return null
    default: {
      const choice = Number(id.slice('answer:'.length))
      return id.startsWith('answer:') && Number.isInteger(choice) && choice >= 0 ? { name: 'answer', choice } : null
    }
  }
}
