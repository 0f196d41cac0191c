/** Keeps one connection for ever: push, else polling. */
import type { AdapterPorts, Connection, ConnectOptions, ServerConfig, Sink } from '../adapter.ts'
import { keepConnected } from '../kit/keep.ts'
import { ServerError } from '../kit/server-error.ts'
import { agentFor } from '../net.ts'
import { watchedStills } from './camera.ts'
import { runCommand } from './commands.ts'
import { Contact } from './contact.ts'
import { evidence } from './detector.ts'
import type { Interpreter } from './interpret.ts'
import { runPolling, type PollControl } from './poll.ts'
import { createRest } from './rest.ts'
import { NoPush, runSession, type SessionControl } from './session.ts'
import { baseUrl, type OctoPrintSettings } from './settings.ts'

export function supervise(
  server: ServerConfig<OctoPrintSettings>, interpreter: Interpreter, sink: Sink, signal: AbortSignal, ports: AdapterPorts, options: ConnectOptions,
): Connection {
  const base = baseUrl(server.settings.url)
  const agent = agentFor(base, server.settings.pin ?? null, true)
  const rest = createRest(server, ports, base, agent)
  const contact = new Contact(rest, server.settings, interpreter, ports, sink, options.remembered, options.wanted, signal)
  const still = watchedStills(contact)
  let session: SessionControl | null = null
  let polling: PollControl | null = null

  /** The key was good when it was used last, and nothing has gone wrong since. */
  let trusted = options.remembered.lastSeenAt(contact.sourceId) !== null

  /** One try. @returns why it ended after it was up; null = push works again, straight on with the link still up */
  async function once(onUp: () => void): Promise<ServerError | null> {
    const identified = contact.identify()
    // Asked beside the rest, it is one way to the server and back less. Not with a key that may be wrong: OctoPrint counts failed logins, and
    // would soon refuse whoever sits at this computer too (3 a minute, 10 an hour).
    if (!trusted) await identified
    trusted = false
    try {
      return await runSession(contact, identified, (control) => (session = control), () => {
        trusted = true
        onUp()
      })
    } catch (error) {
      if (!(error instanceof NoPush)) throw error
      ports.log.info('no websocket, so OctoPrint is polled', { why: error.message })
      await runPolling(contact, (control) => (polling = control), onUp)
      return null
    }
  }

  const keeper = keepConnected({
    name: 'OctoPrint', base, link: contact.link, ports, signal, options, once,
    useSecrets: (fresh) => rest.useSecrets(fresh),
    // A 403 in the middle means that the key lost a permission, or that it is no key any more.
    refine: async (error) => (error.status !== 403 ? error : contact.identify().then(() => error, (better: unknown) => (better instanceof ServerError ? better : error))),
    ended({ cause_: cause, status }) {
      if (cause === 'booting' || (cause === 'server_error' && status === 404)) contact.process = 'other'
      if (cause === 'key_invalid') contact.session = null
    },
    async closing() {
      await contact.settled()
      agent.destroy()
    },
  })

  return {
    closed: keeper.closed,
    snapshot: (_sourceId, cameraId, stop) => still(cameraId, stop),
    evidence: (_sourceId, picture, stop) => evidence(contact, picture, stop),
    command: (_sourceId, command, stop) => runCommand(contact, command, stop),
    context: () => contact.context(),
    want(wanted) {
      contact.wanted = wanted
      session?.resubscribe()
    },
    recheck() {
      session?.probe()
      polling?.hurry()
      keeper.hurry()
    },
  }
}
