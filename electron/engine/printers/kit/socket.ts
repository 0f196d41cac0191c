/**
 * One websocket to a printer server, without meaning: parsed frames in, messages out, a heartbeat of its own, bounds and a brake.
 * Servers either send no heartbeat or nothing at all while nothing happens, so a dead peer is found only by asking.
 */
import type { Agent } from 'node:http'
import WebSocket from 'ws'
import type { Clock } from '../../ports.ts'
import { hostOf, nameCause, NetError, netError } from '../net.ts'

/**
 * A line that was silent for so long is asked; less than the 5 s that the engine allows between two signs of life. A server that
 * sends more often is not asked at all: each message wakes the whole desktop app (docs/performance.md).
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

export interface SocketHandlers {
  /** A parsed frame. */
  frame(frame: unknown): void
  /** A sign of life that is no frame. */
  alive(): void
  /** Text that is no JSON. */
  junk(what: string): void
  /** Once, however it ended. `why` is a NetError unless `close` was given something else; `code`: the peer's close code. */
  closed(why: Error, code: number | null): void
}

export interface LiveSocket {
  send(message: Record<string, unknown>): void
  /** Asks now and gives the peer 5 s to answer. */
  probe(): void
  /** Ends it at once; `closed` is still called. */
  close(why: Error): void
  /** Headers of the answer to the upgrade, by lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** The upgrade was answered, but not with a websocket. */
export class UpgradeRefused extends Error {
  override readonly name = 'UpgradeRefused'
  constructor(readonly status: number) {
    super(`The websocket was answered with status ${status}.`)
  }
}

export interface SocketOptions {
  /** The ws(s) address. */
  url: string
  /** Made by `agentFor` with the server's pin. */
  agent: Agent
  headers: Record<string, string>
  /** A larger frame ends the connection. */
  maxFrameBytes: number
  clock: Clock
  signal: AbortSignal
}

/**
 * Opens the socket. No Origin header is sent (servers refuse foreign ones), redirects are not followed, deflate is off
 * (docs/performance.md says why).
 * @throws UpgradeRefused, or NetError for everything else
 */
export function openSocket(options: SocketOptions, handlers: SocketHandlers): Promise<LiveSocket> {
  const { clock } = options
  const host = hostOf(options.url)
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(options.url, {
      agent: options.agent,
      headers: options.headers,
      // Frames are small and the way is a LAN: inflating costs more memory and time than the wire saves (docs/performance.md).
      perMessageDeflate: false,
      maxPayload: options.maxFrameBytes,
      followRedirects: false,
      skipUTF8Validation: false,
    })
    let headers: LiveSocket['headers'] = {}
    let open = false
    let ended = false
    let ending = false
    let why: Error | null = null
    let unanswered = 0
    let lifeAt = clock.monotonic()
    let probes = 0
    let answered = ''
    let cancelBeat = () => undefined as void
    let cancelRest = () => undefined as void
    let busy = 0
    let busySince = 0
    const cancelOpen = clock.after(OPEN_DEADLINE_MS, () => end(netError('timeout', host)))

    function end(cause: Error): void {
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
      end(netError('aborted', host))
    }
    function finish(fallback: Error, code: number | null): void {
      if (ended) return
      ended = true
      stopTimers()
      options.signal.removeEventListener('abort', onAbort)
      if (open) handlers.closed(why ?? fallback, code)
      else reject(why ?? fallback)
    }
    function beat(inMs = SILENT_MS): void {
      if (ending) return
      cancelBeat = clock.after(inMs, () => {
        const silent = clock.monotonic() - lifeAt
        // Something came meanwhile: the timer was left alone for it, and only now looks when the line could be silent again.
        if (silent < SILENT_MS) return beat(SILENT_MS - silent)
        if (unanswered >= DEAD_AFTER) return end(new NetError('timeout', `${host} has stopped answering.`))
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
    function probe(): void {
      // Only the answer to this very question counts: frames from before the sleep may still lie in the buffers.
      const question = `probe ${++probes}`
      ask(question)
      cancelBeat()
      cancelBeat = clock.after(PROBE_MS, () => {
        if (answered !== question) return end(new NetError('timeout', `${host} does not answer any more.`))
        beat()
      })
    }

    options.signal.addEventListener('abort', onAbort, { once: true })
    if (options.signal.aborted) onAbort()

    socket.on('upgrade', (response) => (headers = response.headers))
    socket.on('open', () => {
      open = true
      cancelOpen()
      beat()
      resolve({
        send: (message) => {
          if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
        },
        probe,
        close: end,
        headers,
      })
    })
    socket.on('unexpected-response', (request, response) => {
      response.resume()
      request.destroy()
      why ??= new UpgradeRefused(response.statusCode ?? 0)
      finish(why, null)
    })
    socket.on('pong', (data) => {
      if (data.length > 0) answered = data.toString()
      life()
      handlers.alive()
    })
    socket.on('message', (data, isBinary) => {
      life()
      const text = Buffer.isBuffer(data) ? data.toString() : ''
      const from = clock.monotonic()
      let frame: unknown
      try {
        frame = JSON.parse(text)
      } catch {
        handlers.junk(isBinary ? 'binary frame' : 'frame that is no JSON')
        return
      }
      handlers.frame(frame)
      worked(from)
    })
    socket.on('error', (error) => {
      why ??= 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' ? netError('too_large', host) : nameCause(error, host)
      if (!open) finish(why, null)
    })
    socket.on('close', (code) => finish(new NetError('reset', `${host} closed the connection.`), code === 1005 || code === 1006 ? null : code))
  })
}
