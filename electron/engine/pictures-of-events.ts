import type { CommitResult, History } from './history/history.ts'
import type { PrinterEvent, PrinterState } from './events/model.ts'
import type { Cancel, Clock, Log } from './ports.ts'
import { NoPicture, type RawPicture } from './printers/adapter.ts'
import type { DonePicture } from './settings/schema.ts'
import { createFinalPictures } from './snapshots/final.ts'
import type { Light, SnapshotResult, Snapshots } from './snapshots/snapshots.ts'
import { takeStill, type StillSource } from './stills.ts'

/** What is known of the printer whose picture is wanted. */
export interface PictureSource extends StillSource {
  /** The server offers a picture at all, as far as it told; null = not told. */
  canSnapshot: boolean | null
  light: { on: string[]; off: string[]; waitMs: number } | null
  /** Which picture the end of a print gets. */
  done: DonePicture
}

export interface PictureParts {
  snapshots: Snapshots
  history: Pick<History, 'putSnapshot' | 'snapshot'>
  clock: Clock
  log: Log
  source(printerId: string): PictureSource | null
  /** Whether somebody is to be told with a picture that a print of this printer is done: else no stills of its last minutes are taken. */
  shownDone(printerId: string): boolean
}

/** From "this event wants a picture" to the delivery worker's question "is it there yet". */
export interface PicturesOfEvents {
  onCommitted(result: CommitResult): void
  /** How a printer stands now, for the pictures of a print's last minutes; null = it is not watched any more. */
  onState(printerId: string, state: PrinterState | null): void
  /** Resolves when the picture is there or certainly won't be; never rejects. */
  whenReady(eventId: string): Promise<SnapshotResult>
  /** Leaves no timer behind; what still comes is stored if it can be. */
  stop(): void
}

/** DESIGN section 4: up to 10 s for destinations that can't be updated; the toast has its text long before. */
const DEADLINE_MS = 10_000
/** The picture that a failure detector judged; after that there is still time for the camera. */
const EVIDENCE_MS = 4_000
/** What the history shows with a picture although nobody was told of it. */
const KEPT_ANYWAY = /^(job\.(done|failed|cancelled)|attention\.|failure\.)/
/** How long a result is kept in memory for destinations that ask later; the file lies on disk anyway. */
const KEEP_MS = 60_000

export function picturesOfEvents(parts: PictureParts): PicturesOfEvents {
  const { snapshots, history, clock, log } = parts
  const finals = createFinalPictures({
    clock,
    log,
    wanted(printerId) {
      const source = parts.source(printerId)
      return source !== null && source.canSnapshot !== false && source.done.which === 'final' && parts.shownDone(printerId)
    },
    look(printerId, deadlineMs) {
      const source = parts.source(printerId)
      return source && snapshots.look({ printerId, fetch: (signal) => takeStill(source, null, signal), deadlineMs, light: null })
    },
    light(printerId, signal) {
      const source = parts.source(printerId)
      const light = source && lightOf(source, printerId)
      return light && snapshots.holdLight(printerId, light, signal)
    },
  })
  const under_way = new Map<string, Promise<SnapshotResult>>()
  const forgetting = new Set<Cancel>()
  let stopped = false

  function begin(event: PrinterEvent, told: boolean): void {
    const taking = take(event, told).catch((error: unknown) => failed(event.id, error)).then((result) => {
      store(event, result)
      if (!stopped) forgetLater(event.id)
      return result
    })
    under_way.set(event.id, taking)
  }

  function forgetLater(eventId: string): void {
    const cancel = clock.after(KEEP_MS, () => {
      forgetting.delete(cancel)
      under_way.delete(eventId)
    })
    forgetting.add(cancel)
  }

  function failed(eventId: string, error: unknown): SnapshotResult {
    log.error('a picture could not be fetched or read', { error, event: eventId })
    return { picture: null, cause: 'failed', why: 'the picture could not be fetched or read' }
  }

  async function take(event: PrinterEvent, told: boolean): Promise<SnapshotResult> {
    // A look at the camera for every quarter of a print that nobody hears of would be work for nothing.
    if (!told && !KEPT_ANYWAY.test(event.type)) return { picture: null, cause: 'not_wanted', why: 'nobody is told of it' }
    // What the camera shows now is not what was there then.
    if (event.late) return { picture: null, cause: 'late', why: 'it happened while nobody looked' }
    const source = parts.source(event.printerId)
    if (!source) return { picture: null, cause: 'no_camera', why: 'the printer is not connected' }
    if (event.type === 'job.done') {
      const { which, margin } = source.done
      if (which === 'none') return { picture: null, cause: 'not_wanted', why: 'the settings of this printer want none when a print is done' }
      const still = which === 'final' && event.job ? finals.of(event.printerId, event.job.key, event.occurredAt, margin * 1000) : null
      if (still) return snapshots.keep(event.id, event.printerId, still)
    }
    if (source.canSnapshot === false) return { picture: null, cause: 'no_camera', why: 'the server has no camera that gives stills, or this key may not see it' }
    return snapshots.take({
      eventId: event.id,
      printerId: event.printerId,
      fetch: (signal) => stillOf(event, source, signal),
      deadlineMs: DEADLINE_MS,
      // The lamp is switched for a person who looks, and never for a rehearsal.
      light: told && event.reason !== 'rehearsal' ? lightOf(source, event.printerId) : null,
    })
  }

  /** What a failure detector saw says more than the camera does now; but the camera is better than nothing. */
  async function stillOf(event: PrinterEvent, source: PictureSource, signal: AbortSignal): Promise<RawPicture> {
    const { connection, sourceId } = source
    const picture = event.type.startsWith('failure.') ? event.context?.['picture'] : undefined
    if (typeof picture === 'string' && connection.evidence) {
      const abort = new AbortController()
      const cancel = clock.after(EVIDENCE_MS, () => abort.abort())
      try {
        return await connection.evidence(sourceId, picture, AbortSignal.any([signal, abort.signal]))
      } catch (error) {
        log.info('the picture that a failure detector judged could not be had', { printer: event.printerId, why: error instanceof NoPicture ? error.message : 'the adapter failed' })
      } finally {
        cancel()
      }
    }
    return takeStill(source, null, signal)
  }

  function lightOf({ connection, sourceId, light }: PictureSource, printerId: string): Light | null {
    if (light === null) return null
    const gcode = async (lines: string[], signal: AbortSignal): Promise<void> => {
      if (lines.length === 0) return
      const answer = await connection.command(sourceId, { name: 'gcode', lines }, signal)
      if (answer.result !== 'accepted') log.warn('the light command was not accepted', { printer: printerId, detail: answer.detail })
    }
    return { on: (signal) => gcode(light.on, signal), off: (signal) => gcode(light.off, signal), waitMs: light.waitMs }
  }

  function store(event: PrinterEvent, result: SnapshotResult): void {
    const base = { eventId: event.id, printerId: event.printerId, at: clock.now() }
    try {
      if (result.picture) {
        const { file, jpeg, width, height } = result.picture
        history.putSnapshot({ ...base, file, bytes: jpeg.byteLength, width, height, why: null })
      } else history.putSnapshot({ ...base, file: null, bytes: 0, width: null, height: null, why: result.why })
    } catch (error) {
      // The picture is a help, the text is the promise: delivery goes on with what is in memory.
      log.error('a picture could not be noted in the history', { error, event: event.id })
    }
  }

  return {
    onCommitted(result) {
      const told = new Set(result.outbox.map((row) => row.eventId))
      for (const event of result.events) if (event.snapshot !== 'none') begin(event, told.has(event.id))
    },
    onState: (printerId, state) => finals.onState(printerId, state),
    async whenReady(eventId) {
      const running = under_way.get(eventId)
      if (running) return running
      try {
        // Rows that survived a restart: their picture is on disk or never came.
        const row = history.snapshot(eventId)
        const picture = row?.file ? await snapshots.load(row.file) : null
        return picture ? { picture } : { picture: null, cause: 'restarted', why: row?.why ?? 'the picture was not taken before Printbell was restarted' }
      } catch (error) {
        return failed(eventId, error)
      }
    },
    stop() {
      stopped = true
      finals.stop()
      for (const cancel of forgetting) cancel()
      forgetting.clear()
    },
  }
}
