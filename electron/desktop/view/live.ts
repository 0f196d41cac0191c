/**
 * Pictures of what a person looks at right now: each taken anew about once a second, one at a time a printer, in memory only. Nothing
 * is taken when nobody looks.
 */
import type { LivePicture } from '../../bridge/views/printers.ts'
import type { Cancel, Clock, Log, Pictures } from '../../engine/ports.ts'
import { NoPicture, type RawPicture } from '../../engine/printers/adapter.ts'
import { endingWith } from '../../engine/ending-with.ts'

export interface LiveParts {
  /** @throws NoPicture */
  snapshot(printerId: string, cameraId: string | null, signal: AbortSignal): Promise<RawPicture>
  pictures: Pictures
  clock: Clock
  log: Log
  push(picture: LivePicture): void
}

export interface Watched {
  printerId: string
  cameraId: string | null
}

export interface Live {
  /** What is shown from now on; what is no longer named ends at once, with its picture. */
  watch(list: readonly Watched[]): void
  /** The last picture of a printer; null = none is kept. */
  picture(printerId: string): Uint8Array | null
  /** The window closed. */
  stop(): void
}

/** ms from the beginning of one picture to that of the next. */
const EVERY_MS = 1_000
/** A camera that fails is asked more and more rarely; ms. */
const SLOWEST_MS = 15_000
/** A camera that answers no sooner is asked no longer; ms. */
const DEADLINE_MS = 10_000

interface Watch {
  cameraId: string | null
  abort: AbortController
  timer: Cancel | null
  failures: number
}

export function createLive(parts: LiveParts): Live {
  const { clock, log } = parts
  const watches = new Map<string, Watch>()
  const kept = new Map<string, Uint8Array>()

  function begin(printerId: string, cameraId: string | null): void {
    const watch: Watch = { cameraId, abort: new AbortController(), timer: null, failures: 0 }
    watches.set(printerId, watch)
    void take(printerId, watch)
  }

  function end(printerId: string): void {
    const watch = watches.get(printerId)
    watch?.timer?.()
    watch?.abort.abort()
    watches.delete(printerId)
    kept.delete(printerId)
  }

  async function take(printerId: string, watch: Watch): Promise<void> {
    const began = clock.monotonic()
    const told = await still(printerId, watch)
    // Ended meanwhile, or begun anew with another camera: its picture is nobody's.
    if (watches.get(printerId) !== watch) return
    watch.failures = told.ok ? 0 : watch.failures + 1
    parts.push(told)
    const wait = Math.min(SLOWEST_MS, EVERY_MS * 2 ** watch.failures)
    watch.timer = clock.after(Math.max(EVERY_MS / 4, began + wait - clock.monotonic()), () => void take(printerId, watch))
  }

  async function still(printerId: string, watch: Watch): Promise<LivePicture> {
    const deadline = new AbortController()
    const cancel = clock.after(DEADLINE_MS, () => deadline.abort())
    try {
      const raw = await endingWith([watch.abort.signal, deadline.signal], (signal) => parts.snapshot(printerId, watch.cameraId, signal))
      const { jpeg } = await parts.pictures.prepare(raw.bytes, raw.orientation)
      if (watches.get(printerId) === watch) kept.set(printerId, jpeg)
      return { printerId, ok: true, url: `printbell-picture://live/${encodeURIComponent(printerId)}?at=${raw.takenAt}`, takenAt: raw.takenAt }
    } catch (error) {
      if (watch.failures === 0 && !watch.abort.signal.aborted) log.debug('a live picture could not be taken', { printer: printerId, error })
      return { printerId, ok: false, why: error instanceof NoPicture ? error.message : 'The camera\'s picture could not be read.' }
    } finally {
      cancel()
    }
  }

  return {
    watch(list) {
      const wanted = new Map(list.map(({ printerId, cameraId }) => [printerId, cameraId]))
      for (const [printerId, { cameraId }] of watches) if (!wanted.has(printerId) || wanted.get(printerId) !== cameraId) end(printerId)
      for (const [printerId, cameraId] of wanted) if (!watches.has(printerId)) begin(printerId, cameraId)
    },
    picture: (printerId) => kept.get(printerId) ?? null,
    stop() {
      for (const printerId of [...watches.keys()]) end(printerId)
    },
  }
}

export interface PictureFiles {
  live: Pick<Live, 'picture'>
  /** Where an event's picture lies, by the history; null = there is none. */
  fileOf(eventId: string): string | null
  /** Reads a file of the snapshots folder; null = gone, damaged, or outside of it. */
  load(file: string): Promise<{ jpeg: Uint8Array } | null>
}

/** What the picture scheme shows: ids only, looked up here, never made into a path. */
export async function pictureBytes(parts: PictureFiles, what: 'event' | 'live', id: string): Promise<Uint8Array | null> {
  if (what === 'live') return parts.live.picture(id)
  const file = parts.fileOf(id)
  return file === null ? null : (await parts.load(file))?.jpeg ?? null
}
