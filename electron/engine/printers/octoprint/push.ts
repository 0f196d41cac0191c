/**
 * One raw websocket to OctoPrint's push API, without meaning: frames in, messages out, a heartbeat of its own.
 * The raw form has no heartbeat from the server (OctoPrint 1.11.8, seen), so a dead peer is found only by asking.
 */
import WebSocket from 'ws'
import type { Clock } from '../../ports.ts'
import { agentFor, hostOf, nameCause, netError } from '../net.ts'
import { ServerError } from '../kit/server-error.ts'
import { asOctoPrintError } from './rest.ts'

/** A history after 30 minutes with logs was 150 kB; this bound only stops a hostile server. */
const MAX_FRAME_BYTES = 8_000_000
/**
 * A line that was silent for so long is asked; less than the 5 s that the engine allows between two signs of life. Frames come
 * every 2 or 4 s (pace.ts), so a healthy line is not asked at all: each message wakes the whole desktop app (docs/performance.md).
 */
const SILENT_MS = 4_500
/** Between two questions to a line that does not answer. */
const BEAT_MS = 2_000
/** Questions without an answer until the peer counts as dead (20 s). Counted, not timed: after sleep nothing was asked yet. */
const DEAD_AFTER = 10
const PROBE_MS = 5_000
const OPEN_DEADLINE_MS = 10_000
/** After so much work for one server's frames, ms ... */
const BUSY_MS = 100
/** ... its next ones wait in the socket this many times as long, so that a server that floods delays no other printer. */
const REST_FACTOR = 3
const BUSY_WITHIN_MS = 1_000
/** ... but no longer than this: the answers to our pings wait behind them. */
const LONGEST_REST_MS = 2_000

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

export interface Push {
  send(message: Record<string, unknown>): void
  /** Asks now and gives the peer 5 s to answer. */
  probe(): void
  /** Ends it at once; `closed` is still called. */
  close(why: ServerError): void
}

/** The upgrade was answered, but not with a websocket: something in between does not pass it on. */
export class UpgradeRefused extends Error {
  override readonly name = 'UpgradeRefused'
  constructor(readonly status: number) {
    super(`The websocket was answered with status ${status}.`)
  }
}

export interface PushOptions {
  /** http(s) base address of the server. */
  base: string
  headers: Record<string, string>
  pin: string | null
  clock: Clock
  signal: AbortSignal
}

/**
 * Opens the socket. No Origin header is sent (a foreign one gets 403), redirects are not followed, deflate is off
 * (docs/performance.md says why).
 * @throws UpgradeRefused, or ServerError for everything else
 */
export function openPush(options: PushOptions, handlers: PushHandlers): Promise<Push> {
  const { clock, base } = options
  const host = hostOf(base)
  const url = `${base.replace(/^http/, 'ws')}/sockjs/websocket`
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, {
      agent: agentFor(base, options.pin),
      headers: options.headers,
      // Frames are small and the way is a LAN: inflating costs more memory and time than the wire saves (docs/performance.md).
      perMessageDeflate: false,
      maxPayload: MAX_FRAME_BYTES,
      followRedirects: false,
      skipUTF8Validation: false,
    })
    let open = false
    let ended = false
    let why: ServerError | null = null
    let unanswered = 0
    let lifeAt = clock.monotonic()
    let probes = 0
    let answered = ''
    let cancelBeat = () => undefined as void
    let cancelRest = () => undefined as void
    let busy = 0
    let busySince = 0
    const cancelOpen = clock.after(OPEN_DEADLINE_MS, () => end(asOctoPrintError(netError('timeout', host), host)))

    let ending = false
    function end(cause: ServerError): void {
      why ??= cause
      ending = true
      // At once, not with the close event: whoever waits for the end must find no timer left.
      stopTimers()
      socket.terminate()
    }
    function stopTimers(): void {
      cancelOpen()
      cancelBeat()
      cancelRest()
    }
    function onAbort(): void {
      end(asOctoPrintError(netError('aborted', host), host))
    }
    function finish(fallback: ServerError): void {
      if (ended) return
      ended = true
      stopTimers()
      options.signal.removeEventListener('abort', onAbort)
      if (open) handlers.closed(why ?? fallback)
      else reject(why ?? fallback)
    }
    function beat(inMs = SILENT_MS): void {
      if (ending) return
      cancelBeat = clock.after(inMs, () => {
        const silent = clock.monotonic() - lifeAt
        // Something came meanwhile: the timer was left alone for it, and only now looks when the line could be silent again.
        if (silent < SILENT_MS) return beat(SILENT_MS - silent)
        if (unanswered >= DEAD_AFTER) return end(new ServerError('timeout', `${host} has stopped answering.`))
        unanswered++
        ask()
        beat(BEAT_MS)
      })
    }
    function ask(question = ''): void {
      if (socket.readyState === WebSocket.OPEN) socket.ping(question)
    }
    function life(): void {
      lifeAt = clock.monotonic()
      unanswered = 0
    }
    function worked(from: number): void {
      const now = clock.monotonic()
      if (from - busySince > BUSY_WITHIN_MS) {
        busy = 0
        busySince = from
      }
      // A frame during which the computer slept was no work.
      busy += Math.min(BUSY_MS, now - from)
      if (ending || busy < BUSY_MS || socket.readyState !== WebSocket.OPEN) return
      socket.pause()
      cancelRest()
      cancelRest = clock.after(Math.min(LONGEST_REST_MS, busy * REST_FACTOR), () => {
        busy = 0
        socket.resume()
      })
    }

    options.signal.addEventListener('abort', onAbort, { once: true })
    if (options.signal.aborted) onAbort()

    socket.on('open', () => {
      open = true
      cancelOpen()
      beat()
      resolve({
        send: (message) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
        },
        probe: () => {
          // Only the answer to this very question counts: frames from before the sleep may still lie in the buffers.
          const question = `probe ${++probes}`
          ask(question)
          cancelBeat()
          cancelBeat = clock.after(PROBE_MS, () => {
            if (answered !== question) return end(new ServerError('timeout', `${host} does not answer any more.`))
            beat()
          })
        },
        close: end,
      })
    })
    socket.on('unexpected-response', (request, response) => {
      response.resume()
      request.destroy()
      why ??= null
      if (ended) return
      ended = true
      cancelOpen()
      options.signal.removeEventListener('abort', onAbort)
      reject(new UpgradeRefused(response.statusCode ?? 0))
    })
    socket.on('pong', (data) => {
      if (data.length > 0) answered = data.toString()
      life()
      handlers.alive()
    })
    socket.on('message', (data, isBinary) => {
      life()
      const text = Buffer.isBuffer(data) ? data.toString() : ''
      let frame: unknown
      try {
        frame = JSON.parse(text)
      } catch {
        handlers.junk(isBinary ? 'binary frame' : 'frame that is no JSON')
        return
      }
      const from = clock.monotonic()
      handlers.frame(frame)
      worked(from)
    })
    socket.on('error', (error) => {
      why ??= asOctoPrintError(nameCause(error, host), host)
      if (!open) finish(why)
    })
    socket.on('close', () => finish(new ServerError('reset', `${host} closed the connection.`)))
  })
}
