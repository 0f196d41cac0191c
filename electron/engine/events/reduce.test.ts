import { describe, expect, it } from 'vitest'
import { DEFAULT_THRESHOLDS } from '../settings/defaults.ts'
import type { JobFile, Signal, StateReport } from './model.ts'
import { initialMemory, reduce } from './reduce.ts'
import type { ReduceContext, ReducerInput } from './reduction.ts'
import { reload, Rig, T0 } from './replay.support.ts'

const TERMINAL = new Set(['job.done', 'job.failed', 'job.cancelled', 'job.result_unknown'])
const files: JobFile[] = ['a.gcode', 'b.gcode'].map((path) => ({ name: path, path, origin: 'local', size: 1 }))

/** A small repeatable generator (mulberry32), so that a failing round can be run again by its seed. */
function generator(seed: number): () => number {
  let s = seed
  return () => {
    s = (s + 0x6d2b79f5) | 0
    let t = Math.imul(s ^ (s >>> 15), 1 | s)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Any order of anything a server might say, with gaps, link losses, clock jumps and restarts of ours in between. */
function chaos(seed: number): Rig {
  const random = generator(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const rig = new Rig({ natives: ['*'] })
  let shown = 0
  let key: string | undefined
  for (let step = 0; step < 250; step += 1) {
    const file = pick(files)
    const user = pick([null, 'ann'])
    const signals: Signal[] = [
      { type: 'job_started', file, user }, { type: 'job_done', file }, { type: 'job_failed', file, cause: pick(['error', 'cancelled', 'unknown']), text: pick([null, 'boom']) },
      { type: 'job_cancelling', file, user, error: pick([null, 'MINTEMP']) }, { type: 'job_cancelled', file, user }, { type: 'job_paused', user }, { type: 'job_resumed', user },
      { type: 'attention', key: pick(['a', 'b']), kind: pick(['user_input', 'filament_change', 'door']) }, { type: 'attention_cleared', key: pick(['a', 'b']) },
      { type: 'device_error', text: pick(['boom', 'bang']) }, { type: 'device_reset' }, { type: 'message', text: 'x', for: 'user' }, { type: 'layer', layer: Math.floor(random() * 9) },
      { type: 'outcome', file, success: pick([true, false, null]), endedAt: pick([null, rig.now - 1000, rig.now - 500_000]), printTime: null, restarted: random() < 0.3 },
    ]
    const report: StateReport = {
      job: pick(['none', 'printing', 'paused', 'pausing', 'cancelling', 'finishing', 'preparing'] as const), device: pick(['ready', 'ready', 'ready', 'off', 'error'] as const),
      progress: random(), elapsed: random() * 4000, remaining: random() * 4000, z: random(), heaters: { bed: { actual: random() * 80, target: pick([0, 60]) } },
    }
    const r = random()
    if (r < 0.45) rig.signal(pick(signals), { name: 'N', payload: null })
    else if (r < 0.8) rig.state(random() < 0.6 ? { ...report, file } : report, random() < 0.15)
    else if (r < 0.88) rig.link(pick(['up', 'up', 'down', 'connecting', 'auth_failed'] as const))
    else if (r < 0.92) {
      const from = rig.now
      rig.wakeAt = null
      rig.now += 600_000
      rig.feed({ kind: 'gap', at: rig.now, from, why: 'sleep' })
    } else if (r < 0.94) {
      rig.now -= 30_000
      rig.feed({ kind: 'tick', at: rig.now })
    } else if (r < 0.96) rig.memory = reload(rig.memory)
    else rig.feed({ kind: 'command', at: rig.now, action: pick(['pause', 'resume', 'cancel']) })

    const { state } = rig.memory
    if (rig.wakeAt !== null && rig.wakeAt <= rig.now) throw new Error(`wakes in the past at step ${step}`)
    if (key !== undefined && state.jobRef?.key === key && state.progress !== null && state.progress < shown) throw new Error(`progress went back at step ${step}`)
    shown = state.progress ?? 0
    key = state.jobRef?.key
    rig.to((rig.now - T0) / 1000 + pick([0, 0, 0.02, 1, 4, 30]))
  }
  return rig
}

describe('any order of anything', () => {
  it('never ends one job twice, never wakes in the past, never lets progress go back', () => {
    for (let seed = 1; seed <= 120; seed += 1) {
      const rig = chaos(seed)
      const ended = new Map<string, number>()
      expect(rig.events.filter(({ occurredAt, observedAt }) => !(occurredAt <= observedAt)), `seed ${seed}`).toEqual([])
      for (const event of rig.events) {
        if (TERMINAL.has(event.type) && event.job) ended.set(event.job.key, (ended.get(event.job.key) ?? 0) + 1)
      }
      expect([...ended.values()].filter((count) => count > 1), `seed ${seed}`).toEqual([])
    }
  })

  it('does end jobs: the rounds above are no rounds of nothing', () => {
    const told = chaos(7).told
    expect(told.filter((line) => line.startsWith('job.done')).length).toBeGreaterThan(0)
    expect(told.filter((line) => line.startsWith('job.started')).length).toBeGreaterThan(2)
  })
})

describe('the reducer is pure', () => {
  const context: ReduceContext = { printerId: 'p1', printerName: 'MK3', serverKind: 'octoprint', thresholds: DEFAULT_THRESHOLDS, wantsNative: () => false }
  const input: ReducerInput = { kind: 'state', sourceId: 's', at: T0, full: true, state: { device: 'ready', job: 'printing', file: files[0] ?? null, progress: 0.3, elapsed: 10 } }

  it('leaves the memory it was given as it was, and gives the same for the same', () => {
    const memory = initialMemory('up')
    const before = JSON.stringify(memory)
    const one = reduce(memory, input, T0, context)
    const two = reduce(memory, input, T0, context)
    expect(JSON.stringify(memory)).toBe(before)
    expect(JSON.stringify(one)).toBe(JSON.stringify(two))
  })

  it('a memory that was stored and read back goes on the same', () => {
    const one = reduce(initialMemory('up'), input, T0, context)
    const next: ReducerInput = { kind: 'signal', sourceId: 's', at: T0 + 1000, signal: { type: 'job_paused', user: 'ann' } }
    const kept = reduce(one.state, next, T0 + 1000, context)
    const stored = reduce(reload(one.state), next, T0 + 1000, context)
    expect(JSON.stringify(stored)).toBe(JSON.stringify(kept))
  })

  it('an unchanged report is no edge, an end is', () => {
    const one = reduce(initialMemory('up'), input, T0, context)
    expect(one.edge).toBe(true)
    expect(reduce(one.state, { ...input, at: T0 + 500, full: false }, T0 + 500, context).edge).toBe(false)
    const file = files[0] as JobFile
    expect(reduce(one.state, { kind: 'signal', sourceId: 's', at: T0 + 900, signal: { type: 'job_done', file } }, T0 + 900, context).edge).toBe(true)
  })

  it('notes of an older version of ours that miss a field start it empty', () => {
    const memory = { ...initialMemory('up'), seen: true, notes: { v: 1 } }
    expect(() => reduce(memory, input, T0, context)).not.toThrow()
  })
})
