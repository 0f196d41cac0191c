/** Toasts by org.freedesktop.Notifications: the one way that can do everything, on Linux and the BSDs. */
import { renderNotify } from './linux.ts'
import type { ServiceFacts } from './linux.ts'
import { Notifier } from './notifier.ts'
import type { OpenToasts, Showing, Shown, ToastFacts, ToastGiven, ToastId, ToastPort } from './port.ts'

/** @param address of the session bus */
export function dbusToasts(address: string): OpenToasts {
  return (given) => new DbusToasts(address, given)
}

class DbusToasts implements ToastPort {
  readonly #notifier: Notifier
  #service: ServiceFacts | null = null

  constructor(address: string, { clock, log, events }: ToastGiven) {
    this.#notifier = new Notifier({
      address,
      clock,
      log,
      events: {
        invoked: (id, key) => events.pressed(String(id), key),
        closed: (id, reason) => events.closed(String(id), reason),
        gone: () => events.gone(() => true),
        appeared: () => events.appeared(),
      },
    })
  }

  async ready(signal: AbortSignal | null): Promise<ToastFacts> {
    this.#service = await this.#notifier.service(signal)
    const { capabilities } = this.#service
    // Pictures go by a hint, which no service announces; who can't show it leaves it out.
    return { path: 'dbus', name: nameOf(this.#service), pictures: true, buttons: capabilities.has('actions'), updates: true, why: null }
  }

  async show({ toast, replaces, signal, onLate }: Showing): Promise<Shown> {
    const service = this.#service ?? await this.#notifier.service(signal)
    const id = await this.#notifier.notify(renderNotify(toast, service, replaces === null ? 0 : Number(replaces)), signal, (late) => onLate(String(late)))
    return { id: String(id), by: nameOf(service) }
  }

  async close(id: ToastId): Promise<void> {
    await this.#notifier.close(Number(id))
  }

  end(): void {
    this.#notifier.end()
  }
}

function nameOf({ name, version }: ServiceFacts): string {
  return `${name} ${version}`.trim()
}
