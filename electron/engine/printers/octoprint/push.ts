/**
 * One raw websocket to OctoPrint's push API, without meaning: frames in, messages out, a heartbeat of its own.
 * The raw form has no heartbeat from the server (OctoPrint 1.11.8, seen), so a dead peer is found only by asking.
 */
import type { Clock } from '../../ports.ts'
import { openSocket, UpgradeRefused, type LiveSocket } from '../kit/socket.ts'
import { agentFor, hostOf } from '../net.ts'
import type { ServerError } from '../kit/server-error.ts'
import { asOctoPrintError } from './rest.ts'

/** A history after 30 minutes with logs was 150 kB; this bound only stops a hostile server. */
const MAX_FRAME_BYTES = 8_000_000

export interface PushHandlers {
  /** A parsed frame. */
  frame(frame: unknown): void
  /** A sign of life that is no frame. */
  alive(): void
  /** Text that is no JSON. */
  junk(what: string): void
  /** Once, however it ended. */
  closed(why: ServerError): void
}

export type Push = Pick<LiveSocket, 'send' | 'probe' | 'close'>

export interface PushOptions {
  /** http(s) base address of the server. */
  base: string
  headers: Record<string, string>
  pin: string | null
  clock: Clock
  signal: AbortSignal
}

/**
 * Opens the socket. Frames come every 2 or 4 s (pace.ts), so a healthy line is not asked for signs of life at all.
 * @throws UpgradeRefused (something in between does not pass it on), or ServerError for everything else
 */
export async function openPush({ base, headers, pin, clock, signal }: PushOptions, handlers: PushHandlers): Promise<Push> {
  const host = hostOf(base)
  try {
    return await openSocket(
      { url: `${base.replace(/^http/, 'ws')}/sockjs/websocket`, agent: agentFor(base, pin), headers, maxFrameBytes: MAX_FRAME_BYTES, clock, signal },
      { ...handlers, closed: (why) => handlers.closed(asOctoPrintError(why, host)) },
    )
  } catch (error) {
    throw error instanceof UpgradeRefused ? error : asOctoPrintError(error, host)
  }
}
