/** Waiting within a channel: on the engine's clock, and never longer than somebody wants an answer. */
import type { ChannelPorts, Sending, Verdict } from '../channel.ts'

/** A change of a message is asked for so often; the outbox tries it once only, because the text was told. */
const CHANGES_TRIED = 3
/** One wait for it, ms: beyond that the picture is old news. */
const LONGEST_WAIT_MS = 10_000
const WAIT_MS = 2_000

/** Resolves after `ms`, at once when `signal` aborts. Never rejects. */
export function pause(clock: ChannelPorts['clock'], ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      cancel()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const cancel = clock.after(ms, end)
    signal.addEventListener('abort', end, { once: true })
  })
}

/** Tries once; a change of what stands there already is tried again for some seconds when the far side is only busy. */
export async function trySome(ports: Pick<ChannelPorts, 'clock'>, sending: Pick<Sending, 'update'>, signal: AbortSignal, send: () => Promise<Verdict>): Promise<Verdict> {
  for (let tries = 1; ; tries += 1) {
    const verdict = await send()
    if (!sending.update || verdict.result !== 'retry' || tries >= CHANGES_TRIED || (verdict.after ?? 0) > LONGEST_WAIT_MS) return verdict
    await pause(ports.clock, verdict.after ?? WAIT_MS, signal)
    if (signal.aborted) return verdict
  }
}
