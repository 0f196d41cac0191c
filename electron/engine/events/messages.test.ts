import { describe, expect, it } from 'vitest'
import type { JobFile } from './model.ts'
import { reload, Rig, T0, type RigOptions } from './replay.support.ts'

const file: JobFile = { name: 'vase.gcode', path: 'vase.gcode', origin: 'local', size: 1000 }
function seen(options: RigOptions = {}): Rig {
  const rig = new Rig({ ...options, thresholds: { linkStale: 1e6, stalledAfter: 0, ...options.thresholds } })
  rig.link('up')
  rig.state({ device: 'ready', job: 'none', file: null }, true)
  return rig
}

describe('the cap', () => {
  it('lets six a minute pass and says afterwards how many it held back', () => {
    const rig = seen()
    for (let i = 0; i < 10; i += 1) rig.signal({ type: 'message', text: `note ${i}`, for: 'user' })
    expect(rig.told).toHaveLength(6)
    expect(rig.swallowed).toEqual(['message.user cap', 'message.user cap', 'message.user cap', 'message.user cap'])
    rig.to(60)
    expect(rig.told.at(-1)).toBe('message.user cap_summary')
    expect(rig.events.at(-1)).toMatchObject({ text: '4 more events within a minute were held back', context: { count: 4, types: { 'message.user': 4 } } })
    rig.to(300)
    expect(rig.told).toHaveLength(7)
  })

  it('never holds back an end, an attention or a critical event', () => {
    const rig = seen()
    for (let i = 0; i < 10; i += 1) rig.signal({ type: 'message', text: `note ${i}`, for: 'user' })
    rig.signal({ type: 'job_started', file })
    rig.signal({ type: 'attention', key: 'door', kind: 'door' })
    rig.signal({ type: 'job_done', file })
    expect(rig.told.slice(6)).toEqual(['job.started', 'attention.door', 'job.done'])
  })

  it('counts mere information type by type: a brisk print loses none of its steps', () => {
    const rig = seen()
    rig.signal({ type: 'job_started', file })
    for (const progress of [0.26, 0.51, 0.76]) {
      rig.state({ job: 'printing', progress })
      rig.to(rig.now / 1000 - T0 / 1000 + 3)
    }
    for (let i = 0; i < 4; i += 1) rig.signal({ type: 'message', text: `note ${i}`, for: 'user' })
    expect(rig.told.filter((told) => told.startsWith('job.progress'))).toHaveLength(3)
    expect(rig.told.filter((told) => told.startsWith('message.user'))).toHaveLength(4)
    expect(rig.swallowed.filter((told) => told.endsWith('cap'))).toEqual([])
  })

  it('a chatty printer does not use up the room of its warnings', () => {
    const rig = seen()
    rig.signal({ type: 'job_started', file })
    rig.to(10)
    for (let i = 0; i < 50; i += 1) rig.signal({ type: 'message', text: `Layer ${i}`, for: 'display' })
    rig.signal({ type: 'job_paused', user: 'ann' })
    rig.to(16)
    expect(rig.told.at(-1)).toBe('job.paused user')
  })
})

describe('messages', () => {
  it('a display message is told when it changes and shown in the state', () => {
    const rig = seen()
    for (const text of ['Layer 1', 'Layer 1', 'Layer 2']) rig.signal({ type: 'message', text, for: 'display' })
    expect(rig.events.map((event) => [event.type, event.text])).toEqual([['message.display', 'Layer 1'], ['message.display', 'Layer 2']])
    expect(rig.memory.state.message).toBe('Layer 2')
  })
  it('two like messages for the user at one moment are two', () => {
    const rig = seen()
    rig.signal({ type: 'message', text: 'x', for: 'user' })
    rig.signal({ type: 'message', text: 'x', for: 'user' })
    expect(new Set(rig.events.map((event) => event.dedupeKey)).size).toBe(2)
  })
  it('a camera is told when it goes and comes, not at first sight', () => {
    const rig = seen()
    rig.signal({ type: 'camera', camera: 'c', up: true })
    rig.signal({ type: 'camera', camera: 'c', up: false, cause: 'timeout' })
    rig.signal({ type: 'camera', camera: 'c', up: false, cause: 'timeout' })
    rig.signal({ type: 'camera', camera: 'c', up: true })
    expect(rig.told).toEqual(['camera.lost timeout', 'camera.up'])
  })
})

describe("the server's own events", () => {
  it('are made only for who asked for them by name', () => {
    const rig = seen({ natives: ['Upload'] })
    rig.signal({ type: 'native_only' }, { name: 'Upload', payload: { name: 'a' } })
    rig.signal({ type: 'native_only' }, { name: 'MovieDone', payload: null })
    expect(rig.events).toMatchObject([{ type: 'server.event', code: 'Upload', native: { name: 'Upload', payload: { name: 'a' } } }])
  })
  it('stand beside the normalised event and are not doubled', () => {
    const rig = seen({ natives: ['PrintStarted', 'PrintDone', 'PrintPaused'] })
    rig.signal({ type: 'job_started', file }, { name: 'PrintStarted', payload: 1 })
    rig.signal({ type: 'job_paused' }, { name: 'PrintPaused', payload: 2 })
    rig.to(20)
    rig.signal({ type: 'job_done', file }, { name: 'PrintDone', payload: 3 })
    expect(rig.events.map((event) => [event.type, event.native?.name])).toEqual([
      ['job.started', 'PrintStarted'], ['job.paused', 'PrintPaused'], ['job.done', 'PrintDone'],
    ])
  })
  it('are not lost where the normalised event was swallowed', () => {
    const rig = seen({ natives: ['*'] })
    rig.signal({ type: 'job_started', file })
    rig.signal({ type: 'job_paused' }, { name: 'PrintPaused', payload: null })
    rig.to(2)
    rig.signal({ type: 'job_resumed' }, { name: 'PrintResumed', payload: null })
    rig.signal({ type: 'job_cancelled', user: 'ann' }, { name: 'PrintCancelled', payload: null })
    rig.signal({ type: 'job_failed', cause: 'cancelled' }, { name: 'PrintFailed', payload: null })
    expect(rig.events.map((event) => [event.type, event.native?.name])).toEqual([
      ['job.started', undefined], ['server.event', 'PrintPaused'], ['server.event', 'PrintResumed'], ['job.cancelled', 'PrintCancelled'], ['server.event', 'PrintFailed'],
    ])
  })
  it('of a cancel that is decided later are carried by its event', () => {
    const rig = seen({ natives: ['PrintCancelled'] })
    rig.signal({ type: 'job_started', file })
    rig.signal({ type: 'job_cancelled' }, { name: 'PrintCancelled', payload: null })
    rig.to(5)
    expect(rig.events.map((event) => [event.type, event.native?.name])).toEqual([['job.started', undefined], ['job.cancelled', 'PrintCancelled']])
  })
})

describe('events of other servers', () => {
  const foreign = (rig: Rig, id: string, occurredAt: number): void =>
    rig.feed({ kind: 'foreign', sourceId: 's', at: rig.now, event: { id, occurredAt, type: 'job.failed', file, jobId: 'j1' } })
  it('R13: what the list holds at first sight is baseline, what is new is told once', () => {
    const rig = new Rig()
    rig.link('up')
    foreign(rig, '1', T0 - 1000)
    foreign(rig, '2', T0 - 500)
    rig.to(5)
    foreign(rig, '2', T0 - 500)
    foreign(rig, '3', T0 + 4000)
    rig.memory = reload(rig.memory)
    foreign(rig, '3', T0 + 4000)
    expect(rig.told).toEqual(['job.failed'])
    expect(rig.swallowed).toEqual(['job.failed baseline', 'job.failed baseline', 'job.failed already_heard', 'job.failed already_heard'])
    expect(rig.events[0]).toMatchObject({ occurredAt: T0 + 4000, late: false, job: { key: 'j1' }, severity: 'critical' })
  })
  it('is late when it is older than a minute', () => {
    const rig = new Rig()
    rig.link('up')
    foreign(rig, '1', T0)
    rig.to(500)
    foreign(rig, '2', T0 + 1000)
    expect(rig.events.at(-1)).toMatchObject({ type: 'job.failed', late: true })
  })

  describe('about a print that is on', () => {
    const alert = (rig: Rig, id: string, occurredAt: number, type: 'failure.warning' | 'failure.detected' = 'failure.detected'): void => {
      const jobId = rig.memory.state.jobRef?.key ?? 'none'
      rig.feed({ kind: 'foreign', sourceId: 's', at: rig.now, event: { id, occurredAt, type, file, jobId } })
    }
    const printing = (): Rig => {
      const rig = seen()
      rig.signal({ type: 'job_started', file, user: 'ann' })
      rig.state({ job: 'printing' })
      alert(rig, 'old', T0 - 1000)
      rig.to(10)
      return rig
    }

    it('are open as an alert of our own, from when they were told to have been', () => {
      const rig = printing()
      alert(rig, '1', T0 + 9_000)
      expect(rig.memory.state.failure).toEqual({ since: T0 + 9_000, sure: true, paused: false })
      // Another clock goes ahead of ours.
      alert(rig, '2', T0 + 500_000)
      expect([rig.events.at(-1)?.occurredAt, rig.memory.state.failure]).toEqual([T0 + 10_000, { since: T0 + 10_000, sure: true, paused: false }])
    })

    it('are no longer open once somebody acknowledged them, or the print is over', () => {
      const acknowledged = printing()
      alert(acknowledged, '1', T0 + 9_000)
      acknowledged.memory = reload(acknowledged.memory)
      acknowledged.feed({ kind: 'acknowledged', at: acknowledged.now })
      expect(acknowledged.memory.state.failure).toBeNull()
      const done = printing()
      alert(done, '1', T0 + 9_000)
      done.signal({ type: 'job_done', file })
      expect(done.memory.state.failure).toBeNull()
    })

    it('open nothing where they were not told, or where a later alert is open or was answered', () => {
      const rig = printing()
      expect(rig.memory.state.failure ?? null).toBeNull()
      rig.signal({ type: 'failure_detected', paused: false })
      alert(rig, '1', T0 + 9_000, 'failure.warning')
      expect(rig.memory.state.failure).toEqual({ since: T0 + 10_000, sure: true, paused: false })
      rig.feed({ kind: 'acknowledged', at: rig.now })
      alert(rig, '2', T0 + 9_500)
      expect(rig.memory.state.failure).toBeNull()
    })
  })
})
