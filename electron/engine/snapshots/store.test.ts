import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import type { Orientation, Pictures } from '../ports.ts'
import { NoPicture, type RawPicture } from '../printers/adapter.ts'
import { encodeJpeg } from '../simulator/jpeg.ts'
import type { SnapshotRequest, SnapshotResult, Snapshots } from './snapshots.ts'
import { createSnapshots } from './store.ts'

const AS_IS: Orientation = { flipH: false, flipV: false, rotate: 0 }
const JPEG = encodeJpeg({ width: 24, height: 16, rgb: new Uint8Array(24 * 16 * 3).fill(90) })
const RAW: RawPicture = { bytes: JPEG, orientation: AS_IS, takenAt: 1_700_000_000_000 }

let dir = ''
let clock: TestClock
let log: ReturnType<typeof memoryLog>

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'printbell-snapshots-'))
  clock = new TestClock()
  log = memoryLog()
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** A port that gives back what it gets, as if nothing had to be done. */
const plain: Pictures = { prepare: (jpeg) => Promise.resolve({ jpeg, width: 24, height: 16 }) }

function taker(pictures: Pictures = plain): Snapshots {
  return createSnapshots({ dir, pictures, clock, log })
}

function request(over: Partial<SnapshotRequest> = {}): SnapshotRequest {
  return { eventId: 'e1', printerId: 'p1', fetch: () => Promise.resolve(RAW), deadlineMs: 3000, light: null, ...over }
}

/** A fetch that ends only when its signal aborts, and tells that it did. */
function hanging(): { fetch: SnapshotRequest['fetch']; aborted: () => boolean; calls: () => number } {
  let aborted = false
  let calls = 0
  return {
    aborted: () => aborted,
    calls: () => calls,
    fetch: (signal) =>
      new Promise((_, reject) => {
        calls++
        signal.addEventListener('abort', () => {
          aborted = true
          reject(new Error('aborted'))
        })
      }),
  }
}

function outcome(result: SnapshotResult): unknown {
  return result.picture ? { width: result.picture.width, height: result.picture.height, takenAt: result.picture.takenAt } : { cause: result.cause, why: result.why }
}

describe('taking a picture', () => {
  it('stores it under printer and event and gives it back', async () => {
    const { picture } = await taker().take(request())
    expect(picture).toMatchObject({ file: join(dir, 'p1', 'e1.jpg'), width: 24, height: 16, takenAt: 1_700_000_000_000 })
    expect(await readdir(join(dir, 'p1'))).toEqual(['e1.jpg'])
  })

  it('hands the orientation to the port and stores what comes back', async () => {
    const asked: Orientation[] = []
    const other = encodeJpeg({ width: 16, height: 24, rgb: new Uint8Array(16 * 24 * 3) })
    const snapshots = taker({
      prepare: (_, orientation) => {
        asked.push(orientation)
        return Promise.resolve({ jpeg: other, width: 16, height: 24 })
      },
    })
    const { picture } = await snapshots.take(request({ fetch: () => Promise.resolve({ ...RAW, orientation: { flipH: true, flipV: false, rotate: 270 } }) }))
    expect(asked).toEqual([{ flipH: true, flipV: false, rotate: 270 }])
    expect(await snapshots.load(picture?.file ?? '')).toMatchObject({ width: 16, height: 24 })
  })

  it('leaves no timer behind', async () => {
    await taker().take(request())
    await clock.advance(1000)
    expect(clock.pending).toBe(0)
  })

  it('keeps what has no safe name inside its folder', async () => {
    const { picture } = await taker().take(request({ printerId: '../../etc', eventId: '../passwd' }))
    expect(picture?.file.startsWith(dir)).toBe(true)
    expect(await readdir(dir)).toHaveLength(1)
  })
})

describe('no picture, because', () => {
  const text = (value: string): RawPicture => ({ ...RAW, bytes: new Uint8Array(Buffer.from(value)) })

  it.each([
    ['0 bytes', text(''), 'not_a_picture', 'No usable picture: the camera answered nothing (0 bytes)'],
    ['HTML', text('<html><body>Login</body></html>'), 'not_a_picture', 'No usable picture: the camera answered a web page (HTML; a login page or a wrong address?) instead of a picture'],
    ['a truncated JPEG', { ...RAW, bytes: JPEG.subarray(0, JPEG.length - 40) }, 'not_a_picture', 'No usable picture: the JPEG is cut off before its end'],
    ['30 MB', { ...RAW, bytes: new Uint8Array(30_000_000) }, 'too_large', "The camera's picture has 30 MB, more than 20 MB"],
  ])('the camera gave %s', async (_, raw, cause, why) => {
    expect(outcome(await taker().take(request({ fetch: () => Promise.resolve(raw) })))).toEqual({ cause, why })
    expect(await readdir(dir)).toEqual([])
  })

  it('the adapter says so', async () => {
    const fetch = (): Promise<RawPicture> => Promise.reject(new NoPicture('not_permitted', 'The key may not see the webcam'))
    expect(outcome(await taker().take(request({ fetch })))).toEqual({ cause: 'not_permitted', why: 'The key may not see the webcam' })
  })

  it('something unforeseen was thrown, at once or later', async () => {
    const thrown = (): never => {
      throw new Error('boom')
    }
    expect(outcome(await taker().take(request({ fetch: thrown })))).toEqual({ cause: 'server_error', why: 'The picture could not be taken: boom' })
    const broken = taker({ prepare: () => Promise.reject(new Error('no codec')) })
    expect(outcome(await broken.take(request()))).toEqual({ cause: 'server_error', why: 'The picture could not be taken: no codec' })
  })

  it('the disk refuses it', async () => {
    await writeFile(join(dir, 'p1'), 'a file where the folder should be')
    expect(outcome(await taker().take(request()))).toMatchObject({ cause: 'not_stored', why: expect.stringContaining(dir) })
  })

  it('the deadline passed: the fetch is aborted and the answer comes on time', async () => {
    const camera = hanging()
    const result = taker().take(request({ fetch: camera.fetch }))
    await clock.advance(2999)
    expect(camera.aborted()).toBe(false)
    await clock.advance(1)
    expect(outcome(await result)).toEqual({ cause: 'timeout', why: 'The camera gave no picture within 3 s' })
    expect(camera.aborted()).toBe(true)
  })

  it('the deadline passed while the picture was prepared', async () => {
    const snapshots = taker({ prepare: () => new Promise(() => undefined) })
    const result = snapshots.take(request())
    await clock.advance(3000)
    expect(outcome(await result)).toMatchObject({ cause: 'timeout' })
  })

  it('the deadline passed although the fetch ignores its signal', async () => {
    const result = taker().take(request({ fetch: () => new Promise(() => undefined) }))
    await clock.advance(3000)
    expect(outcome(await result)).toMatchObject({ cause: 'timeout' })
  })
})

describe('one fetch for one printer within a second', () => {
  function counting(): { fetch: SnapshotRequest['fetch']; calls: () => number } {
    let calls = 0
    return { calls: () => calls, fetch: () => Promise.resolve({ ...RAW, takenAt: ++calls }) }
  }

  it('serves all who ask, each with a file of their own', async () => {
    const camera = counting()
    const snapshots = taker()
    const both = await Promise.all(['e1', 'e2'].map((eventId) => snapshots.take(request({ eventId, fetch: camera.fetch }))))
    await clock.advance(999)
    const third = await snapshots.take(request({ eventId: 'e3', fetch: camera.fetch }))
    expect(camera.calls()).toBe(1)
    expect([...both, third].map(outcome)).toEqual([1, 1, 1].map((takenAt) => ({ width: 24, height: 16, takenAt })))
    expect((await readdir(join(dir, 'p1'))).sort()).toEqual(['e1.jpg', 'e2.jpg', 'e3.jpg'])
  })

  it('is over after that second, and never serves another printer', async () => {
    const camera = counting()
    const snapshots = taker()
    await snapshots.take(request({ fetch: camera.fetch }))
    await snapshots.take(request({ printerId: 'p2', fetch: camera.fetch }))
    expect(camera.calls()).toBe(2)
    await clock.advance(1000)
    await snapshots.take(request({ eventId: 'e2', fetch: camera.fetch }))
    expect(camera.calls()).toBe(3)
  })

  it('goes on for who waits longer when the first gives up', async () => {
    const camera = hanging()
    const snapshots = taker()
    const short = snapshots.take(request({ eventId: 'e1', fetch: camera.fetch, deadlineMs: 3000 }))
    const long = snapshots.take(request({ eventId: 'e2', fetch: camera.fetch, deadlineMs: 10_000 }))
    await clock.advance(3000)
    expect(outcome(await short)).toMatchObject({ cause: 'timeout' })
    expect(camera.aborted()).toBe(false)
    await clock.advance(7000)
    expect(outcome(await long)).toEqual({ cause: 'timeout', why: 'The camera gave no picture within 10 s' })
    expect(camera.aborted()).toBe(true)
    expect(camera.calls()).toBe(1)
  })

  it('is forgotten when all gave up, so that the next asks anew', async () => {
    const camera = hanging()
    const snapshots = taker()
    const first = snapshots.take(request({ fetch: camera.fetch, deadlineMs: 100 }))
    await clock.advance(100)
    await first
    expect(outcome(await snapshots.take(request({ eventId: 'e2' })))).toMatchObject({ width: 24 })
  })
})

describe('a still that is only looked at', () => {
  it('is prepared as any picture, and nothing is stored', async () => {
    const pictures: Pictures = { prepare: (jpeg) => Promise.resolve({ jpeg, width: 1280, height: 720 }) }
    const { eventId: _none, ...still } = request()
    expect(await taker(pictures).look(still)).toEqual({ still: { jpeg: JPEG, width: 1280, height: 720, takenAt: 1_700_000_000_000 } })
    expect(await readdir(dir)).toEqual([])
  })

  it('shares its fetch with an event that wants a picture at that moment', async () => {
    let calls = 0
    const fetch = (): Promise<RawPicture> => Promise.resolve({ ...RAW, takenAt: ++calls })
    const snapshots = taker()
    await Promise.all([snapshots.look(request({ fetch })), snapshots.take(request({ fetch }))])
    expect(calls).toBe(1)
  })

  it('has the reason told when there is none, within its own deadline', async () => {
    const camera = hanging()
    const looking = taker().look(request({ fetch: camera.fetch, deadlineMs: 4000 }))
    await clock.advance(4000)
    expect(await looking).toEqual({ still: null, cause: 'timeout', why: 'The camera gave no picture within 4 s' })
    expect(camera.aborted()).toBe(true)
  })

  it('may become the picture of an event later, with the time it was taken', async () => {
    const snapshots = taker()
    const { picture } = await snapshots.keep('e9', 'p1', { jpeg: JPEG, width: 24, height: 16, takenAt: 1_700_000_000_000 })
    expect(picture).toMatchObject({ file: join(dir, 'p1', 'e9.jpg'), width: 24, height: 16, takenAt: 1_700_000_000_000 })
    expect(await snapshots.load(join(dir, 'p1', 'e9.jpg'))).toMatchObject({ width: 24, height: 16, takenAt: 1_700_000_000_000 })
  })

  it('that can not be stored has the reason told', async () => {
    await writeFile(join(dir, 'p1'), 'in the way')
    expect(outcome(await taker().keep('e9', 'p1', { jpeg: JPEG, width: 24, height: 16, takenAt: 1 }))).toMatchObject({ cause: 'not_stored' })
  })
})

describe('the light', () => {
  function lamp(steps: string[], over: Partial<NonNullable<SnapshotRequest['light']>> = {}): NonNullable<SnapshotRequest['light']> {
    return {
      on: () => Promise.resolve(void steps.push('on')),
      off: () => Promise.resolve(void steps.push('off')),
      waitMs: 500,
      ...over,
    }
  }
  const shooting = (steps: string[]): SnapshotRequest['fetch'] => () => {
    steps.push('picture')
    return Promise.resolve(RAW)
  }

  it('is on before, given time to brighten, and off after', async () => {
    const steps: string[] = []
    const result = taker().take(request({ light: lamp(steps), fetch: shooting(steps) }))
    await clock.advance(499)
    expect(steps).toEqual(['on'])
    await clock.advance(1)
    expect(outcome(await result)).toMatchObject({ width: 24 })
    expect(steps).toEqual(['on', 'picture', 'off'])
  })

  it('that is held stays on whatever is taken meanwhile, and goes off once, with the last who held it', async () => {
    const steps: string[] = []
    const snapshots = taker()
    const holding = snapshots.holdLight('p1', lamp(steps), new AbortController().signal)
    await clock.advance(500)
    const letGo = await holding
    await snapshots.take(request({ light: lamp(steps, { waitMs: 0 }), fetch: shooting(steps) }))
    expect(steps).toEqual(['on', 'on', 'picture'])
    letGo()
    letGo()
    await clock.advance(0)
    expect(steps).toEqual(['on', 'on', 'picture', 'off'])
  })

  it('goes off also when the camera fails, and when the deadline passes', async () => {
    const steps: string[] = []
    const failing = taker().take(request({ light: lamp(steps, { waitMs: 0 }), fetch: () => Promise.reject(new Error('boom')) }))
    await failing
    expect(steps).toEqual(['on', 'off'])
    const late = taker().take(request({ light: lamp(steps, { waitMs: 5000 }), fetch: shooting(steps) }))
    await clock.advance(3000)
    await late
    await clock.advance(0)
    expect(steps).toEqual(['on', 'off', 'on', 'off'])
  })

  it('that does not work costs a warning, not the picture', async () => {
    const broken = { on: () => Promise.reject(new Error('no relay')), off: () => Promise.reject(new Error('no relay')), waitMs: 500 }
    expect(outcome(await taker().take(request({ light: broken })))).toMatchObject({ width: 24 })
    expect(log.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'warn: the light could not be switched on for a picture',
      'warn: the light could not be switched off after a picture',
    ])
  })

  it('is given a live signal for going off, although the fetch was aborted', async () => {
    let aborted: boolean | null = null
    const light = lamp([], {
      off: (signal) => {
        aborted = signal.aborted
        return Promise.resolve()
      },
    })
    const result = taker().take(request({ light, fetch: hanging().fetch }))
    await clock.advance(3000)
    await result
    await clock.advance(0)
    expect(aborted).toBe(false)
  })

  it('stays on while another picture of the same printer still needs it', async () => {
    const steps: string[] = []
    const snapshots = taker()
    const camera = hanging()
    const first = snapshots.take(request({ light: lamp(steps, { waitMs: 0 }), fetch: camera.fetch, deadlineMs: 2000 }))
    await clock.advance(1500)
    const second = snapshots.take(request({ eventId: 'e2', light: lamp(steps, { waitMs: 1000 }), fetch: shooting(steps), deadlineMs: 3000 }))
    await clock.advance(500)
    await first
    await clock.advance(0)
    expect(steps).toEqual(['on', 'on'])
    await clock.advance(500)
    await second
    expect(steps).toEqual(['on', 'on', 'picture', 'off'])
  })
})

describe('remove', () => {
  it('deletes what it can and takes what is gone for deleted', async () => {
    const snapshots = taker()
    const { picture } = await snapshots.take(request())
    await snapshots.remove([picture?.file ?? '', join(dir, 'p1', 'gone.jpg')])
    expect(await snapshots.load(picture?.file ?? '')).toBeNull()
    expect(log.lines).toEqual([])
  })
})
