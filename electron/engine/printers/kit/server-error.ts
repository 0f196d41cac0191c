/** One name for every way in which a printer server can be of no use, and what its own words may be in our texts. */
import { scrub } from '../../settings/secret.ts'
import { NetError, type NetCause } from '../net.ts'

export type ServerCause = NetCause | 'booting' | 'proxy_auth' | 'key_missing' | 'key_invalid' | 'permission_missing' | 'not_this_server' | 'wrong_prefix' | 'setup_unfinished' | 'too_old' | 'server_error'

/** What a server may say in our texts, and what a whole text may hold. */
export const LONGEST_SAID = 200
const LONGEST_MESSAGE = 1_000

/** A call that brought nothing usable. The message is for people: cause and cure, no secret, one line of bounded length. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  /** @param status the HTTP status or, where the server speaks no HTTP, its own error code; null = there was no answer */
  constructor(readonly cause_: ServerCause, detail: string, readonly status: number | null = null) {
    super(tidy(detail, LONGEST_MESSAGE))
  }
}

/** A server's words as they may be shown: one line, bounded. Scrubbed before it is cut, so that no half of a secret is left at the end. */
export function tidy(text: string, longest: number = LONGEST_SAID): string {
  return scrub(text.slice(0, 20 * longest)).replace(/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu, ' ').slice(0, longest)
}

/** The end of a sentence that quotes what a server said: `: "no way"`, or a full stop. */
export function quoted(said: string | null): string {
  return said === null ? '.' : `: "${said}"`
}

/** A redirect's target without query and fragment, for a text. */
export function whereTo(location: string | undefined, host: string): string {
  try {
    const target = new URL(location ?? '', `http://${host}`)
    return tidy(`${target.protocol}//${target.host}${target.pathname}`)
  } catch {
    return 'another address'
  }
}

/** Names whatever a request failed with. */
export function asServerError(error: unknown, host: string): ServerError {
  if (error instanceof ServerError) return error
  if (error instanceof NetError) return new ServerError(error.cause_, error.message)
  return new ServerError('server_error', `The request to ${host} failed: ${error instanceof Error ? error.message : 'no reason given'}.`)
}
