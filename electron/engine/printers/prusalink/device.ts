/** The printer itself: whether it is ready or in trouble, and what is measured on it. */
import type { FailReason, Heater, StateReport } from '../../events/model.ts'
import type { Status } from './payloads.ts'

/** All that 0.8.1 and Buddy firmware know; another one keeps the state as it was. */
export const STATES: ReadonlySet<string> = new Set(['IDLE', 'READY', 'BUSY', 'PRINTING', 'PAUSED', 'FINISHED', 'STOPPED', 'ERROR', 'ATTENTION'])

/** The only words for an error that PrusaLink gives, and only on a Pi; null = it gives none, '' = trouble without words. */
export function troubleOf({ printer }: Status): string | null {
  return printer.status_printer?.ok === false ? printer.status_printer.message ?? '' : null
}

/** Why a job fails that goes down with it. The texts are those of 0.8.1 (conditions.py, read). */
export function causeOf(trouble: string | null): FailReason {
  if (trouble === null || /hardware issue/i.test(trouble)) return 'firmware'
  return /serial device|RPi port/i.test(trouble) ? 'connection_lost' : 'unknown'
}

/**
 * Whether temperatures are known. A Pi that meets its restarted printer forgets them (recording firmware-error), and has none for the
 * first minute after its own start, so that only their loss says something.
 */
export function hasTemperatures({ printer }: Status): boolean {
  return printer.temp_nozzle != null || printer.temp_bed != null
}

/**
 * The device part of a report.
 * @param printing a job is there, so that trouble is only a warning
 * @param known whether the printer was ever ready since the connection came up
 */
export function deviceOf(status: Status, printing: boolean, known: boolean): StateReport {
  const { state: word } = status.printer
  const trouble = troubleOf(status)
  if (!STATES.has(word)) return {}
  if (word === 'ERROR' || (trouble !== null && !printing)) {
    return { device: 'error', deviceCause: causeOf(trouble), ...(trouble ? { error: trouble } : {}) }
  }
  // A job with trouble beside it: the device stays what it was.
  if (trouble !== null) return {}
  if (word === 'BUSY' && !printing && !known) return { device: 'starting' }
  return { device: 'ready', error: null, deviceCause: null }
}

/** Heights and temperatures. Of a printer that is away the last ones stand still: they are not told again. */
export function measured(status: Status): StateReport {
  const { printer } = status
  if (printer.state === 'ERROR') return { z: null }
  const heater = (actual: number | null | undefined, target: number | null | undefined): Heater => ({ actual: actual ?? null, target: target ?? null })
  return {
    heaters: { tool0: heater(printer.temp_nozzle, printer.target_nozzle), bed: heater(printer.temp_bed, printer.target_bed) },
    z: printer.axis_z ?? null,
  }
}
