/** The simulated camera: a picture of the print as it stands, or what a broken camera answers. */
import type { ServerResponse } from 'node:http'
import type { Cancel } from '../ports.ts'
import { encodeJpeg } from './jpeg.ts'
import { isActive, isParked, NOZZLE_TARGET, view, type Said } from './job.ts'
import { paint, type Scene } from './painter.ts'
import type { SimulatedPrinter } from './printer.ts'

export interface WebcamControl {
  /** ms before a still is answered. */
  delayMs: number
  /** `hang` never answers, `html` answers a page with status 200, `error` status 500, `junk` bytes that are no picture. */
  mode: 'picture' | 'hang' | 'html' | 'error' | 'junk'
  width: number
  height: number
}

/** Stills between two different pictures: the nozzle moves on. */
const MOVES_EVERY_MS = 500
const STREAM_EVERY_MS = 500
const BOUNDARY = 'boundarydonotcross'

/** The number in the path of a judged picture; null = it is no such path. */
const numberOf = (path: string): number | null => {
  const found = /^\/plugin\/failure_detector\/(\d+)\.jpg$/.exec(path)
  return found ? Number(found[1]) : null
}

export class Webcam {
  #drawn: { key: string; jpeg: Uint8Array } | null = null
  #waiting = new Set<Cancel>()
  #evidence = new Map<number, Uint8Array>()

  constructor(readonly printer: SimulatedPrinter, readonly control: WebcamControl, readonly hue: number) {}

  /** The picture of now, as JPEG. Drawn once per half second at most. */
  still(): Uint8Array {
    const scene = this.#scene()
    const key = Object.values(scene).join()
    if (this.#drawn?.key !== key) this.#drawn = { key, jpeg: encodeJpeg(paint(scene), 80) }
    return this.#drawn.jpeg
  }

  #scene(): Scene {
    const { state, now, script } = this.printer
    const seen = view(state, now, script)
    const parked = !isActive(state) || isParked(state, now, script) || seen.phase === 'pausing' || seen.phase === 'paused' || seen.phase === 'heating'
    const step = parked ? 0 : Math.floor(now / MOVES_EVERY_MS)
    return {
      width: this.control.width, height: this.control.height, progress: Math.round((seen.progress ?? 0) * 400) / 400, parked, hue: this.hue,
      heat: Math.round(Math.max(0, Math.min(1, (seen.tool.actual - 30) / (NOZZLE_TARGET - 30))) * 10) / 10, nozzle: 0.5 + 0.5 * Math.sin(step * 2.4),
    }
  }

  /** What the failure detector saw when it spoke: kept until it spoke eight times more. */
  judged({ plugin, data }: Extract<Said, { plugin: unknown }>['plugin']): void {
    const number = plugin === 'failure_detector' ? numberOf(String(data['picture'])) : null
    if (number === null) return
    this.#evidence.set(number, encodeJpeg(paint({ ...this.#scene(), marked: true }), 80))
    this.#evidence.delete(number - 8)
  }

  answerEvidence(path: string, response: ServerResponse): void {
    const jpeg = this.#evidence.get(numberOf(path) ?? 0)
    if (!jpeg) response.writeHead(404, { 'content-type': 'text/html; charset=UTF-8' }).end('<html><title>404: Not Found</title></html>')
    else response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': jpeg.length }).end(jpeg)
  }

  answerStill(response: ServerResponse): void {
    const { mode, delayMs } = this.control
    if (mode === 'hang') return
    if (delayMs > 0) this.#later(delayMs, response, () => this.#send(response))
    else this.#send(response)
  }

  /** MJPEG as mjpg-streamer sends it. */
  answerStream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': `multipart/x-mixed-replace;boundary=${BOUNDARY}`, 'cache-control': 'no-store' })
    const next = (): void => {
      const jpeg = this.still()
      response.write(`--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`)
      response.write(jpeg)
      response.write('\r\n')
      this.#later(STREAM_EVERY_MS, response, next)
    }
    next()
  }

  stop(): void {
    for (const cancel of this.#waiting) cancel()
    this.#waiting.clear()
  }

  #send(response: ServerResponse): void {
    const { mode } = this.control
    if (mode === 'error') {
      response.writeHead(500, { 'content-type': 'text/html; charset=UTF-8' }).end('<html><title>500: Internal Server Error</title><body>500: Internal Server Error</body></html>')
      return
    }
    if (mode === 'html') {
      response.writeHead(200, { 'content-type': 'text/html; charset=UTF-8' }).end('<!doctype html><html><title>Login</title></html>')
      return
    }
    const bytes = mode === 'junk' ? Buffer.alloc(5000, 0x5a) : this.still()
    response.writeHead(200, { 'content-type': 'image/jpeg', 'content-length': bytes.length }).end(bytes)
  }
  #later(ms: number, response: ServerResponse, fn: () => void): void {
    const forget = (): void => {
      cancel()
      this.#waiting.delete(cancel)
      response.off('close', forget)
    }
    const cancel = this.printer.clock.after(ms, () => {
      forget()
      fn()
    })
    this.#waiting.add(cancel)
    response.once('close', forget)
  }
}
