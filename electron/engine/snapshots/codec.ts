/** The picture port for plain Node: what needs no decoding stays here, the rest goes to a process that ends when idle. */
import { fork, type ChildProcess } from 'node:child_process'
import type { Cancel, Clock, Log, Orientation, Pictures } from '../ports.ts'
import type { Prepared } from './codec-jpeg.ts'
import type { CodecAnswer, CodecRequest } from './codec-messages.ts'
import { NotAPicture, readHeader, withoutTurning } from './header.ts'
import { plan } from './plan.ts'

export interface PicturesOptions {
  clock: Clock
  log: Log
  /** The bundled codec-process.ts; default: codec-process.mjs beside the file that holds this code. */
  entry?: URL
  /** ms without a picture after which the process is let go. */
  idleMs?: number
  /** ms after which one picture is given up and the process killed. */
  limitMs?: number
}

export interface NodePictures extends Pictures {
  /** Ends the codec's process; pictures under way fail. */
  close(): Promise<void>
}

interface Waiting {
  request: CodecRequest
  resolve(prepared: Prepared): void
  reject(error: Error): void
}

/** Pictures that may wait for the codec; more means that something is wrong, and each holds memory. */
const MAX_WAITING = 50
const IDLE_MS = 10_000
const LIMIT_MS = 8000
const MAX_COMPLAINT = 4000

export function createPictures(options: PicturesOptions): NodePictures {
  // Not written as new URL('./x', import.meta.url) in one piece: bundlers take that for an asset.
  const here = import.meta.url
  const codec = new Codec(options, options.entry ?? new URL('codec-process.mjs', here))
  return {
    async prepare(bytes: Uint8Array, orientation: Orientation, longestEdge?: number) {
      const header = readHeader(bytes)
      const { decode, width, height } = plan(header, bytes.length, orientation, longestEdge)
      if (!decode) return { jpeg: withoutTurning(bytes, header), width, height }
      return codec.run({ bytes, orientation, longestEdge: longestEdge ?? null })
    },
    close: () => codec.close(),
  }
}

class Codec {
  #child: ChildProcess | null = null
  #queue: Waiting[] = []
  #running: Waiting | null = null
  #timer: Cancel | null = null
  #id = 0
  #closed = false

  constructor(readonly options: PicturesOptions, readonly entry: URL) {}

  run(asked: Omit<CodecRequest, 'id'>): Promise<Prepared> {
    if (this.#closed) return Promise.reject(new Error('the picture codec is closed'))
    if (this.#queue.length >= MAX_WAITING) return Promise.reject(new Error(`${MAX_WAITING} pictures wait for the codec already`))
    return new Promise((resolve, reject) => {
      this.#queue.push({ request: { id: ++this.#id, ...asked }, resolve, reject })
      this.#next()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    const child = this.#child
    const gone = child && child.exitCode === null && child.signalCode === null ? new Promise((resolve) => child.once('exit', resolve)) : null
    this.#end('the picture codec is closed')
    for (const waiting of this.#queue.splice(0)) waiting.reject(new Error('the picture codec is closed'))
    await gone
  }

  #next(): void {
    if (this.#running) return
    this.#timer?.()
    this.#timer = null
    const waiting = this.#queue.shift()
    if (!waiting) {
      if (this.#child) this.#timer = this.options.clock.after(this.options.idleMs ?? IDLE_MS, () => this.#end('idle'))
      return this.#hold(false)
    }
    this.#running = waiting
    const child = (this.#child ??= this.#start())
    this.#hold(true)
    const limit = this.options.limitMs ?? LIMIT_MS
    this.#timer = this.options.clock.after(limit, () => this.#end(`the picture could not be prepared within ${limit} ms`))
    child.send(waiting.request, (error) => {
      if (error) this.#end(`the codec's process cannot be reached: ${error.message}`, child)
    })
  }

  #start(): ChildProcess {
    // No environment: the codec touches hostile bytes and must not know the secrets that may lie there.
    const child = fork(this.entry, [], {
      serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ELECTRON_RUN_AS_NODE: '1' },
    })
    let complaint = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-MAX_COMPLAINT)))
    child.on('message', (answer: CodecAnswer) => this.#answered(answer, child))
    child.on('error', (error) => this.#end(`the codec's process cannot be started: ${error.message}`, child))
    child.on('exit', (code, signal) => {
      const said = /\w*Error.*/.exec(complaint)?.[0]
      this.#end(`the codec's process ended (${signal ?? `status ${String(code)}`}${said === undefined ? '' : `: ${said}`})`, child)
    })
    return child
  }

  #answered(answer: CodecAnswer, child: ChildProcess): void {
    const { id } = answer
    if (child !== this.#child || this.#running?.request.id !== id) return
    if ('error' in answer) return this.#end(answer.error, child, true)
    const { resolve } = this.#running
    this.#running = null
    resolve(answer.prepared)
    this.#next()
  }

  /** Ends the process and fails what it was doing; what waits behind gets a new process. */
  #end(why: string, which: ChildProcess | null = this.#child, picture = false): void {
    if (which !== this.#child) return
    this.#timer?.()
    this.#timer = null
    this.#child = null
    const running = this.#running
    this.#running = null
    which?.kill('SIGKILL')
    if (!running) return
    this.options.log.debug('a picture could not be prepared', { why })
    running.reject(picture ? new NotAPicture(why) : new Error(why))
    if (!this.#closed) this.#next()
  }

  /** The process keeps the engine alive only while it works. */
  #hold(hold: boolean): void {
    const child = this.#child
    if (!child) return
    const handles: unknown[] = [child, child.channel, child.stderr]
    for (const handle of handles.filter(isHandle)) {
      if (hold) handle.ref()
      else handle.unref()
    }
  }
}

/** Something that can keep this process alive or not; the types of pipes and channels do not all say so. */
interface Handle {
  ref(): void
  unref(): void
}

function isHandle(value: unknown): value is Handle {
  return typeof value === 'object' && value !== null && 'ref' in value && 'unref' in value
}
