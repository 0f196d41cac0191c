/** Keeps one connection for ever: push, else polling, else back-off; says what the link is and why. */
import type { LinkObservation } from '../../events/model.ts'
import type { AdapterPorts, Connection, ConnectOptions, ServerConfig, Sink } from '../adapter.ts'
import { agentFor } from '../net.ts'
import { watchCameras } from './camera.ts'
import { runCommand } from './commands.ts'
import { Contact } from './contact.ts'
import type { Interpreter } from './interpret.ts'
import { runPolling, type PollControl } from './poll.ts'
import { createRest, RestError, type RestCause } from './rest.ts'
import { NoPush, runSession, type SessionControl } from './session.ts'
import { baseUrl, type OctoPrintSettings } from './settings.ts'

const FIRST_MS = 1_000
const LONGEST_MS = 60_000
/** A boot is over within seconds; a whole minute of it is something else. */
const BOOT_MS = 1_500
const BOOT_TRIES = 40
/** About two minutes of back-off. */
const DOUBTED_TRIES = 7

/** What only a person can change: asked again slowly. */
const REFUSED: ReadonlySet<RestCause> = new Set([
  'permission_missing', 'not_this_server', 'wrong_prefix', 'setup_unfinished', 'too_old', 'proxy_auth',
  'tls_self_signed', 'tls_expired', 'tls_name', 'tls_untrusted', 'tls_not_tls', 'tls_pin_mismatch',
])

/** What another key or password may cure. */
const CREDENTIALS: ReadonlySet<RestCause> = new Set(['key_invalid', 'permission_missing', 'proxy_auth'])

/** ms until try `attempt` (0, 1, 2 ...): doubled each time up to 60 s, then anywhere in the upper half of that. */
export function backOff(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16))
  return Math.round(ceiling / 2 + (ceiling / 2) * random)
}

export function linkOf(cause: RestCause): LinkObservation['link'] {
  if (cause === 'key_invalid') return 'auth_failed'
  return REFUSED.has(cause) ? 'refused' : 'down'
}

/** A server on this computer is there without any network. */
function isLoopback(base: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(base).hostname)
}

export function supervise(
  server: ServerConfig<OctoPrintSettings>, interpreter: Interpreter, sink: Sink, signal: AbortSignal, ports: AdapterPorts, options: ConnectOptions,
): Connection {
  const base = baseUrl(server.settings.url)
  const agent = agentFor(base, server.settings.pin ?? null, true)
  const rest = createRest(server, ports, base, agent)
  const contact = new Contact(rest, server.settings, interpreter, ports, sink, options.remembered, options.wanted, signal)
  const still = watchCameras(contact)
  let session: SessionControl | null = null
  let polling: PollControl | null = null
  let hurry: (() => void) | null = null
  let attempt = 0
  let boots = 0
  let wasUp = false

  const onUp = () => {
    wasUp = true
    attempt = 0
    boots = 0
  }

  /** One try. @returns why it ended after it was up; null = push works again, straight on with the link still up */
  async function once(): Promise<RestError | null> {
    await contact.identify()
    try {
      return await runSession(contact, (control) => (session = control), onUp)
    } catch (error) {
      if (!(error instanceof NoPush)) throw error
      ports.log.info('no websocket, so OctoPrint is polled', { why: error.message })
      await runPolling(contact, (control) => (polling = control), onUp)
      return null
    }
  }

  /** Secrets may have been renewed since the server refused them. What can't be read leaves the former ones. */
  async function renew(): Promise<void> {
    try {
      const fresh = await options.refreshSecrets?.()
      if (fresh) rest.useSecrets(fresh)
    } catch (error) {
      ports.log.warn('the secrets cannot be read again', { error: error instanceof Error ? error.message : String(error) })
    }
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel()
        hurry = null
        signal.removeEventListener('abort', end)
        resolve()
      }
      const cancel = ports.clock.after(ms, end)
      hurry = end
      signal.addEventListener('abort', end, { once: true })
      if (signal.aborted) end()
    })
  }

  /** Where OctoPrint was a moment ago, a strange page is a proxy's or a booting computer's, for a while. */
  function doubted(cause: RestCause): boolean {
    return wasUp && attempt < DOUBTED_TRIES && (cause === 'not_this_server' || cause === 'wrong_prefix')
  }

  /** Names the end of a try and says how long to wait. */
  function told(why: RestError): number {
    const cause = why.cause_
    if (cause === 'booting' || (cause === 'server_error' && why.status === 404)) contact.process = 'other'
    if (cause === 'key_invalid') contact.session = null
    const link = doubted(cause) ? 'down' : linkOf(cause)
    const offline = link === 'down' && ports.net.online() === false && !isLoopback(rest.base)
    contact.tellLink(link, offline ? 'own_network' : cause, offline ? 'This computer has no network.' : why.message)
    if (link !== 'down') return LONGEST_MS
    if (cause === 'booting' && boots++ < BOOT_TRIES) return BOOT_MS
    return backOff(attempt++, ports.random())
  }

  /** A 403 in the middle means that the key lost a permission, or that it is no key any more. */
  async function named(error: unknown): Promise<RestError> {
    if (error instanceof RestError) {
      if (error.status !== 403 || signal.aborted) return error
      return contact.identify().then(() => error, (better: unknown) => (better instanceof RestError ? better : error))
    }
    ports.log.error('the connection failed unexpectedly', { error: error instanceof Error ? error.stack ?? error.message : String(error) })
    return new RestError('server_error', 'The connection failed for a reason of our own; see the log.')
  }

  async function run(): Promise<void> {
    contact.tellLink('connecting', null, null)
    while (!signal.aborted) {
      let why: RestError | null
      try {
        why = await once()
      } catch (error) {
        why = await named(error)
      }
      if (signal.aborted) break
      if (why === null) continue
      const wait = told(why)
      ports.log.info('OctoPrint is not connected', { cause: why.cause_, retryInMs: wait })
      await pause(wait)
      if (!signal.aborted && CREDENTIALS.has(why.cause_)) await renew()
    }
    await contact.settled()
    agent.destroy()
  }

  return {
    closed: run(),
    snapshot: (_sourceId, cameraId, stop) => still(cameraId, stop),
    command: (_sourceId, command, stop) => runCommand(contact, command, stop),
    context: () => contact.context(),
    want(wanted) {
      contact.wanted = wanted
      session?.resubscribe()
    },
    recheck() {
      attempt = 0
      session?.probe()
      polling?.hurry()
      hurry?.()
    },
  }
}
