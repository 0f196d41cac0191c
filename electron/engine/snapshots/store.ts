/** Takes a picture for an event: light, fetch, check, prepare, store, within a deadline. */
import type { Picture } from '../delivery/message.ts'
import type { Cancel, Clock, Log, Orientation, Pictures } from '../ports.ts'
import { NoPicture, type RawPicture } from '../printers/adapter.ts'
import { NotAPicture, readHeader } from './header.ts'
import type { Light, LookResult, SnapshotRequest, SnapshotResult, Snapshots, Still, StillRequest } from './snapshots.ts'
import { PictureStore } from './files.ts'

export interface SnapshotsOptions {
  /** Absolute folder of the pictures. */
  dir: string
  pictures: Pictures
  clock: Clock
  log: Log
}

/** Requests of one printer within this time get the same still. */
const SHARED_MS = 1000
/** A still larger than this is refused unseen; a 4K JPEG has about 5 MB. */
const MAX_BYTES = 20_000_000
/** ms that switching the light off may take; nobody waits for it. */
const LIGHT_OFF_MS = 5000

interface Shared {
  began: number
  waiters: number
  abort: AbortController
  taken: Promise<Still>
}

/** What is stored stands upright already. */
const AS_STORED: Orientation = { flipH: false, flipV: false, rotate: 0 }

class DeadlinePassed extends Error {}

export function createSnapshots(options: SnapshotsOptions): Snapshots {
  return new SnapshotTaker(options)
}

class SnapshotTaker implements Snapshots {
  readonly #store: PictureStore
  #shared = new Map<string, Shared>()
  /** How many fetches need a printer's light: it goes off with the last. */
  #lit = new Map<string, number>()

  constructor(readonly options: SnapshotsOptions) {
    this.#store = new PictureStore(options.dir)
  }

  async take(request: SnapshotRequest): Promise<SnapshotResult> {
    const result = await this.#inTime(request, (taken, passed) => this.#finish(request, taken, passed))
    return 'value' in result ? result.value : { picture: null, ...result }
  }

  async look(request: StillRequest): Promise<LookResult> {
    const result = await this.#inTime(request, (taken) => taken)
    return 'value' in result ? { still: result.value } : { still: null, ...result }
  }

  keep(eventId: string, printerId: string, still: Still): Promise<SnapshotResult> {
    return this.#finish({ eventId, printerId }, Promise.resolve(still), () => false)
  }

  async holdLight(printerId: string, light: Light, signal: AbortSignal): Promise<() => void> {
    let held = true
    await this.#lightOn(light, printerId, signal)
    return () => {
      if (held) this.#letGo(light, printerId)
      held = false
    }
  }

  /** Fetches, shared with whoever else wants a picture now, and makes something of it: all within the deadline. */
  async #inTime<T>(request: StillRequest, make: (taken: Promise<Still>, passed: () => boolean) => Promise<T>): Promise<{ value: T } | { cause: string; why: string }> {
    let passed = false
    let cancel: Cancel = () => undefined
    const deadline = new Promise<never>((_, reject) => {
      cancel = this.options.clock.after(request.deadlineMs, () => {
        passed = true
        reject(new DeadlinePassed())
      })
    })
    const shared = this.#join(request)
    const work = make(shared.taken, () => passed)
    try {
      return { value: await Promise.race([work, deadline]) }
    } catch (error) {
      return explain(error, request.deadlineMs)
    } finally {
      cancel()
      shared.waiters -= 1
      if (shared.waiters === 0 && passed) {
        // The last one who waited gave up: a later request starts anew.
        if (this.#shared.get(request.printerId) === shared) this.#shared.delete(request.printerId)
        shared.abort.abort(new DeadlinePassed())
      }
      // Both may still fail after the race; what mattered of it was told.
      work.catch(() => undefined)
      deadline.catch(() => undefined)
    }
  }

  load(file: string) {
    return this.#store.load(file)
  }

  async remove(files: string[]): Promise<void> {
    for (const file of files) {
      try {
        await this.#store.remove(file)
      } catch (error) {
        this.options.log.warn('a picture could not be deleted', { file, why: words(error) })
      }
    }
  }

  async #finish(request: Pick<SnapshotRequest, 'eventId' | 'printerId'>, still: Promise<Still>, passed: () => boolean): Promise<SnapshotResult> {
    const taken = await still
    let file: string
    try {
      file = await this.#store.write(request.printerId, request.eventId, taken.jpeg, taken.takenAt)
    } catch (error) {
      return { picture: null, cause: 'not_stored', why: `The picture could not be stored in ${this.options.dir}: ${words(error)}` }
    }
    // Nobody will ever know of a file that was finished too late.
    if (passed()) await this.#store.remove(file)
    return { picture: { ...taken, file } }
  }

  async shrink(picture: Picture, longestEdge: number): Promise<Picture | null> {
    try {
      return { ...picture, ...await this.options.pictures.prepare(picture.jpeg, AS_STORED, longestEdge) }
    } catch (error) {
      this.options.log.warn('a picture could not be made smaller', { why: words(error), longestEdge })
      return null
    }
  }

  #join(request: StillRequest): Shared {
    const { clock } = this.options
    const open = this.#shared.get(request.printerId)
    if (open && clock.monotonic() - open.began < SHARED_MS) {
      open.waiters += 1
      return open
    }
    const abort = new AbortController()
    const shared: Shared = { began: clock.monotonic(), waiters: 1, abort, taken: this.#fetch(request, abort.signal) }
    shared.taken.catch(() => undefined)
    this.#shared.set(request.printerId, shared)
    clock.after(SHARED_MS, () => {
      if (this.#shared.get(request.printerId) === shared) this.#shared.delete(request.printerId)
    })
    return shared
  }

  async #fetch(request: StillRequest, signal: AbortSignal): Promise<Still> {
    // What an adapter or an action throws at once must not escape take().
    await Promise.resolve()
    const raw = await this.#inLight(request, signal, () => request.fetch(signal))
    if (raw.bytes.length > MAX_BYTES) throw new NoPicture('too_large', `The camera's picture has ${megabytes(raw.bytes.length)} MB, more than ${megabytes(MAX_BYTES)} MB`)
    // Checked here as well as in the port: the desktop brings a port of its own.
    readHeader(raw.bytes)
    const { jpeg, width, height } = await this.options.pictures.prepare(raw.bytes, raw.orientation)
    return { jpeg, width, height, takenAt: raw.takenAt }
  }

  async #inLight(request: StillRequest, signal: AbortSignal, fetch: () => Promise<RawPicture>): Promise<RawPicture> {
    const { light, printerId } = request
    if (!light) return fetch()
    try {
      await this.#lightOn(light, printerId, signal)
      signal.throwIfAborted()
      return await fetch()
    } finally {
      this.#letGo(light, printerId)
    }
  }

  /** Whoever calls it lets go of the light afterwards, also when it could not be switched. */
  async #lightOn(light: Light, printerId: string, signal: AbortSignal): Promise<void> {
    this.#lit.set(printerId, (this.#lit.get(printerId) ?? 0) + 1)
    try {
      await light.on(signal)
      await this.#wait(light.waitMs, signal)
    } catch (error) {
      // A dark picture is better than none.
      this.options.log.warn('the light could not be switched on for a picture', { printerId, why: words(error) })
    }
  }

  #letGo(light: Light, printerId: string): void {
    const others = (this.#lit.get(printerId) ?? 1) - 1
    if (others > 0) this.#lit.set(printerId, others)
    else {
      this.#lit.delete(printerId)
      void this.#lightOff(light, printerId)
    }
  }

  /** With a signal of its own: the light must go off also when the fetch was given up. */
  async #lightOff(light: Light, printerId: string): Promise<void> {
    const abort = new AbortController()
    const cancel = this.options.clock.after(LIGHT_OFF_MS, () => abort.abort())
    try {
      await light.off(abort.signal)
    } catch (error) {
      this.options.log.warn('the light could not be switched off after a picture', { printerId, why: words(error) })
    } finally {
      cancel()
    }
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || ms <= 0) return resolve()
      const done = (): void => {
        cancel()
        signal.removeEventListener('abort', done)
        resolve()
      }
      const cancel = this.options.clock.after(ms, done)
      signal.addEventListener('abort', done)
    })
  }
}

function explain(error: unknown, deadlineMs: number): { cause: string; why: string } {
  if (error instanceof DeadlinePassed) return { cause: 'timeout', why: `The camera gave no picture within ${deadlineMs / 1000} s` }
  if (error instanceof NoPicture) return { cause: error.cause_, why: error.message }
  if (error instanceof NotAPicture) return { cause: 'not_a_picture', why: `No usable picture: ${error.message}` }
  return { cause: 'server_error', why: `The picture could not be taken: ${words(error)}` }
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0)
}
