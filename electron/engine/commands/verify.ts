/** Whether the server's state shows what a command was to bring. Its "accepted" proves nothing (OctoPrint 1.11.8 answers 204 to a second pause, seen). */
import type { PrinterState } from '../events/model.ts'
import type { PrinterCommand } from '../printers/adapter.ts'
import { activeJobKey } from './allowed.ts'

export type Shown =
  /** It is so. */
  | 'yes'
  /** On the way there: counts as done when the time is up. */
  | 'soon'
  | 'no'
  /** It can no longer become so. */
  | 'never'

export interface Before {
  jobKey: string | null
  /** The attention that is being answered; null for other commands. */
  attention: { key: string; since: number } | null
}

/** What was true when the command was sent. */
export function before(command: PrinterCommand, state: PrinterState, asked: { key: string; since: number } | undefined): Before {
  const open = command.name === 'answer' ? asked ?? state.attentions.find((attention) => attention.choices.length > 0) : undefined
  return { jobKey: activeJobKey(state), attention: open ? { key: open.key, since: open.since } : null }
}

export function shown(command: PrinterCommand, was: Before, state: PrinterState): Shown {
  const same = activeJobKey(state) === was.jobKey
  switch (command.name) {
    case 'gcode': return 'yes'
    case 'answer': return state.attentions.some((open) => open.key === was.attention?.key && open.since === was.attention.since) ? 'no' : 'yes'
    case 'emergency_stop': return state.device === 'shutdown' || state.device === 'error' || state.device === 'off' ? 'yes' : 'no'
    case 'pause':
      if (!same) return 'never'
      return state.job === 'paused' ? 'yes' : state.job === 'pausing' ? 'soon' : 'no'
    case 'resume':
      if (!same) return state.job === 'done' ? 'yes' : 'never'
      return state.job === 'paused' || state.job === 'pausing' ? 'no' : state.job === 'resuming' ? 'soon' : 'yes'
    case 'cancel':
      if (!same) return state.job === 'done' ? 'never' : 'yes'
      return state.job === 'cancelling' ? 'soon' : 'no'
  }
}
