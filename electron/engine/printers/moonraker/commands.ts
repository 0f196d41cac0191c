/** What a person may do to the printer, and what Klipper says to it. */
import { z } from 'zod'
import { isActivePhase } from '../../events/model.ts'
import type { CommandAnswer, PrinterCommand } from '../adapter.ts'
import { failedAnswer } from '../kit/answers.ts'
import { ServerError } from '../kit/server-error.ts'
import type { Contact } from './contact.ts'
import { RpcError } from './rpc.ts'

/**
 * Scripts answer when they have run through, and a pause when the running command has: minutes. Who heard no "no" for so long was
 * taken; what becomes of it shows in the state.
 */
const TAKEN_MS = 5_000


interface Call {
  method: string
  params?: Record<string, unknown>
  what: string
}

/** Null = the printer asks nothing that could be answered so. */
function callOf(contact: Contact, command: PrinterCommand): Call | null {
  switch (command.name) {
    case 'pause':
    case 'resume':
    case 'cancel':
      return { method: `printer.print.${command.name}`, what: command.name }
    case 'emergency_stop':
      // Not M112 by script, which waits its turn.
      return { method: 'printer.emergency_stop', what: 'stop' }
    case 'gcode':
      return { method: 'printer.gcode.script', params: { script: command.lines.join('\n') }, what: 'run the G-code' }
    case 'answer': {
      const script = contact.interpreter.answer(command.choice)
      return script === null ? null : { method: 'printer.gcode.script', params: { script }, what: 'answer the prompt' }
    }
  }
}

/**
 * Sends one command. Moonraker says "ok" to pause, resume and cancel without a job, and a pause then makes the next print begin
 * paused (0.11.0, seen): those are refused here.
 */
export async function runCommand(contact: Contact, command: PrinterCommand, signal: AbortSignal): Promise<CommandAnswer> {
  const { rpc, rest } = contact
  if (rpc === null || !contact.link.up) return { result: 'unreachable', detail: `There is no connection to ${rest.host}.` }
  const jobs = command.name === 'pause' || command.name === 'resume' || command.name === 'cancel'
  if (jobs && !isActivePhase(contact.job)) return { result: 'refused', detail: `There is no print to ${command.name}.` }
  const call = callOf(contact, command)
  if (call === null) return { result: 'refused', detail: 'The printer asks nothing that could be answered so.' }
  try {
    await rpc.call(call.method, z.unknown(), call.params, { signal, deadlineMs: TAKEN_MS })
    return { result: 'accepted', detail: `Klipper accepted: ${call.what}.` }
  } catch (error) {
    if (error instanceof RpcError) return refusal(error, call.what, rest.host)
    if (error instanceof ServerError && error.cause_ === 'timeout') return { result: 'accepted', detail: `Klipper has not answered yet: ${call.what} is under way.` }
    return failedAnswer(error)
  }
}

function refusal(error: RpcError, what: string, host: string): CommandAnswer {
  if (error.unauthorized) return { result: 'forbidden', detail: `Moonraker on ${host} does not let Printbell ${what}. Check its key or user.` }
  // Before the first contact with Klippy its methods are not there at all; after a loss they are 503.
  if (error.noKlippy || error.noMethod) return { result: 'refused', detail: `Moonraker on ${host} has no contact with Klipper. Start or restart Klipper, then try again.` }
  return { result: 'refused', detail: `Klipper refused to ${what}: ${error.said === '' ? 'no reason given' : error.said}` }
}
