/** Test support: one printer's reducer fed by hand or by a recording, with ticks exactly at `wakeAt`. Each kind has a driver of its own. */
import { readFileSync } from 'node:fs'
import { DEFAULT_THRESHOLDS } from '../settings/defaults.ts'
import type { EventDraft, LinkObservation, Observation, Signal, Suppressed } from './model.ts'
import { initialMemory, reduce } from './reduce.ts'
import type { PrinterMemory, ReduceContext, ReducerInput, Thresholds } from './reduction.ts'

/** When the replays begin, epoch ms; whole seconds so that `t` can be read off. */
export const T0 = Date.UTC(2026, 0, 15, 12)

export interface RigOptions {
  thresholds?: Partial<Thresholds>
  natives?: string[]
  serverKind?: string
  /** Store and reload the memory after every input, as a restart would. */
  reload?: boolean
}

/** One printer under test: feeds inputs in order, ticks in between, keeps all that comes out. */
export class Rig {
  memory: PrinterMemory = initialMemory('connecting')
  events: EventDraft[] = []
  suppressed: Suppressed[] = []
  wakeAt: number | null = null
  now = T0
  readonly context: ReduceContext
  readonly #reload: boolean
  constructor(options: RigOptions = {}) {
    const natives = new Set(options.natives ?? [])
    this.context = {
      printerId: 'p1', printerName: 'MK3', serverKind: options.serverKind ?? 'octoprint', thresholds: { ...DEFAULT_THRESHOLDS, ...options.thresholds },
      wantsNative: (name) => natives.has(name) || natives.has('*'),
    }
    this.#reload = options.reload ?? false
  }
  /** Moves to `t` seconds after T0, ticking whenever the reducer asked for it. */
  to(t: number): void {
    const until = T0 + Math.round(t * 1000)
    for (let ticks = 0; this.wakeAt !== null && this.wakeAt <= until; ticks += 1) {
      if (ticks > 5000) throw new Error('the reducer wants ticks for ever')
      this.now = Math.max(this.now, this.wakeAt)
      this.feed({ kind: 'tick', at: this.now })
    }
    this.now = Math.max(this.now, until)
  }
  /** Feeds one input at the present time. */
  feed(input: ReducerInput): void {
    const out = reduce(this.memory, input, this.now, this.context)
    this.memory = this.#reload ? reload(out.state) : out.state
    this.events.push(...out.events)
    this.suppressed.push(...out.suppressed)
    this.wakeAt = out.wakeAt
  }
  link(link: LinkObservation['link'], cause: string | null = null): void {
    this.feed({ kind: 'link', at: this.now, link, cause, detail: null })
  }
  signal(signal: Signal, native?: { name: string; payload: unknown }): void {
    this.feed({ kind: 'signal', sourceId: 's', at: this.now, signal, ...(native ? { native } : {}) })
  }
  state(state: Extract<Observation, { kind: 'state' }>['state'], full = false): void {
    this.feed({ kind: 'state', sourceId: 's', at: this.now, full, state })
  }
  /** What an interpreter made of something, in order. */
  take(observations: readonly Observation[]): void {
    for (const observation of observations) this.feed(observation)
  }
  /** What fired, one line each: type, reason, "late", "by us", progress step. */
  get told(): string[] {
    return this.events.map(tell)
  }
  get swallowed(): string[] {
    return this.suppressed.map((entry) => `${entry.type} ${entry.reason}`)
  }
}

export const reload = (memory: PrinterMemory): PrinterMemory => JSON.parse(JSON.stringify(memory)) as PrinterMemory

export function tell(event: EventDraft): string {
  const step = event.type === 'job.progress' ? ` ${String(event.context?.['step'])}` : ''
  const heater = event.heater ? ` ${event.heater.name}` : ''
  return `${event.type}${step}${heater}${event.reason === undefined ? '' : ` ${event.reason}`}${event.byUs ? ' by us' : ''}${event.late ? ' late' : ''}`
}

/** One line of a recording; each kind's README tells its words for `dir`. */
export interface RecordedLine {
  /** Seconds. */
  t: number
  dir: string
  sock?: string
  /** A bare string in some kinds' lines. */
  data: Record<string, unknown>
}

/** @param kind folder below test/recordings */
export function recording(kind: string, name: string): RecordedLine[] {
  const path = new URL(`../../../test/recordings/${kind}/${name}.jsonl`, import.meta.url)
  return readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as RecordedLine)
}

/** Each line of a recording at its time. The end of the recording is no loss of the link; `tail`: seconds after the last line. */
export function replayLines(lines: readonly RecordedLine[], rig: Rig, take: (line: RecordedLine) => void, tail = 20): void {
  for (const line of lines) {
    rig.to(line.t)
    take(line)
  }
  rig.to((lines.at(-1)?.t ?? 0) + tail)
}
