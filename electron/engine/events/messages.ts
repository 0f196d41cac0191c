/** Messages, cameras, and a server's own events that nothing normalised carries. */
import type { Native, Signal } from './model.ts'
import { emit, type Turn } from './turn.ts'

/** What makes two texts the same message. */
export const messageKey = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase()

/** A step that is unique for what has no identity but its time. */
function moment(turn: Turn): string {
  const { count } = turn.notes
  count.n = count.at === turn.at ? count.n + 1 : 0
  count.at = turn.at
  return `${turn.at}:${count.n}`
}

export function message(turn: Turn, signal: Extract<Signal, { type: 'message' }>): void {
  const { notes, state } = turn
  if (signal.for === 'user') {
    emit(turn, 'message.user', { step: moment(turn), text: signal.text })
    return
  }
  if (signal.text === notes.display) return
  notes.display = signal.text
  state.message = signal.text
  emit(turn, 'message.display', { step: moment(turn), text: signal.text })
}

/** The display was emptied: the same text is news again. */
export function displayCleared(turn: Turn): void {
  turn.notes.display = null
  turn.state.message = null
}

export function camera(turn: Turn, signal: Extract<Signal, { type: 'camera' }>): void {
  const { cameras } = turn.notes
  const was = cameras[signal.camera] ?? true
  cameras[signal.camera] = signal.up
  if (was === signal.up) return
  turn.edge = true
  emit(turn, signal.up ? 'camera.up' : 'camera.lost', { step: `${signal.camera}:${turn.at}`, reason: signal.cause ?? undefined, code: signal.camera })
}

/** A server's own event that nothing else carries: `server.event` for who asked for it by name. */
export function swallowed(turn: Turn, native: Native | null): void {
  if (!native || !turn.context.wantsNative(native.name)) return
  emit(turn, 'server.event', { step: `${native.name}:${moment(turn)}`, native, code: native.name })
}
