/** The simulated camera: a picture of the print as it stands, or what a broken camera answers. */
import type { ServerResponse } from 'node:http'
import type { Cancel } from '../ports.ts'
import { encodeJpeg } from './jpeg.ts'
import { isActive, NOZZLE_TARGET, view } from './job.ts'
import { paint } from './painter.ts'
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

export class Webcam {
  #drawn: { key: string; jpeg: Uint8Array } | null = null
  #waiting = new Set<Cancel>()

  constructor(readonly printer: SimulatedPrinter, readonly control: WebcamControl, readonly hue: number) {}

  /** The picture of now, as JPEG. Drawn once per half second at most. */
  still(): Uint8Array {
    const { state, now, script } = this.printer
    const seen = view(state, now, script)
    const progress = Math.round((seen.progress ?? 0) * 400) / 400
    const parked = !isActive(state) || seen.phase === 'pausing' || seen.phase === 'paused' || seen.phase === 'heating'
    const step = parked ? 0 : Math.floor(now / MOVES_EVERY_MS)
    const heat = Math.round(Math.max(0, Math.min(1, (seen.tool.actual - 30) / (NOZZLE_TARGET - 30))) * 10) / 10
    const { width, height } = this.control
    const key = [progress, parked, step, heat, width, height].join()
    if (this.#drawn?.key !== key) {
      const scene = { width, height, progress, parked, heat, hue: this.hue, nozzle: 0.5 + 0.5 * Math.sin(step * 2.4) }
      this.#drawn = { key, jpeg: encodeJpeg(paint(scene), 80) }
    }
    return this.#drawn.jpeg
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
