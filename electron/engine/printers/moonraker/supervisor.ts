/** Keeps one connection for ever, at whichever place of the computer Moonraker answers. */
import type { AdapterPorts, Connection, ConnectOptions, ServerConfig, Sink } from '../adapter.ts'
import { keepConnected } from '../kit/keep.ts'
import { ServerError, type ServerCause } from '../kit/server-error.ts'
import { UpgradeRefused } from '../kit/socket.ts'
import { watchedStills } from './camera.ts'
import { runCommand } from './commands.ts'
import { Contact } from './contact.ts'
import type { Interpreter } from './interpret.ts'
import { nameRefusal, placeOf } from './place.ts'
import { runSession, type SessionControl } from './session.ts'
import { baseUrl, ownPorts, type MoonrakerSettings } from './settings.ts'

/** Whoever answers so may be another program on the port, or nobody: Moonraker may be at its own port. */
const ELSEWHERE: ReadonlySet<ServerCause> = new Set<ServerCause>(['refused', 'reset', 'not_http'])

export function supervise(
  server: ServerConfig<MoonrakerSettings>, interpreter: Interpreter, sink: Sink, signal: AbortSignal, ports: AdapterPorts, options: ConnectOptions,
): Connection {
  const contact = new Contact(server, interpreter, ports, sink, options.remembered, signal)
  const base = baseUrl(server.settings.url)
  const still = watchedStills(contact)
  let session: SessionControl | null = null

  async function once(onUp: () => void): Promise<ServerError> {
    try {
      return await runSession(contact, (control) => (session = control), onUp)
    } catch (error) {
      const elsewhere = error instanceof UpgradeRefused || (error instanceof ServerError && ELSEWHERE.has(error.cause_))
      if (!elsewhere || signal.aborted) throw error
      const place = await placeOf(contact, [base, ...ownPorts(base)], signal)
      if (place === null) throw error instanceof UpgradeRefused ? await nameRefusal(contact.rest, error.status, signal) : error
      ports.log.info('Moonraker answers at another place of this computer', { from: contact.rest.base, to: place })
      contact.rest = contact.restAt(place)
      try {
        return await runSession(contact, (control) => (session = control), onUp)
      } catch (again) {
        throw again instanceof UpgradeRefused ? await nameRefusal(contact.rest, again.status, signal) : again
      }
    }
  }

  const keeper = keepConnected({
    name: 'Moonraker', base, link: contact.link, ports, signal, options, once,
    useSecrets: (fresh) => contact.credentials.use(fresh),
    closing: () => contact.settled(),
  })

  return {
    closed: keeper.closed,
    snapshot: (_sourceId, cameraId, stop) => still(cameraId, stop),
    command: (_sourceId, command, stop) => runCommand(contact, command, stop),
    // Moonraker pushes what it pushes: only the objects of Klipper are chosen, and those all serve the state.
    want: () => undefined,
    recheck() {
      session?.probe()
      keeper.hurry()
    },
  }
}
