/** Keeps one connection for ever. */
import type { AdapterPorts, Connection, ConnectOptions, ServerConfig, Sink } from '../adapter.ts'
import { keepConnected } from '../kit/keep.ts'
import { agentFor } from '../net.ts'
import { watchedStills } from './camera.ts'
import { runCommand } from './commands.ts'
import { Contact } from './contact.ts'
import { createInterpreter } from './interpret.ts'
import { runPolling, type PollControl } from './poll.ts'
import { createRest } from './rest.ts'
import { baseUrl, SOURCE_ID, type PrusaLinkSettings } from './settings.ts'

/** After a refused login. The firmware counts failed ones, and a new key or password makes a new connection anyway. */
const AFTER_REFUSAL_MS = 10 * 60_000

export function supervise(server: ServerConfig<PrusaLinkSettings>, sink: Sink, signal: AbortSignal, ports: AdapterPorts, options: ConnectOptions): Connection {
  const base = baseUrl(server.settings.url)
  const agent = agentFor(base, server.settings.pin ?? null, true)
  const rest = createRest(server, ports, base, agent)
  const interpreter = createInterpreter({ sourceId: SOURCE_ID, junk: (what) => sink.junk(what) })
  const contact = new Contact(rest, server.settings, interpreter, ports, sink, options.remembered, signal)
  const still = watchedStills(contact)
  let polling: PollControl | null = null

  const keeper = keepConnected({
    name: 'PrusaLink', base, link: contact.link, ports, signal, options,
    once: (onUp) => runPolling(contact, (control) => (polling = control), onUp),
    useSecrets: (fresh) => rest.useSecrets(fresh),
    slowly: (cause) => (cause === 'key_invalid' ? AFTER_REFUSAL_MS : null),
    async closing() {
      await contact.beside.settled()
      agent.destroy()
    },
  })

  return {
    closed: keeper.closed,
    snapshot: (_sourceId, cameraId, stop) => still(cameraId, stop),
    command: (_sourceId, command, stop) => runCommand(contact, command, stop),
    // Everything is asked for that there is.
    want: () => undefined,
    recheck() {
      polling?.hurry()
      keeper.hurry()
    },
  }
}
