/** Keeps one connection for ever: try, say what the link is and why it is not up, wait, try again. */
import type { AdapterPorts, ConnectOptions, ServerConfig } from '../adapter.ts'
import { isLoopback } from './address.ts'
import { backOff, CREDENTIALS, linkOf, LONGEST_MS, type LinkTeller } from './link.ts'
import { ServerError, type ServerCause } from './server-error.ts'
import { wait, type Wait } from './wait.ts'

/** A boot is over within seconds; a whole minute of it is something else. */
const BOOT_MS = 1_500
const BOOT_TRIES = 40
/** About two minutes of back-off. */
const DOUBTED_TRIES = 7

export interface KeepParts {
  /** "OctoPrint", for the log. */
  name: string
  /** The server's base address. */
  base: string
  link: Pick<LinkTeller, 'tell'>
  ports: AdapterPorts
  signal: AbortSignal
  options: Pick<ConnectOptions, 'refreshSecrets'>
  /**
   * One period of being connected; calls `onUp` when the first full state was observed. Returns why it ended, null = nothing is wrong,
   * straight on with the link as it is. @throws ServerError why it never came up
   */
  once(onUp: () => void): Promise<ServerError | null>
  /** Takes secrets that were read again after the server refused the former ones. */
  useSecrets(secrets: ServerConfig['secrets']): void
  /** May name an error more exactly, by asking the server. Absent = as it is. */
  refine?(error: ServerError): Promise<ServerError>
  /** Hears why a period ended, before it is told. */
  ended?(why: ServerError): void
  /** ms until the next try where only a person or another credential helps, by cause; absent or null = 60 s. */
  slowly?(cause: ServerCause): number | null
  /** The last thing that is done. */
  closing(): Promise<void> | void
}

export interface Keeper {
  /** Ends when the signal was aborted and `closing` is through. */
  readonly closed: Promise<void>
  /** Tries now instead of waiting on. */
  hurry(): void
}

export function keepConnected(parts: KeepParts): Keeper {
  const { link, ports, signal } = parts
  let pause: Wait | null = null
  let attempt = 0
  let boots = 0
  let wasUp = false

  const onUp = () => {
    wasUp = true
    attempt = 0
    boots = 0
  }

  /** Secrets may have been renewed since the server refused them. What can't be read leaves the former ones. */
  async function renew(): Promise<void> {
    try {
      const fresh = await parts.options.refreshSecrets?.()
      if (fresh) parts.useSecrets(fresh)
    } catch (error) {
      ports.log.warn('the secrets cannot be read again', { error: error instanceof Error ? error.message : String(error) })
    }
  }

  /** Where the server was a moment ago, a strange page is a proxy's or a booting computer's, for a while. */
  function doubted(cause: ServerCause): boolean {
    return wasUp && attempt < DOUBTED_TRIES && (cause === 'not_this_server' || cause === 'wrong_prefix')
  }

  /** Names the end of a try and says how long to wait. */
  function told(why: ServerError): number {
    const cause = why.cause_
    parts.ended?.(why)
    const state = doubted(cause) ? 'down' : linkOf(cause)
    const offline = state === 'down' && ports.net.online() === false && !isLoopback(parts.base)
    link.tell(state, offline ? 'own_network' : cause, offline ? 'This computer has no network.' : why.message)
    if (state !== 'down') return parts.slowly?.(cause) ?? LONGEST_MS
    if (cause === 'booting' && boots++ < BOOT_TRIES) return BOOT_MS
    return backOff(attempt++, ports.random())
  }

  async function named(error: unknown): Promise<ServerError> {
    if (error instanceof ServerError) return signal.aborted || !parts.refine ? error : await parts.refine(error)
    ports.log.error('the connection failed unexpectedly', { error: error instanceof Error ? error.stack ?? error.message : String(error) })
    return new ServerError('server_error', 'The connection failed for a reason of our own; see the log.')
  }

  async function run(): Promise<void> {
    link.tell('connecting', null, null)
    while (!signal.aborted) {
      let why: ServerError | null
      try {
        why = await parts.once(onUp)
      } catch (error) {
        why = await named(error)
      }
      if (signal.aborted) break
      if (why === null) continue
      const ms = told(why)
      ports.log.info(`${parts.name} is not connected`, { cause: why.cause_, retryInMs: ms })
      pause = wait(ports.clock, ms, signal)
      await pause.over
      pause = null
      if (!signal.aborted && CREDENTIALS.has(why.cause_)) await renew()
    }
    await parts.closing()
  }

  return {
    closed: run(),
    hurry() {
      attempt = 0
      pause?.hurry()
    },
  }
}
