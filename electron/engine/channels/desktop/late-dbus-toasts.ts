/** The same toasts, whose D-Bus client is loaded when a destination opens them: an engine without a desktop does without it. */
import type { OpenToasts, Showing, Shown, ToastFacts, ToastGiven, ToastId, ToastPort } from './port.ts'

/** @param address of the session bus */
export function lateDbusToasts(address: string): OpenToasts {
  return (given) => new LateToasts(address, given)
}

class LateToasts implements ToastPort {
  readonly #port: Promise<ToastPort>

  constructor(address: string, given: ToastGiven) {
    this.#port = import('./dbus-toasts.ts').then(({ dbusToasts }) => dbusToasts(address)(given))
    // Whoever asks hears of it; nobody may have asked yet.
    this.#port.catch(() => undefined)
  }

  async ready(signal: AbortSignal | null): Promise<ToastFacts> {
    return (await this.#port).ready(signal)
  }

  async show(showing: Showing): Promise<Shown> {
    return (await this.#port).show(showing)
  }

  async close(id: ToastId): Promise<void> {
    return (await this.#port).close(id)
  }

  end(): void {
    void this.#port.then((port) => port.end(), () => undefined)
  }
}
