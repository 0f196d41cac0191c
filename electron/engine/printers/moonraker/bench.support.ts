/** Test support: a Moonraker that says what the test types, through interpreter and reducer. */
import type { Observation } from '../../events/model.ts'
import { activeJob } from '../../events/reduce.ts'
import { reload, Rig, T0, type RigOptions } from '../../events/replay.support.ts'
import { createInterpreter, type Interpreter } from './interpret.ts'
import { outcomes, presentJob } from './reconcile.ts'

type Objects = Record<string, Record<string, unknown>>

/** A printer that stands idle, as the answer to the subscription tells it. */
export const IDLE: Objects = {
  webhooks: { state: 'ready', state_message: 'Printer is ready' },
  print_stats: { filename: '', total_duration: 0, print_duration: 0, state: 'standby', message: '', info: { total_layer: null, current_layer: null } },
  virtual_sdcard: { progress: 0, file_position: 0, file_size: 0 },
  display_status: { progress: 0, message: null },
  pause_resume: { is_paused: false },
  extruder: { temperature: 22, target: 0 },
  'filament_switch_sensor runout': { filament_detected: true, enabled: true },
  'gcode_macro TIMELAPSE_TAKE_FRAME': { is_paused: false },
}

export const withObjects = (changes: Objects): Objects => {
  const all = structuredClone(IDLE)
  for (const [name, fields] of Object.entries(changes)) all[name] = { ...all[name], ...fields }
  return all
}

/** G-code from byte 1000 to 11000. */
export const META = { size: 12_000, gcode_start_byte: 1000, gcode_end_byte: 11_000 }

export class Bench {
  readonly rig: Rig
  interpreter: Interpreter
  readonly junk: string[] = []
  seen: Observation[] = []
  /** Server clock minus ours, ms. */
  skew: number

  constructor(options: RigOptions & { skew?: number } = {}) {
    this.rig = new Rig({ serverKind: 'moonraker', ...options, thresholds: { linkStale: 1e6, stalledAfter: 0, ...options.thresholds } })
    this.interpreter = this.#fresh()
    this.skew = options.skew ?? 0
  }
  #fresh(): Interpreter {
    return createInterpreter({ sourceId: 's', junk: (what) => this.junk.push(what) })
  }
  get told(): string[] {
    return this.rig.told
  }
  take(observations: Observation[]): void {
    this.seen.push(...observations)
    this.rig.take(observations)
  }
  /** Seconds since the beginning, with a tick each second as a connection gives it. */
  to(t: number): this {
    for (let next = Math.floor((this.rig.now - T0) / 1000) + 1; next < t; next += 1) {
      this.rig.to(next)
      this.take(this.interpreter.tick(this.rig.now))
    }
    this.rig.to(t)
    this.take(this.interpreter.tick(this.rig.now))
    return this
  }
  /** A (re)connect: what was missed, the link, the full state. */
  connect(status: Objects = IDLE, rows: unknown[] = []): this {
    const { rig } = this
    const present = presentJob(status, rows, this.skew, rig.now)
    if (rig.memory.lastSeenAt !== null) this.take(outcomes('s', activeJob(rig.memory), rows, present, this.skew, rig.now, rig.memory.lastSeenAt))
    rig.link('up')
    this.take(this.interpreter.full({ status, eventtime: 1, jobId: present.jobId }, rig.now))
    return this
  }
  lose(): this {
    this.rig.link('down', 'closed')
    return this
  }
  /** Printbell is stopped and started again: the memory as it was stored, an interpreter that knows nothing. */
  restart(t: number): this {
    const { rig } = this
    rig.memory = reload(rig.memory)
    const from = rig.now
    rig.now = T0 + t * 1000
    rig.wakeAt = null
    this.interpreter = this.#fresh()
    rig.feed({ kind: 'gap', at: rig.now, from, why: 'stopped' })
    rig.link('connecting')
    return this
  }
  full(status: Objects): this {
    this.take(this.interpreter.full({ status, eventtime: 1 }, this.rig.now))
    return this
  }
  delta(delta: Objects): this {
    return this.notify('notify_status_update', delta, 1)
  }
  notify(method: string, ...params: unknown[]): this {
    this.take(this.interpreter.notification(method, params, this.rig.now))
    return this
  }
  says(...lines: string[]): this {
    for (const line of lines) this.notify('notify_gcode_response', line)
    return this
  }
  /** A row of the history, with the server's clock. `from`, `end`: seconds since the beginning. */
  row(id: string, file: string, status: string, from: number, end: number | null = null): Record<string, unknown> {
    const clock = (t: number): number => (T0 + this.skew) / 1000 + t
    return {
      job_id: id, filename: file, status, start_time: clock(from), end_time: end === null ? null : clock(end), print_duration: end === null ? 0 : end - from,
      total_duration: end === null ? 0 : end - from, user: '_TRUSTED_USER_', metadata: META,
    }
  }
  /** A print that begins now, with its entry in the history. */
  prints(file: string, id: string): this {
    const t = (this.rig.now - T0) / 1000
    this.delta({ print_stats: { filename: file, state: 'printing', total_duration: 0.2, print_duration: 0 }, virtual_sdcard: { progress: 0.1, file_position: 1200, file_size: 12_000 } })
    return this.notify('notify_history_changed', { action: 'added', job: this.row(id, file, 'in_progress', t - 0.2) })
  }
}
