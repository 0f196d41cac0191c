/** Does a wish still fit what is true now? Every "no" is said in words of what is true. */
import { isActivePhase, type EventType, type JobPhase, type PrinterCapabilities, type PrinterEvent, type PrinterState } from '../events/model.ts'
import type { PrinterCommand } from '../printers/adapter.ts'
import type { Outcome, Wish, WishAction } from './wish.ts'

export interface Present {
  state: PrinterState
  /** The event of the button; null when the wish came from none, or it is gone. */
  event: PrinterEvent | null
  /** How the wish's print ended, by the history; null = not known there. */
  ending: EventType | null
}

/** The job that runs now; null = none. */
export function activeJobKey(state: PrinterState): string | null {
  return isActivePhase(state.job) ? state.jobRef?.key ?? null : null
}

/** Whether the wish is about a print that is no longer the one that runs. */
export function staleJob(wish: Wish, present: Present): Outcome | null {
  const { state } = present
  if (wish.jobKey === null || activeJobKey(state) === wish.jobKey) return null
  return stale(`Nothing to ${verb(wish.action)}, ${isActivePhase(state.job) ? 'another print runs now' : ended(state, wish.jobKey, present.ending)}.`)
}

type CommandName = PrinterCommand['name']

/** What the server lets us send, less what the printer's settings leave out. `commands` absent = they leave out nothing. */
export function permitted(capabilities: PrinterCapabilities | null, commands: readonly CommandName[] | undefined): PrinterCapabilities | null {
  if (capabilities === null || commands === undefined) return capabilities
  const may = (name: CommandName): boolean => capabilities[name] === true && commands.includes(name)
  return { ...capabilities, pause: may('pause'), resume: may('resume'), cancel: may('cancel'), gcode: may('gcode'), answer: may('answer'), ...(capabilities.emergency_stop === undefined ? {} : { emergency_stop: may('emergency_stop') }) }
}

/** Whether the printer's settings let Printbell send this command at all. */
export function switchedOff(command: PrinterCommand, commands: readonly CommandName[] | undefined): Outcome | null {
  if (commands === undefined || commands.includes(command.name)) return null
  return { result: 'refused', detail: `Printbell may not ${verb(command)} here. The printer's settings can allow it.` }
}

/** Whether the printer's state allows the command. Rights are the server's to judge: its answer names the missing permission. */
export function notAllowed(command: PrinterCommand, wish: Wish, present: Present): Outcome | null {
  const { state } = present
  if (state.link !== 'up') return { result: 'unreachable', detail: 'The server does not answer. Check it and its network, then try again.' }
  switch (command.name) {
    case 'gcode': return command.lines.length === 0 ? { result: 'refused', detail: 'There is no G-code to send.' } : null
    case 'answer': return noAnswer(command.choice, present)
    case 'emergency_stop': return notStopped(wish, state)
    case 'pause':
    case 'resume':
    case 'cancel': return notInThisPhase(command.name, wish, state)
  }
}

/** Whatever the printer does, also nothing; only one that is down already can't be stopped. */
function notStopped(wish: Wish, state: PrinterState): Outcome | null {
  if (state.device === 'shutdown' || state.device === 'off') return stale('The printer is stopped already.')
  return wish.confirmed ? null : { result: 'needs_confirmation', detail: 'Stop the printer at once? Heaters and motors go off, a print is lost, and the firmware must be restarted.' }
}

function notInThisPhase(name: 'pause' | 'resume' | 'cancel', wish: Wish, state: PrinterState): Outcome | null {
  if (!isActivePhase(state.job)) return stale(`Nothing to ${name}, no print runs.`)
  if (state.job === 'cancelling') return stale('The print is being cancelled already.')
  if (name === 'cancel') return wish.confirmed ? null : { result: 'needs_confirmation', detail: "Cancel this print? The printer stops and cools down. It can't be resumed." }
  const paused = state.job === 'paused' || state.job === 'pausing'
  if (name === 'pause' && paused) return stale('The print is paused already.')
  if (name === 'pause' && state.job === 'finishing') return stale('Too late to pause, the print is about to end.')
  if (name === 'resume' && !paused) return stale('Nothing to resume, it prints.')
  return null
}

/** The question of the button, by its key and its beginning: the same key opened again later is another question. */
function noAnswer(choice: number, { state, event }: Present): Outcome | null {
  const asked = event?.attention
  const open = asked
    ? state.attentions.find((attention) => attention.key === asked.key && attention.since === asked.since)
    : state.attentions.find((attention) => attention.choices.length > 0)
  if (!open) return stale('Nothing to answer, the printer asks no more.')
  if (choice < 0 || choice >= open.choices.length) return { result: 'refused', detail: 'The printer does not offer that answer.' }
  return null
}

function ended(state: PrinterState, jobKey: string, ending: EventType | null): string {
  const phase = state.jobRef?.key === jobKey ? state.job : null
  return (phase === null ? undefined : WORDS_OF[phase]) ?? (ending === null ? undefined : WORDS_OF[PHASE_OF[ending] ?? 'unknown']) ?? 'the print is over'
}

const WORDS_OF: Readonly<Partial<Record<JobPhase, string>>> = { done: 'the print is done', cancelled: 'the print was cancelled', failed: 'the print failed' }
const PHASE_OF: Readonly<Partial<Record<EventType, JobPhase>>> = { 'job.done': 'done', 'job.cancelled': 'cancelled', 'job.failed': 'failed' }

export function verb(action: Pick<WishAction, 'name'>): string {
  return action.name === 'gcode' ? 'send G-code' : action.name === 'emergency_stop' ? 'make an emergency stop' : action.name
}

function stale(detail: string): Outcome {
  return { result: 'stale', detail }
}
