/** What a person may do to the printer, and what the server says to it. */
import type { CommandAnswer, PrinterCommand } from '../adapter.ts'
import { failedAnswer, judgedAnswer } from '../kit/answers.ts'
import type { Contact } from './contact.ts'
import { errorText, judge } from './rest.ts'

const DEADLINE_MS = 10_000

interface Call {
  path: string
  body: Record<string, unknown>
  /** OctoPrint's name of the permission, for the person who must grant it. */
  permission: string
  what: string
}

function callOf(command: Exclude<PrinterCommand, { name: 'emergency_stop' }>): Call {
  switch (command.name) {
    case 'pause':
    case 'resume':
      return { path: '/api/job', body: { command: 'pause', action: command.name }, permission: 'PRINT', what: command.name }
    case 'cancel':
      return { path: '/api/job', body: { command: 'cancel' }, permission: 'PRINT', what: 'cancel' }
    case 'gcode':
      return { path: '/api/printer/command', body: { commands: command.lines }, permission: 'CONTROL', what: 'send G-code' }
    case 'answer':
      return { path: '/api/plugin/action_command_prompt', body: { command: 'select', choice: command.choice }, permission: 'PLUGIN_ACTION_COMMAND_PROMPT_INTERACT', what: 'answer the prompt' }
  }
}

/**
 * Sends one command. 204 only means that OctoPrint took it: a second `pause` gets it too (1.11.8, seen).
 * 409 (wrong state) comes before 403 while the printer is offline.
 */
export async function runCommand(contact: Contact, command: PrinterCommand, signal: AbortSignal): Promise<CommandAnswer> {
  const { rest } = contact
  if (command.name === 'emergency_stop') return { result: 'unsupported', detail: 'Printbell makes no emergency stop over OctoPrint. Use its own page, or the switch of the printer.' }
  const { path, body, permission, what } = callOf(command)
  try {
    const answer = await rest.call('POST', path, { body, signal, deadlineMs: DEADLINE_MS })
    if (answer.status >= 200 && answer.status < 300) return { result: 'accepted', detail: `OctoPrint accepted: ${what}.` }
    const said = errorText(answer)
    if (answer.status === 403) return { result: 'forbidden', detail: `The API key may not ${what}: it lacks the permission ${permission} in OctoPrint.` }
    if (answer.status === 409) return { result: 'refused', detail: `OctoPrint refused to ${what}: ${said ?? 'the printer is in the wrong state'}` }
    const judged = judgedAnswer(judge(answer, rest.host))
    if (judged) return judged
    if (answer.status === 404 && command.name === 'answer') return { result: 'unsupported', detail: 'The prompt plugin of OctoPrint is switched off.' }
    return { result: 'refused', detail: `OctoPrint refused to ${what}: ${said ?? `status ${answer.status}`}` }
  } catch (error) {
    return failedAnswer(error)
  }
}
