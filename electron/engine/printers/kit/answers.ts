/** Answers to commands that did not get as far as the printer. */
import type { CommandAnswer } from '../adapter.ts'
import { ServerError, type ServerCause } from './server-error.ts'

/** What stands between us and the server, and says nothing about the command. */
const IN_BETWEEN: ReadonlySet<ServerCause> = new Set<ServerCause>(['booting', 'proxy_auth', 'wrong_prefix', 'not_this_server'])

/** For a call that failed. @throws what is no ServerError */
export function failedAnswer(error: unknown): CommandAnswer {
  if (error instanceof ServerError) return { result: 'unreachable', detail: error.message }
  throw error
}

/** For an answer that was judged before the command was: a credential that is none, a server that is not there. Null = it is about the command. */
export function judgedAnswer(wrong: ServerError | null): CommandAnswer | null {
  if (wrong?.cause_ === 'key_invalid' || wrong?.cause_ === 'key_missing') return { result: 'forbidden', detail: wrong.message }
  return wrong && IN_BETWEEN.has(wrong.cause_) ? { result: 'unreachable', detail: wrong.message } : null
}
