/** What a person may do to the printer, and what PrusaLink says to it. */
import type { CommandAnswer, PrinterCommand } from '../adapter.ts'
import { failedAnswer, judgedAnswer } from '../kit/answers.ts'
import type { Contact } from './contact.ts'
import { errorText, judge } from './rest.ts'

const DEADLINE_MS = 10_000

/**
 * Sends one command for the job of the newest poll. 204 only means that PrusaLink took it: a pause shows a second later (0.8.1, seen).
 * `continue` of the interface is not used: a Pi answers 204 and does nothing (0.8.1, read), a Buddy board 400.
 */
export async function runCommand(contact: Contact, command: PrinterCommand, signal: AbortSignal): Promise<CommandAnswer> {
  const { rest, interpreter } = contact
  const { name } = command
  if (name !== 'pause' && name !== 'resume' && name !== 'cancel') return { result: 'unsupported', detail: `PrusaLink has no way to send this (${name}). Only pause, resume and cancel.` }
  const id = interpreter.serverJobId()
  if (id === null) return { result: 'refused', detail: `PrusaLink has no job to ${name}.` }
  try {
    const answer = name === 'cancel'
      ? await rest.call('DELETE', `/api/v1/job/${id}`, { signal, deadlineMs: DEADLINE_MS })
      : await rest.call('PUT', `/api/v1/job/${id}/${name}`, { signal, deadlineMs: DEADLINE_MS })
    const { status } = answer
    if (status >= 200 && status < 300) return { result: 'accepted', detail: `PrusaLink accepted: ${name}.` }
    const said = errorText(answer)
    if (status === 404) return { result: 'refused', detail: `PrusaLink refused to ${name}: this job is no longer the current one.` }
    if (status === 409) return { result: 'refused', detail: `PrusaLink refused to ${name}: ${said ?? 'the printer is in the wrong state'}.` }
    return judgedAnswer(judge(answer, rest.host)) ?? { result: 'refused', detail: `PrusaLink refused to ${name}: ${said ?? `status ${status}`}.` }
  } catch (error) {
    return failedAnswer(error)
  }
}
