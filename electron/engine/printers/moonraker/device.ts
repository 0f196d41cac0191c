/**
 * Whether Klipper can be used. Its own word comes in `webhooks` (deltas), in server.info and printer.info (asked), and by notifications
 * that carry no text. Looked at before everything else in a delta: an emergency stop shows a paused print in the same one (seen).
 */
import type { FailReason, StateReport } from '../../events/model.ts'
import { firstLine, isFields, textOf } from './payloads.ts'
import { causeOf, isNoBoard, isThermal, type KlippyState } from './phases.ts'

/** After a start of Moonraker it takes 0.8 s to find a Klippy that has been running all the while (seen); a slow machine takes longer. ms */
const MOONRAKER_STARTS_MS = 5_000
/** A board that loses its power is missed by Klipper after 5 s (seen). ms */
const POWER_EXPLAINS_MS = 15_000
const MOST_POWER_DEVICES = 64

export interface DeviceWatch {
  readonly ready: boolean
  /** When it became ready, epoch ms; null while it is not. */
  readonly readySince: number | null
  /** The reason it is down, first line. */
  readonly reason: string | null
  readonly cause: FailReason
  /** An answer of server.info or printer.info. A ready one says nothing: the full state follows. @returns null when nothing changed */
  asked(state: KlippyState, message: string | null, at: number): StateReport | null
  /** `webhooks` of a full state or delta, or a notification (`message` null). @returns null when nothing changed */
  told(state: KlippyState, message: string | null, at: number): StateReport | null
  /** As `told`, for a full state: always a report. */
  full(state: KlippyState | null, message: string | null, at: number): StateReport
  /** One entry of notify_power_changed. */
  power(device: unknown, at: number): StateReport | null
}

export function createDeviceWatch(): DeviceWatch {
  let state: KlippyState | null = null
  let reason: string | null = null
  let readySince: number | null = null
  /** Since when Moonraker has been saying that it looks for Klippy. */
  let lookingSince: number | null = null
  let off = false
  const switchedOff = new Map<string, number>()

  const isOff = (text: string | null, at: number): boolean =>
    isNoBoard(text) && [...switchedOff.values()].some((since) => at - since <= POWER_EXPLAINS_MS)

  function report(at: number): StateReport {
    switch (state) {
      case 'ready':
        return { device: 'ready', error: null, deviceCause: null }
      case 'startup':
        return { device: 'starting', error: null, deviceCause: null, job: 'none' }
      case 'disconnected':
        return { device: 'off', error: null, deviceCause: 'connection_lost', job: 'none' }
      case 'error':
      case 'shutdown': {
        off ||= isOff(reason, at)
        if (off) return { device: 'off', error: null, deviceCause: 'connection_lost', job: 'none' }
        return {
          device: state, ...(reason === null ? {} : { error: reason }), deviceCause: causeOf(reason), job: 'none',
          ...(isThermal(reason) ? { thermal: true as const } : {}),
        }
      }
      default:
        return { device: 'unknown' }
    }
  }

  function change(to: KlippyState, message: string | null, at: number): StateReport | null {
    const text = to === 'error' || to === 'shutdown' ? firstLine(textOf(message)) : null
    // A notification without text says nothing new of a state that is known.
    if (state === to && (text === null || text === reason)) return null
    if (to === 'ready') {
      readySince = at
      off = false
    } else readySince = null
    if (to === 'disconnected' || to === 'startup') off = false
    reason = text
    state = to
    lookingSince = null
    return report(at)
  }

  return {
    get ready() {
      return state === 'ready'
    },
    get readySince() {
      return readySince
    },
    get reason() {
      return reason
    },
    get cause() {
      return off || state === 'disconnected' ? 'connection_lost' : causeOf(reason)
    },
    asked(to, message, at) {
      if (to === 'ready') {
        lookingSince = null
        return null
      }
      if ((to === 'disconnected' || to === 'startup') && (state === null || state === 'ready')) {
        lookingSince ??= at
        if (at - lookingSince < MOONRAKER_STARTS_MS) return null
      }
      return change(to, message, at)
    },
    told: change,
    full(to, message, at) {
      if (to !== null && change(to, message, at) === null && to === 'ready') readySince ??= at
      lookingSince = null
      return report(at)
    },
    power(device, at) {
      if (!isFields(device)) return null
      const name = textOf(device['device'])
      if (name === null) return null
      if (device['status'] === 'off') {
        if (switchedOff.size < MOST_POWER_DEVICES || switchedOff.has(name)) switchedOff.set(name, at)
      } else switchedOff.delete(name)
      // Klipper may have missed the board before Moonraker told why.
      return (state === 'error' || state === 'shutdown') && !off && isOff(reason, at) ? report(at) : null
    },
  }
}
