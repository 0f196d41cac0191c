/** Waiting that ends with the connection, and work that nobody waits for. */
import type { Clock } from '../../ports.ts'

export interface Wait {
  /** Ends after the time, when hurried, or when the signal aborts. Never rejects. */
  readonly over: Promise<void>
  /** Ends it now; harmless when it is over. */
  hurry(): void
}

/** Leaves neither timer nor listener behind. */
export function wait(clock: Clock, ms: number, signal: AbortSignal): Wait {
  let hurry = () => undefined as void
  const over = new Promise<void>((resolve) => {
    const cancel = clock.after(ms, end)
    function end(): void {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    hurry = end
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
  })
  return { over, hurry: () => hurry() }
}

/** Work beside a connection that ends before the connection is closed. */
export class Beside {
  readonly #running = new Set<Promise<void>>()

  /** @param work never rejects */
  add(work: Promise<void>): void {
    const tracked = work.finally(() => this.#running.delete(tracked))
    this.#running.add(tracked)
  }

  /** Ends when nothing that was begun still runs. */
  async settled(): Promise<void> {
    await Promise.all(this.#running)
  }
}
