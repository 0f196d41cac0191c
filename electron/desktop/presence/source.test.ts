import { beforeEach, describe, expect, it } from 'vitest'
import { settle, TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import type { PresenceState } from '../../engine/ports.ts'
import { NO_READINGS, type Readings } from './merge.ts'
import { monitorReadings, type IdleMonitor } from './monitor.ts'
import { createPresence } from './source.ts'

const MINUTE = 60_000
let clock: TestClock
let readings: Readings | Error
let reads: number[]
let hint: () => void
let closed: boolean
let idleMinutes: number
let told: PresenceState[]
const log = memoryLog()

beforeEach(() => {
  clock = new TestClock()
  readings = { ...NO_READINGS, idleMs: 0 }
  reads = []
  closed = false
  idleMinutes = 10
  told = []
})

function start() {
  const presence = createPresence({
    clock, log, idleMinutes: () => idleMinutes,
    source: {
      read: async (idleAfter) => {
        reads.push(idleAfter)
        if (readings instanceof Error) throw readings
        return readings
      },
      onHint: (listener) => {
        hint = listener
        return () => (hint = () => undefined)
      },
      close: () => (closed = true),
    },
  })
  presence.onChanged((state) => told.push(state))
  presence.start()
  return presence
}

describe('presence over time', () => {
  it('is unknown until the first look, then told on changes only', async () => {
    const presence = start()
    expect(presence.current()).toBe('unknown')
    await settle()
    expect(presence.current()).toBe('present')
    readings = { ...NO_READINGS, idleMs: 10 * MINUTE }
    await clock.advance(MINUTE)
    expect(presence.current()).toBe('idle')
    readings = { ...NO_READINGS, idleMs: 3 }
    await clock.advance(5_000)
    expect(told).toEqual(['present', 'idle', 'present'])
  })

  it('looks at once when something is hinted', async () => {
    const presence = start()
    await settle()
    readings = { ...NO_READINGS, locked: true }
    hint()
    await settle()
    expect(presence.current()).toBe('locked')
    expect(clock.pending).toBe(1)
  })

  it('takes the setting as it is now', async () => {
    readings = { ...NO_READINGS, idleMs: 6 * MINUTE }
    const presence = start()
    await settle()
    expect(presence.current()).toBe('present')
    idleMinutes = 5
    await clock.advance(MINUTE)
    expect(presence.current()).toBe('idle')
    expect(reads).toEqual([10 * MINUTE, 5 * MINUTE])
  })

  it('is unknown, and logged, when the source breaks', async () => {
    readings = new Error('broken')
    const presence = start()
    await settle()
    expect(presence.current()).toBe('unknown')
    expect(log.lines.at(-1)).toMatchObject({ level: 'warn', message: 'presence could not be read' })
  })

  it('ends with everything that it started', async () => {
    const presence = start()
    await settle()
    presence.stop()
    expect(clock.pending).toBe(0)
    expect(closed).toBe(true)
    await clock.advance(10 * MINUTE)
    expect(reads).toHaveLength(1)
  })
})

describe('the power monitor of Windows and macOS', () => {
  let state: ReturnType<IdleMonitor['getSystemIdleState']>
  let seconds: number
  const listeners = new Map<string, () => void>()
  const asked: number[] = []
  const monitor: IdleMonitor = {
    getSystemIdleState: (threshold) => {
      asked.push(threshold)
      return state
    },
    getSystemIdleTime: () => seconds,
    on: (event, listener) => listeners.set(event, listener),
    off: (event) => listeners.delete(event),
  }

  it('is read with the threshold in seconds', async () => {
    const source = monitorReadings(monitor)
    state = 'active'
    seconds = 42
    expect(await source.read(10 * MINUTE)).toEqual({ locked: false, idleMs: 42_000, idleHint: null, screenSaver: null })
    expect(asked).toEqual([600])
    state = 'idle'
    seconds = 600
    expect(await source.read(10 * MINUTE)).toMatchObject({ locked: false, idleMs: 10 * MINUTE })
    state = 'locked'
    expect(await source.read(10 * MINUTE)).toMatchObject({ locked: true })
    state = 'unknown'
    expect(await source.read(10 * MINUTE)).toEqual(NO_READINGS)
  })

  it('tells of the lock at once, and of its end', async () => {
    const source = monitorReadings(monitor)
    let hints = 0
    source.onHint(() => (hints += 1))
    state = 'active'
    listeners.get('lock-screen')?.()
    expect(await source.read(MINUTE)).toMatchObject({ locked: true })
    listeners.get('unlock-screen')?.()
    expect(await source.read(MINUTE)).toMatchObject({ locked: false })
    expect(hints).toBe(2)
    source.close()
    expect(listeners.size).toBe(0)
  })
})
