/**
 * What an event's `context` holds for destinations that declared to need it (DESIGN section 4), frozen when the event is made so that a
 * retry tells the same: six keys in the words of OctoPrint's `printer.get_current_data()`, and the metadata of its file. Servers of
 * other kinds have the same keys, as far as they are known. Units are OctoPrint's: percent, seconds, mm, bytes.
 */
import type { JobPhase, PrinterState } from './model.ts'

export interface PrinterContext extends Record<string, unknown> {
  state: unknown
  job: unknown
  currentZ: unknown
  progress: unknown
  offsets: unknown
  /** Metadata of the file that is selected; null = not known. */
  meta: unknown
}

/** Stored with its event and given to templates; bytes of JSON. */
export const LARGEST_CONTEXT = 64 * 1024

/** What goes first when there is too much of it. */
const LESS_AND_LESS = [{}, { meta: null }, { meta: null, job: null }] as const
const NOTHING: PrinterContext = { state: null, job: null, currentZ: null, progress: null, offsets: {}, meta: null }

/** At most 64 kB of JSON: what is larger loses `meta`, then `job`, then everything; the six keys are always there. */
export function boundedContext(context: PrinterContext): PrinterContext {
  for (const without of LESS_AND_LESS) {
    const smaller = { ...context, ...without }
    if (fits(smaller)) return smaller
  }
  return { ...NOTHING }
}

/** Also false for what is nested deeper than it can be written again: reading has no such limit. */
function fits(value: unknown): boolean {
  try {
    return Buffer.byteLength(JSON.stringify(value)) <= LARGEST_CONTEXT
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** What of an event's `context` is the event's own ("step", "layer"), without how things stood; null = nothing. */
export function ownContext(context: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> | null {
  const own = Object.entries(context ?? {}).filter(([name]) => !Object.hasOwn(NOTHING, name))
  return own.length === 0 ? null : Object.fromEntries(own)
}

/** OctoPrint's word for each phase, as people know it from there. */
const WORDS: Readonly<Record<JobPhase, string>> = {
  none: 'Operational', preparing: 'Starting', printing: 'Printing', pausing: 'Pausing', paused: 'Paused', resuming: 'Resuming', finishing: 'Finishing',
  cancelling: 'Cancelling', done: 'Operational', cancelled: 'Operational', failed: 'Operational', unknown: 'Operational',
}
/** OctoPrint's `printing` flag covers everything between the start and the end but a pause. */
const BUSY: ReadonlySet<JobPhase> = new Set<JobPhase>(['preparing', 'printing', 'pausing', 'resuming', 'finishing', 'cancelling'])

/** The six keys out of a printer's state, for servers that do not speak as OctoPrint does. What is not known is null. */
export function contextOfState(state: PrinterState): PrinterContext {
  return {
    state: stateOf(state),
    job: jobOf(state),
    currentZ: state.z,
    progress: {
      completion: state.progress === null ? null : Number((state.progress * 100).toFixed(4)),
      filepos: null,
      printTime: state.printTime ?? state.elapsed,
      printTimeLeft: state.remaining,
      printTimeLeftOrigin: null,
    },
    offsets: {},
    meta: null,
  }
}

function stateOf({ link, device, job, faults }: PrinterState): Record<string, unknown> {
  const operational = link === 'up' && device === 'ready'
  const failed = device === 'error' || device === 'shutdown'
  const closed = failed || device === 'off'
  const error = faults[0]?.text ?? ''
  return {
    text: operational ? WORDS[job] : failed ? 'Error' : device === 'starting' ? 'Connecting' : 'Offline',
    flags: {
      operational,
      printing: operational && BUSY.has(job),
      cancelling: operational && job === 'cancelling',
      pausing: operational && job === 'pausing',
      resuming: operational && job === 'resuming',
      finishing: operational && job === 'finishing',
      closedOrError: closed || (!operational && device !== 'starting'),
      error: failed,
      paused: operational && job === 'paused',
      ready: operational && !BUSY.has(job) && job !== 'paused',
      sdReady: false,
    },
    error,
  }
}

function jobOf({ jobRef }: PrinterState): Record<string, unknown> {
  const file = jobRef?.file
  return {
    file: {
      name: file?.name ?? null,
      path: file?.path ?? null,
      display: file?.name ?? null,
      origin: file?.origin ?? null,
      size: file?.size ?? null,
      date: null,
    },
    estimatedPrintTime: null,
    averagePrintTime: null,
    lastPrintTime: null,
    filament: null,
    user: jobRef?.user ?? null,
  }
}
