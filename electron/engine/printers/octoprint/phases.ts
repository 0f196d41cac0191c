/** OctoPrint's state flags, state texts and state ids in Printbell's words. Seen with 1.11.8; 2.0 noted where it differs. */
import type { Device, JobPhase } from '../../events/model.ts'
import type { StateBlock } from './payloads.ts'

export interface Phase {
  device?: Device
  job?: JobPhase
}

/** `state_id` of PrinterStateChanged. What is missing here says nothing about device or job. */
const BY_ID: Readonly<Record<string, Phase>> = {
  OPEN_SERIAL: { device: 'starting', job: 'none' },
  DETECT_SERIAL: { device: 'starting', job: 'none' },
  DETECTING: { device: 'starting', job: 'none' },
  CONNECTING: { device: 'starting', job: 'none' },
  OPERATIONAL: { device: 'ready', job: 'none' },
  STARTING: { device: 'ready', job: 'preparing' },
  PRINTING: { device: 'ready', job: 'printing' },
  PAUSING: { device: 'ready', job: 'pausing' },
  PAUSED: { device: 'ready', job: 'paused' },
  RESUMING: { device: 'ready', job: 'resuming' },
  FINISHING: { device: 'ready', job: 'finishing' },
  CANCELLING: { device: 'ready', job: 'cancelling' },
  ERROR: { device: 'error', job: 'none' },
  CLOSED: { device: 'off', job: 'none' },
  CLOSED_WITH_ERROR: { device: 'error', job: 'none' },
  OFFLINE: { device: 'off', job: 'none' },
}

/** State texts, for GET /api/job (it has no flags) and to settle 2.0's double flags. Lower case. */
const BY_TEXT: Readonly<Record<string, Phase>> = {
  'opening serial connection': { device: 'starting', job: 'none' },
  'detecting serial connection': { device: 'starting', job: 'none' },
  connecting: { device: 'starting', job: 'none' },
  operational: { device: 'ready', job: 'none' },
  starting: { device: 'ready', job: 'preparing' },
  'starting print from sd': { device: 'ready', job: 'preparing' },
  printing: { device: 'ready', job: 'printing' },
  'printing from sd': { device: 'ready', job: 'printing' },
  // Sending a file to the SD card is no job, whatever the flags say.
  'starting to send file to sd': { device: 'ready', job: 'none' },
  'sending file to sd': { device: 'ready', job: 'none' },
  'transferring file to sd': { device: 'ready', job: 'none' },
  cancelling: { device: 'ready', job: 'cancelling' },
  pausing: { device: 'ready', job: 'pausing' },
  paused: { device: 'ready', job: 'paused' },
  resuming: { device: 'ready', job: 'resuming' },
  finishing: { device: 'ready', job: 'finishing' },
  error: { device: 'error', job: 'none' },
  offline: { device: 'off', job: 'none' },
  'offline after error': { device: 'error', job: 'none' },
}

export function phaseOfId(id: string | null | undefined): Phase {
  return (id && BY_ID[id]) || {}
}

export function phaseOfText(text: string | null | undefined): Phase {
  return (text && BY_TEXT[text.toLowerCase()]) || {}
}

/**
 * Flags first: they are the same in every version and language, texts are not. A text is only asked where flags can't
 * tell: what "printing" is before the first line, sending to SD, and in 2.0 `printing` and `paused` at the same time
 * (there `paused` counts only when the text or the last state id says paused; else the printer still moves).
 * Without flags the text decides; an unknown text without flags says nothing, so the previous state stays.
 */
export function phaseOfState(state: StateBlock, lastStateId: string | null): Phase {
  const flags = state.flags
  const text = phaseOfText(state.text)
  if (!flags || Object.values(flags).every((flag) => flag === undefined)) return text
  // A close after an error never sets flags.error (1.11.8): only the error text tells it from a plain close.
  if (flags.closedOrError) return { device: state.error || flags.error || text.device === 'error' ? 'error' : 'off', job: 'none' }
  if (flags.error) return { device: 'error', job: 'none' }
  if (!flags.operational) return text.device ? { device: text.device, job: 'none' } : isAllFalse(state) ? { device: 'starting', job: 'none' } : {}
  if (text.job === 'none' && !flags.paused) return { device: 'ready', job: 'none' }
  if (flags.cancelling) return { device: 'ready', job: 'cancelling' }
  if (flags.finishing) return { device: 'ready', job: 'finishing' }
  if (flags.resuming) return { device: 'ready', job: 'resuming' }
  if (flags.paused && flags.printing) {
    const paused = text.job === 'paused' || (text.job === undefined && lastStateId === 'PAUSED')
    return { device: 'ready', job: paused ? 'paused' : flags.pausing ? 'pausing' : 'printing' }
  }
  if (flags.pausing) return { device: 'ready', job: 'pausing' }
  if (flags.paused) return { device: 'ready', job: 'paused' }
  if (flags.printing) return { device: 'ready', job: text.job === 'preparing' ? 'preparing' : 'printing' }
  return { device: 'ready', job: 'none' }
}

/** Opening, detecting and connecting: every flag is false (recording 26). */
function isAllFalse(state: StateBlock): boolean {
  return state.flags !== undefined && Object.values(state.flags).every((flag) => flag === false)
}
