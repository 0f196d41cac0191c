/** Test support: Moonraker's recordings through its interpreter and the reducer, called as a connection calls it. */
import type { Observation } from '../../events/model.ts'
import { activeJob } from '../../events/reduce.ts'
import { recording, replayLines, Rig, type RecordedLine, type RigOptions } from '../../events/replay.support.ts'
import { createInterpreter, type Interpreter } from './interpret.ts'
import { outcomes, presentJob } from './reconcile.ts'

export interface ReplayOptions extends RigOptions {
  /** Server clock minus that of the replay, ms; only where a job is remembered over a lost socket. */
  clockOffset?: number
  /** False: as if the server had none after the reconnect. */
  history?: false
  tail?: number
}

export interface Replayed {
  rig: Rig
  interpreter: Interpreter
  junk: string[]
  observations: Observation[]
}

type Message = Partial<Record<'method' | 'params' | 'result' | 'id', unknown>>

/** Replays a whole recording. */
export function replay(name: string, options: ReplayOptions = {}): Replayed {
  const rig = new Rig({ ...options, serverKind: 'moonraker' })
  const junk: string[] = []
  const observations: Observation[] = []
  const interpreter = createInterpreter({ sourceId: 's', junk: (what) => junk.push(what) })
  const lines = recording('moonraker', name)
  const asked = new Map<unknown, string>()
  const take = (seen: Observation[]): void => {
    observations.push(...seen)
    rig.take(seen)
  }
  let up = false

  const klippy = (info: Record<string, unknown>, message: unknown): void => {
    const state = String(info['klippy_state'] ?? info['state'])
    if (!up) {
      // With a job in mind a connection waits until Moonraker has found its Klippy.
      if (state === 'ready' || activeJob(rig.memory)) return
      up = true
      rig.link('up')
    }
    take(interpreter.klippy({ state, message: typeof message === 'string' ? message : null }, rig.now))
  }

  const full = (answer: { status: unknown; eventtime: number }, line: RecordedLine): void => {
    if (up) return take(interpreter.full(answer, rig.now))
    up = true
    const rows = options.history === false ? [] : historyAfter(lines, line)
    const present = presentJob(answer.status, rows, options.clockOffset ?? 0, rig.now)
    take(outcomes('s', activeJob(rig.memory), rows, present, options.clockOffset ?? 0, rig.now, rig.memory.lastSeenAt))
    rig.link('up')
    take(interpreter.full({ ...answer, jobId: present.jobId }, rig.now))
  }

  replayLines(lines, rig, (line) => {
    if (line.dir === 'ctl') {
      if (String(line.data).startsWith('socket closed') && up) {
        up = false
        rig.link('down', 'closed')
      }
      return
    }
    const message = line.data as Message
    if (line.dir === 'out') asked.set(message.id, String(message.method))
    if (line.dir !== 'in') return
    if (up) rig.link('up')
    if (typeof message.method === 'string') return take(interpreter.notification(message.method, message.params, rig.now))
    const result = message.result
    if (typeof result !== 'object' || result === null) return
    const known = result as Record<string, unknown>
    switch (asked.get(message.id)) {
      case 'server.info':
        return klippy(known, null)
      case 'printer.info':
        return klippy(known, known['state_message'])
      case 'printer.objects.subscribe':
        return full(known as { status: unknown; eventtime: number }, line)
      case 'server.files.metadata':
        return take(interpreter.metadata(String(known['filename']), known, rig.now))
      default:
    }
  }, options.tail)
  return { rig, interpreter, junk, observations }
}

/** The history that the recording client asked for right behind its subscription. */
function historyAfter(lines: readonly RecordedLine[], from: RecordedLine): unknown[] {
  const answer = lines.slice(lines.indexOf(from) + 1).find((line) => line.dir === 'in' && line.t - from.t < 0.1 && Array.isArray((line.data['result'] as Record<string, unknown> | undefined)?.['jobs']))
  return ((answer?.data['result'] as Record<string, unknown> | undefined)?.['jobs'] as unknown[] | undefined) ?? []
}
