/** Klipper's and Moonraker's words in Printbell's: states of the job and of the host, and why it stopped. */
import type { FailReason, JobPhase } from '../../events/model.ts'

/** `print_stats.state`. Heating counts as printing; what comes before is not told. */
export type PrintPhase = Extract<JobPhase, 'none' | 'printing' | 'paused' | 'done' | 'cancelled' | 'failed'>

const BY_STATE: Readonly<Record<string, PrintPhase>> = {
  standby: 'none', printing: 'printing', paused: 'paused', complete: 'done', cancelled: 'cancelled', error: 'failed',
  // Anycubic's and Rinkhals' fork.
  completed: 'done',
}

/** @returns null for a word of a newer or other Klipper: then the phase before stays. */
export function phaseOfPrint(state: unknown): PrintPhase | null {
  return typeof state === 'string' && Object.hasOwn(BY_STATE, state) ? (BY_STATE[state] ?? null) : null
}

export const isRunning = (phase: PrintPhase | null): boolean => phase === 'printing' || phase === 'paused'

/** `klippy_state` of server.info, `state` of printer.info and `webhooks.state`. */
export type KlippyState = 'disconnected' | 'startup' | 'ready' | 'error' | 'shutdown'
const KLIPPY: ReadonlySet<string> = new Set<KlippyState>(['disconnected', 'startup', 'ready', 'error', 'shutdown'])

export function klippyStateOf(state: unknown): KlippyState | null {
  return typeof state === 'string' && KLIPPY.has(state) ? (state as KlippyState) : null
}

/** An emergency stop by the API and by M112 (both seen). */
const ESTOP = /emergency stop|\bM112\b|webhooks request/i
/** A board that does not answer: switched off, unplugged, crashed. */
const NO_BOARD = /lost communication with mcu|mcu '[^']*': unable to connect|unable to (?:open serial port|connect)|timeout on connect|serial connection closed/i
/** Klipper's verify_heater, and sensors that read too high: those can burn. A MINTEMP is a broken sensor. */
const BURNS = /not heating at expected rate|thermal runaway|heater .* overheat|maxtemp/i

export function causeOf(text: string | null): FailReason {
  if (text === null) return 'firmware'
  if (ESTOP.test(text)) return 'emergency_stop'
  return NO_BOARD.test(text) ? 'connection_lost' : 'firmware'
}

export const isNoBoard = (text: string | null): boolean => text !== null && NO_BOARD.test(text)
export const isThermal = (text: string | null): boolean => text !== null && BURNS.test(text)

/** Ends of the history. `null` = no end at all: Moonraker stopped or was killed, and the print may go on (both seen). */
export type HistoryEnd = 'done' | 'cancelled' | 'failed' | 'shutdown' | 'disconnected' | null

const BY_STATUS: Readonly<Record<string, HistoryEnd>> = {
  completed: 'done', cancelled: 'cancelled', standby: 'cancelled', error: 'failed', klippy_shutdown: 'shutdown', klippy_disconnect: 'disconnected',
  in_progress: null, server_exit: null, interrupted: null,
}

/** @returns undefined for a word of a newer Moonraker */
export function endOfStatus(status: string): HistoryEnd | undefined {
  return Object.hasOwn(BY_STATUS, status) ? BY_STATUS[status] : undefined
}
