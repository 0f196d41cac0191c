/**
 * OctoPrint's own words about its printer as they stand now: what `printer.get_current_data()` and the file's metadata would give a
 * plugin inside it, put together from the newest frames. A `current` frame may be up to four seconds old (pace.ts), and a print's first
 * event comes before the first frame of that print: so what an event itself says is put over the frame until the next one comes.
 * Sources: recordings of 1.11.8; octoprint.org's data model; which keys the file's record adds and renames: server/api/files.py, read.
 */
import type { PrinterContext } from '../../events/context.ts'
import type { Log } from '../../ports.ts'

export interface FileRef {
  origin: string
  path: string
}

export interface KeptContext {
  /** Any push frame, as it came. */
  frame(frame: unknown): void
  /** The answers of one round by REST; `printer` null = it answered 409. */
  rest(job: unknown, printer: unknown): void
  /** Null until OctoPrint has told how things stand. */
  now(): PrinterContext | null
}

export interface KeptContextParts {
  /** The record of GET /api/files/{origin}/{path}. */
  readFile(file: FileRef): Promise<Record<string, unknown>>
  /** Runs what nobody waits for. */
  beside(work: Promise<void>): void
  stopped(): boolean
  log: Log
}

type Fields = Readonly<Record<string, unknown>>

interface Meta {
  file: FileRef
  /** As the job tells it; null = not told. */
  date: number | null
  /** A print of it was begun since it was read: the next one reads it again, for its statistics have changed. */
  printed: boolean
  value: Fields | null
}

const NO_FILE = { name: null, path: null, display: null, origin: null, size: null, date: null }
const NO_JOB = { file: NO_FILE, estimatedPrintTime: null, averagePrintTime: null, lastPrintTime: null, filament: null, user: null }
const NO_PROGRESS = { completion: null, filepos: null, printTime: null, printTimeLeft: null, printTimeLeftOrigin: null }
const AT_START = { completion: 0, filepos: 0, printTime: 0, printTimeLeft: null, printTimeLeftOrigin: null }

/** What a file's record has besides its metadata. */
const OF_THE_RECORD: ReadonlySet<string> = new Set(['name', 'path', 'display', 'origin', 'type', 'typePath', 'size', 'date', 'refs', 'gcodeAnalysis', 'prints', 'children'])

export function keepContext(parts: KeptContextParts): KeptContext {
  const words: Record<'state' | 'job' | 'progress' | 'currentZ' | 'offsets', unknown> = { state: null, job: NO_JOB, progress: NO_PROGRESS, currentZ: null, offsets: {} }
  let meta: Meta | null = null
  let reading = false
  let readAgain = false

  // ------------------------------------------------------------------------------------------------------ the metadata
  /** @param anew what was read of this very file may be out of date */
  function refreshMeta(anew = false): void {
    const told = fileOf(words.job)
    if (told === null) {
      meta = null
      return
    }
    const { date, ...file } = told
    const same = meta !== null && meta.file.path === file.path && meta.file.origin === file.origin
    const other = !same || (date !== null && meta !== null && meta.date !== null && meta.date !== date)
    if (other) meta = { file, date, printed: false, value: null }
    else if (meta) meta.date ??= date
    if (other || anew) read()
  }

  function read(): void {
    if (reading) readAgain = true
    else if (meta !== null && !parts.stopped()) parts.beside(readOnce(meta))
  }

  async function readOnce(of: Meta): Promise<void> {
    reading = true
    try {
      of.value = metadataOf(await parts.readFile(of.file))
    } catch (error) {
      if (!parts.stopped()) parts.log.info('the metadata of the selected file cannot be read', { error: error instanceof Error ? error.message : String(error) })
    } finally {
      reading = false
      if (readAgain) {
        readAgain = false
        read()
      }
    }
  }

  // -------------------------------------------------------------------------------------------------------- the frames
  function current(frame: Fields): void {
    if (isFields(frame.state)) words.state = frame.state
    if (isFields(frame.job) || frame.job === null) words.job = frame.job ?? NO_JOB
    if (isFields(frame.progress) || frame.progress === null) words.progress = frame.progress ?? NO_PROGRESS
    if (isFields(frame.offsets)) words.offsets = frame.offsets
    if (frame.currentZ === null || typeof frame.currentZ === 'number') words.currentZ = frame.currentZ
    refreshMeta()
  }

  function event(name: unknown, payload: Fields): void {
    switch (name) {
      case 'PrinterStateChanged':
        words.state = stateChanged(payload, words.state) ?? words.state
        return
      case 'Error':
        if (isFields(words.state) && typeof payload.error === 'string') words.state = { ...words.state, error: payload.error }
        return
      case 'FileSelected':
        words.job = jobOf(payload)
        words.progress = NO_PROGRESS
        // The same path may hold another file than before.
        refreshMeta(true)
        return
      case 'FileDeselected':
        words.job = NO_JOB
        words.progress = NO_PROGRESS
        refreshMeta()
        return
      case 'PrintStarted':
        started(payload)
        return
      case 'PrintDone':
        words.progress = { ...(isFields(words.progress) ? words.progress : NO_PROGRESS), ...atEnd(payload) }
        return
      case 'ZChange':
        if (typeof payload.new === 'number') words.currentZ = payload.new
        return
      case 'MetadataAnalysisFinished':
        if (meta !== null && payload.path === meta.file.path && payload.origin === meta.file.origin) read()
        return
      default:
    }
  }

  function started(payload: Fields): void {
    const told = fileOf(words.job)
    const known = isFields(words.job) && told !== null && told.path === payload.path && told.origin === (payload.origin ?? 'local')
    const job = known && isFields(words.job) ? words.job : jobOf(payload)
    const file = isFields(job.file) ? job.file : NO_FILE
    words.job = { ...job, file: { ...file, size: file.size ?? payload.size ?? null }, user: payload.user ?? null }
    words.progress = AT_START
    refreshMeta(meta?.printed === true)
    if (meta) meta.printed = true
  }

  return {
    frame(frame) {
      if (!isFields(frame)) return
      if (isFields(frame.current)) current(frame.current)
      else if (isFields(frame.history)) current(frame.history)
      else if (isFields(frame.event)) event(frame.event.type, isFields(frame.event.payload) ? frame.event.payload : {})
    },
    rest(job, printer) {
      const told = isFields(job) ? job : {}
      const state = isFields(printer) && isFields(printer.state) ? printer.state : offline(told)
      current({ ...told, state })
    },
    now: () => (words.state === null ? null : { ...words, meta: meta?.value ?? null }),
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fileOf(job: unknown): (FileRef & { date: number | null }) | null {
  const file = isFields(job) ? job.file : null
  if (!isFields(file) || typeof file.path !== 'string' || file.path === '') return null
  return { path: file.path, origin: typeof file.origin === 'string' ? file.origin : 'local', date: typeof file.date === 'number' ? file.date : null }
}

/** The job of a file that was just selected, before a frame tells the rest. */
function jobOf({ name, path, origin, size, user }: Fields): Fields {
  const file = { name: name ?? null, path: path ?? null, display: name ?? null, origin: origin ?? 'local', size: size ?? null, date: null }
  return { ...NO_JOB, file, user: user ?? null }
}

function atEnd({ size, time }: Fields): Fields {
  return {
    completion: 100,
    ...(typeof size === 'number' ? { filepos: size } : {}),
    ...(typeof time === 'number' ? { printTime: Math.floor(time) } : {}),
    printTimeLeft: 0,
    printTimeLeftOrigin: null,
  }
}

const FLAGS = ['operational', 'printing', 'cancelling', 'pausing', 'resuming', 'finishing', 'closedOrError', 'error', 'paused', 'ready', 'sdReady'] as const
type Flag = (typeof FLAGS)[number]

/** Which flags are set in each state (1.11.8, seen in frames; ERROR as its source has it). The others are false. */
const FLAGS_BY_ID: Readonly<Record<string, readonly Flag[]>> = {
  OPEN_SERIAL: [],
  DETECT_SERIAL: [],
  CONNECTING: [],
  OPERATIONAL: ['operational', 'ready'],
  STARTING: ['operational', 'printing'],
  PRINTING: ['operational', 'printing'],
  PAUSING: ['operational', 'printing', 'pausing'],
  PAUSED: ['operational', 'paused'],
  RESUMING: ['operational', 'printing', 'resuming'],
  FINISHING: ['operational', 'printing', 'finishing'],
  CANCELLING: ['operational', 'printing', 'cancelling'],
  ERROR: ['closedOrError', 'error'],
  CLOSED: ['closedOrError'],
  CLOSED_WITH_ERROR: ['closedOrError', 'error'],
  OFFLINE: ['closedOrError'],
}
/** After these the text of the last error still stands. */
const KEEPS_ERROR: ReadonlySet<string> = new Set(['ERROR', 'CLOSED', 'CLOSED_WITH_ERROR', 'OFFLINE'])

/** The state as PrinterStateChanged tells it; null = an id that says nothing about it. */
function stateChanged(payload: Fields, before: unknown): Fields | null {
  const id = payload.state_id
  const set = typeof id === 'string' ? FLAGS_BY_ID[id] : undefined
  if (set === undefined || typeof id !== 'string' || typeof payload.state_string !== 'string') return null
  const former = isFields(before) ? before : {}
  const sdReady = isFields(former.flags) && former.flags.sdReady === true && set.includes('operational')
  return { text: payload.state_string, flags: flagsWith(sdReady ? [...set, 'sdReady'] : set), error: KEEPS_ERROR.has(id) ? (former.error ?? '') : '' }
}

function flagsWith(set: readonly Flag[]): Record<Flag, boolean> {
  return Object.fromEntries(FLAGS.map((flag) => [flag, set.includes(flag)])) as Record<Flag, boolean>
}

/** GET /api/printer gives no state while no printer is connected; GET /api/job has its text alone. */
function offline({ state, error }: Fields): Fields {
  const text = typeof state === 'string' ? state : 'Offline'
  return { text, flags: flagsWith(/^(offline|error)/i.test(text) ? ['closedOrError'] : []), error: error ?? '' }
}

/** The metadata inside a file's record, under the names a plugin knows it by; null = it has none (SD cards). Of its history REST tells the last print. */
export function metadataOf(record: Fields): Fields | null {
  const meta = Object.fromEntries(Object.entries(record).filter(([name]) => !OF_THE_RECORD.has(name)))
  if (record.gcodeAnalysis !== undefined) meta.analysis = record.gcodeAnalysis
  const last = isFields(record.prints) ? record.prints.last : undefined
  if (isFields(last)) {
    const { date, ...rest } = last
    meta.history = [{ timestamp: date ?? null, ...rest }]
  }
  return Object.keys(meta).length === 0 ? null : meta
}
