import type { EventDraft, Link, LinkObservation, Observation, PrinterState, Suppressed } from './model.ts'

/** All that one printer's reducer needs to go on after a restart. Plain JSON: it is stored as it is. */
export interface PrinterMemory {
  /** Raised when the shape changes; an older one is migrated or started anew as a baseline. */
  version: 1
  /** False until the first sight of the printer has been taken as a baseline. */
  seen: boolean
  /** When this printer was last observed with the link up; epoch ms. Outcomes before it are old news. */
  lastSeenAt: number | null
  state: PrinterState
  /** The reducer's own notes; opaque to everybody else. */
  notes: Record<string, unknown>
}

export type ReducerInput =
  | Observation
  | LinkObservation
  /** Time passed: asked for by `wakeAt`. */
  | { kind: 'tick'; at: number }
  /** A command of ours is being sent: what it causes within the next seconds is `byUs`. `withdrawn`: the server refused it. */
  | { kind: 'command'; at: number; action: 'pause' | 'resume' | 'cancel' | 'answer' | 'gcode' | 'emergency_stop'; withdrawn?: true }
  /** A person acknowledged the open attention(s): no more reminders; or the failure alert. `about` absent = whatever is open. */
  | { kind: 'acknowledged'; at: number; about?: 'attention' | 'failure' }
  /** The computer slept or the engine was stopped from `from` to `at`: silence in between proves nothing. */
  | { kind: 'gap'; at: number; from: number; why: 'sleep' | 'stopped' | 'clock' | 'own_network' }

/** Who the printer is and which thresholds hold; changes only with the settings. */
export interface ReduceContext {
  printerId: string
  printerName: string
  serverKind: string
  thresholds: Thresholds
  /** True when something subscribes to this server event's name, so that server.event is worth making. */
  wantsNative(name: string): boolean
}

/** DESIGN section 4 "Defaults"; durations in seconds, fractions 0..1, temperatures in °C. */
export interface Thresholds {
  linkStale: number
  linkLostPrinting: number
  linkLostIdle: number
  pauseGrace: number
  heaterTargetAbove: number
  heaterWithin: number
  heaterHold: number
  heaterAway: number
  cooledAt: number
  cooledHeaters: 'bed' | 'all'
  leftOnAfter: number
  /** Every this much; 0 = off. */
  progressStep: number
  /** Every this many hours; 0 = off. */
  milestoneHours: number
  finishingSoon: number
  etaSlippedBy: number
  etaSlippedFraction: number
  stalledAfter: number
  reminderEvery: number
  reminderTimes: number
  errorRepeat: number
  /** Between two failure alerts of one print, and after the answer to one. */
  failureRepeat: number
  capPerMinute: number
  /** Layers that fire job.layer. */
  layers: number[]
}

export interface Reduction {
  state: PrinterMemory
  events: EventDraft[]
  suppressed: Suppressed[]
  /** Epoch ms of the next tick wanted; null = none. */
  wakeAt: number | null
  /** True when `state` must reach the disk in the same commit (an edge); false = may wait for the next one. */
  edge: boolean
}

export type Reduce = (memory: PrinterMemory, input: ReducerInput, now: number, context: ReduceContext) => Reduction

/** What the reducer offers besides `reduce`: the memory of a printer never seen. */
export type InitialMemory = (link: Link) => PrinterMemory
