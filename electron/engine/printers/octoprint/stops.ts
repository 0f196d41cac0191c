/**
 * Which stops for a human OctoPrint has told of. It has no single event for them (five sources, two of them repeating), and
 * for most nothing says that they are over: that is read from the print going on.
 */
import type { JobPhase, Signal } from '../../events/model.ts'

/** The busy line comes about every 2 s; without it for so long, and with no pause, the stop is over. ms */
const QUIET_MS = 15_000
/** Lines already queued still go out after an M600, so movement counts only from here. ms */
const QUEUE_MS = 5_000

const BUSY = /paused for user/i
/** Marlin's host action for its own sensor, with or without "pause" before it. */
const RUNOUT_ACTION = /^Recv:\s*\/\/\s*action:.*\b(filament_runout|out_of_filament)\b/i
const RUNOUT_TEXT = /run\s?-?out|out of filament/i
/** `Send: N31 M117 Layer 3*63`: number and checksum are the line protocol's. M117 is for the printer's display, M118 for the host. */
const SENT_MESSAGE = /^Send:\s*(?:N\d+\s+)?M(117|118)\s+(.*?)(?:\*\d+)?\s*$/

export interface Stops {
  frame(logs: string[], phase: JobPhase | undefined, filepos: number | null, at: number): Signal[]
  /** A complete state after a (re)connect: stops that only a running job can have are over when there is none. */
  resync(phase: JobPhase | undefined): Signal[]
  filamentChange(at: number): Signal
  waiting(): Signal
  prompt(text: string | null, choices: string[]): Signal
  /** @returns null while the same stop is still open: the line repeats */
  pausedForUser(at: number): Signal | null
  resumed(): Signal[]
  /** A job began or ended: the reducer closes what belonged to it. */
  forget(): void
}

const cleared = (key: string): Signal => ({ type: 'attention_cleared', key })

export function createStops(): Stops {
  let busyAt: number | null = null
  let runout = false
  let change: { at: number; filepos: number | null } | null = null

  const forget = (): void => {
    busyAt = null
    runout = false
    change = null
  }
  const pausedForUser = (at: number): Signal | null => {
    const again = busyAt !== null
    busyAt = at
    return again ? null : { type: 'attention', key: 'paused_for_user', kind: 'user_input', text: null, choices: [] }
  }

  return {
    forget,
    pausedForUser,
    frame(logs, phase, filepos, at) {
      const signals: Signal[] = []
      for (const line of logs) {
        const sent = SENT_MESSAGE.exec(line)
        if (sent) {
          // M118 also carries host actions ("action:pause"): those come back as what they cause.
          const text = (sent[2] ?? '').replace(sent[1] === '118' ? /^(?:[AEP]\d\s+)+/ : /^$/, '')
          if (text !== '' && !/^action:/i.test(text)) signals.push({ type: 'message', text, for: sent[1] === '117' ? 'display' : 'user' })
          continue
        }
        if (!line.startsWith('Recv:')) continue
        if (RUNOUT_ACTION.test(line)) {
          if (!runout) signals.push({ type: 'attention', key: 'filament_runout', kind: 'filament_runout', text: null, choices: [] })
          runout = true
        } else if (BUSY.test(line)) {
          const signal = pausedForUser(at)
          if (signal) signals.push(signal)
        }
      }
      const moving = phase === 'printing' || phase === 'none'
      const quiet = busyAt === null || at - busyAt >= QUIET_MS
      if (busyAt !== null && moving && quiet) {
        busyAt = null
        signals.push(cleared('paused_for_user'))
      }
      if (change && moving && quiet && at - change.at >= QUEUE_MS) {
        const before = change.filepos
        if (phase === 'printing' && before === null) change.filepos = filepos
        else if (at - change.at >= QUIET_MS && (phase === 'none' || (filepos !== null && before !== null && filepos > before))) {
          change = null
          signals.push(cleared('filament_change'))
        }
      }
      return signals
    },
    resync(phase) {
      if (phase !== 'none') return []
      const signals: Signal[] = []
      if (busyAt !== null) signals.push(cleared('paused_for_user'))
      if (change) signals.push(cleared('filament_change'))
      if (runout) signals.push(cleared('filament_runout'))
      forget()
      return signals
    },
    filamentChange(at) {
      change = { at, filepos: null }
      return { type: 'attention', key: 'filament_change', kind: 'filament_change', text: null, choices: [] }
    },
    waiting: () => ({ type: 'attention', key: 'waiting', kind: 'user_input', text: null, choices: [] }),
    prompt: (text, choices) => ({ type: 'attention', key: 'prompt', kind: text !== null && RUNOUT_TEXT.test(text) ? 'filament_runout' : 'user_input', text, choices }),
    // All of them, open or not: after a restart of ours the reducer remembers what this object does not.
    resumed() {
      forget()
      return ['filament_change', 'filament_runout', 'waiting', 'paused_for_user'].map(cleared)
    },
  }
}
