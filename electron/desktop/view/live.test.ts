import { describe, expect, it } from 'vitest'
import type { LivePicture } from '../../bridge/views/printers.ts'
import { NoPicture, type RawPicture } from '../../engine/printers/adapter.ts'
import { settle, TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { createLive, pictureBytes } from './live.ts'

interface Asked {
  printerId: string
  cameraId: string | null
  signal: AbortSignal
  give(byte: number): void
  fail(error: Error): void
}

function rig() {
  const clock = new TestClock()
  const asked: Asked[] = []
  const pushed: LivePicture[] = []
  const live = createLive({
    clock, log: memoryLog(), push: (picture) => pushed.push(picture),
    snapshot: (printerId, cameraId, signal) => new Promise<RawPicture>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new NoPicture('timeout', 'The camera did not answer in time.')))
      asked.push({ printerId, cameraId, signal, give: (byte) => resolve({ bytes: new Uint8Array([byte]), orientation: { flipH: false, flipV: false, rotate: 90 }, takenAt: clock.now() }), fail: reject })
    }),
    // "Turned": so that a picture which skipped the port shows.
    pictures: { prepare: async (bytes, { rotate }) => ({ jpeg: new Uint8Array([...bytes, rotate]), width: 1, height: 1 }) },
  })
  return { clock, asked, pushed, live }
}

describe('live pictures', () => {
  it('are taken at once, oriented, kept, told, and taken anew a second after they began', async () => {
    const { clock, asked, pushed, live } = rig()
    live.watch([{ printerId: 'mk4', cameraId: 'nozzle' }])
    expect(asked).toMatchObject([{ printerId: 'mk4', cameraId: 'nozzle' }])
    await clock.advance(300)
    asked[0]?.give(7)
    await settle()
    expect(pushed).toEqual([{ printerId: 'mk4', ok: true, url: `printbell-picture://live/mk4?at=${clock.now()}`, takenAt: clock.now() }])
    expect(live.picture('mk4')).toEqual(new Uint8Array([7, 90]))
    await clock.advance(699)
    expect(asked).toHaveLength(1)
    await clock.advance(1)
    expect(asked).toHaveLength(2)
  })

  it('never overlap: a slow camera is asked again only after it answered', async () => {
    const { clock, asked, live } = rig()
    live.watch([{ printerId: 'mk4', cameraId: null }])
    await clock.advance(9_000)
    expect(asked).toHaveLength(1)
    asked[0]?.give(1)
    await clock.advance(250)
    expect(asked).toHaveLength(2)
  })

  it('come more slowly after failures, at most each 15 s, and at the old pace once one works', async () => {
    const { clock, asked, pushed, live } = rig()
    live.watch([{ printerId: 'mk4', cameraId: null }])
    const waits: number[] = []
    for (let round = 0; round < 6; round++) {
      asked.at(-1)?.fail(new NoPicture('no_camera', 'There is no camera.'))
      const before = clock.monotonic()
      const count = asked.length
      while (asked.length === count) await clock.advance(500)
      waits.push(clock.monotonic() - before)
    }
    expect(waits).toEqual([2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
    expect(pushed.at(-1)).toEqual({ printerId: 'mk4', ok: false, why: 'There is no camera.' })
    asked.at(-1)?.give(1)
    await clock.advance(1_000)
    expect(asked).toHaveLength(8)
  })

  it('give a camera up that does not answer within 10 s', async () => {
    const { clock, asked, pushed, live } = rig()
    live.watch([{ printerId: 'mk4', cameraId: null }])
    await clock.advance(10_000)
    expect(asked[0]?.signal.aborted).toBe(true)
    expect(pushed).toEqual([{ printerId: 'mk4', ok: false, why: 'The camera did not answer in time.' }])
  })

  it('end at once when nothing is watched or the window closes: request, timer and memory', async () => {
    const { clock, asked, pushed, live } = rig()
    live.watch([{ printerId: 'mk4', cameraId: null }, { printerId: 'voron', cameraId: null }])
    asked[0]?.give(1)
    await settle()
    live.watch([{ printerId: 'mk4', cameraId: null }])
    expect(asked[1]?.signal.aborted).toBe(true)
    live.stop()
    await clock.advance(60_000)
    expect([asked.length, pushed.length, live.picture('mk4'), clock.pending]).toEqual([2, 1, null, 0])
  })

  it('keep on with what stays watched, and begin anew with another camera', async () => {
    const { asked, live } = rig()
    live.watch([{ printerId: 'mk4', cameraId: 'a' }])
    live.watch([{ printerId: 'mk4', cameraId: 'a' }])
    live.watch([{ printerId: 'mk4', cameraId: 'b' }])
    expect(asked.map(({ cameraId }) => cameraId)).toEqual(['a', 'b'])
    asked[0]?.give(1)
    await settle()
    expect(live.picture('mk4')).toBeNull()
  })
})

describe('the picture scheme', () => {
  const parts = {
    live: { picture: (id: string) => (id === 'mk4' ? new Uint8Array([1]) : null) },
    fileOf: (id: string) => (id === '01A' ? '/data/snapshots/mk4/01A.jpg' : null),
    load: async (file: string) => (file === '/data/snapshots/mk4/01A.jpg' ? { jpeg: new Uint8Array([2]) } : null),
  }
  it('shows the live picture of a printer, or what the history names for an event', async () => {
    expect(await pictureBytes(parts, 'live', 'mk4')).toEqual(new Uint8Array([1]))
    expect(await pictureBytes(parts, 'event', '01A')).toEqual(new Uint8Array([2]))
  })
  it('shows nothing for an id that nobody knows, whatever it looks like', async () => {
    expect(await pictureBytes(parts, 'live', '01A')).toBeNull()
    expect(await pictureBytes(parts, 'event', '../mk4/01A')).toBeNull()
  })
})
