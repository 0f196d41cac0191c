import { describe, expect, it } from 'vitest'
import type { TestClock } from '../../test/support/clock.ts'
import { anEvent, LAMP, NOON } from '../../test/support/rule-fixtures.ts'
import type { PrinterEvent } from './events/model.ts'
import { initialMemory } from './events/reduce.ts'
import { committed, E1, PICTURE, setUp } from './pictures-of-events.support.ts'
import type { PictureSource } from './pictures-of-events.ts'
import { NoPicture } from './printers/adapter.ts'

describe('the end of a print', () => {
  const DONE = { ...E1, job: LAMP, occurredAt: NOON + 12_000, snapshot: 'final' } as const
  const PRINTING = { ...initialMemory('up').state, job: 'printing', jobRef: LAMP, remaining: 60 } as const
  const lastMinutes = async (rig: ReturnType<typeof setUp>): Promise<void> => {
    rig.pictures.onState('mk4', PRINTING)
    await rig.clock.advance(12_000)
  }

  it('gets the picture of five seconds before it, and the camera is not asked again', async () => {
    const rig = setUp()
    await lastMinutes(rig)
    rig.pictures.onCommitted(committed(DONE))
    expect(await rig.pictures.whenReady('E1')).toMatchObject({ picture: { file: '/data/snapshots/E1.jpg', width: 640, takenAt: NOON + 5_000 } })
    expect(rig.kept).toEqual([{ eventId: 'E1', takenAt: NOON + 5_000 }])
    expect(rig.requests).toEqual([])
    expect(rig.rows.map(({ eventId, file, width }) => ({ eventId, file, width }))).toEqual([{ eventId: 'E1', file: '/data/snapshots/E1.jpg', width: 640 }])
  })

  it('gets it although the camera went off with the printer', async () => {
    const source: Partial<PictureSource> = {}
    const rig = setUp({ source })
    await lastMinutes(rig)
    source.canSnapshot = false
    rig.pictures.onCommitted(committed(DONE))
    expect(await rig.pictures.whenReady('E1')).toMatchObject({ picture: { takenAt: NOON + 5_000 } })
  })

  it.each<[string, PrinterEvent]>([
    ['that was cancelled', { ...DONE, type: 'job.cancelled' }],
    ['that failed', { ...DONE, type: 'job.failed' }],
    ['of another print', { ...DONE, job: { ...LAMP, key: 'another' } }],
    ['that was too short to have one', { ...DONE, occurredAt: NOON + 4_000 }],
  ])('%s gets a fresh one', async (_name, event) => {
    const rig = setUp()
    await lastMinutes(rig)
    rig.pictures.onCommitted(committed(event))
    expect(await rig.pictures.whenReady('E1')).toEqual({ picture: PICTURE })
    expect(rig.kept).toEqual([])
  })

  it('gets a fresh one where the settings say so, and none of the last minutes is taken for it', async () => {
    const rig = setUp({ source: { done: { which: 'now', margin: 5 } } })
    await lastMinutes(rig)
    expect(rig.order).toEqual([])
    rig.pictures.onCommitted(committed(DONE))
    expect(await rig.pictures.whenReady('E1')).toEqual({ picture: PICTURE })
  })

  it('gets none where the settings say so; a print that failed still does', async () => {
    const rig = setUp({ source: { done: { which: 'none', margin: 5 } } })
    await lastMinutes(rig)
    rig.pictures.onCommitted(committed(DONE, { ...DONE, id: 'E2', type: 'job.failed' }))
    expect(await rig.pictures.whenReady('E1')).toEqual({ picture: null, cause: 'not_wanted', why: 'the settings of this printer want none when a print is done' })
    expect(await rig.pictures.whenReady('E2')).toEqual({ picture: PICTURE })
    expect(rig.requests.map(({ eventId }) => eventId)).toEqual(['E2'])
  })

  it('is not looked out for where nobody is to be shown it, or the server has no camera', async () => {
    const rig = setUp({ source: { light: { on: ['M355 S1'], off: ['M355 S0'], waitMs: 0 } } })
    rig.show(false)
    await lastMinutes(rig)
    const blind = setUp({ source: { canSnapshot: false } })
    await lastMinutes(blind)
    expect([...rig.order, ...blind.order]).toEqual([])
  })

  it('is looked out for in the printer’s own light, switched once', async () => {
    const rig = setUp({ source: { light: { on: ['M355 S1'], off: ['M355 S0'], waitMs: 0 } } })
    await lastMinutes(rig)
    rig.pictures.onState('mk4', { ...PRINTING, job: 'done' })
    const still = 'still of _default by nozzle'
    expect(rig.order).toEqual(['M355 S1', still, still, still, 'M355 S0'])
  })

  it('of a printer that is not watched any more is not looked out for', async () => {
    const rig = setUp()
    await lastMinutes(rig)
    rig.pictures.onState('mk4', null)
    expect(rig.clock.pending).toBe(0)
  })
})

describe('a failure that a detector tells with its picture', () => {
  const FAILURE = anEvent('failure.warning', { id: 'E1', snapshot: 'now', context: { picture: '/seen/7.jpg' } })
  const raw = { bytes: new Uint8Array([5]), orientation: { flipH: false, flipV: false, rotate: 0 }, takenAt: NOON } as const
  async function bytesOf(event: PrinterEvent, evidence: NonNullable<PictureSource['connection']['evidence']>, meanwhile = async (_clock: TestClock): Promise<void> => undefined) {
    const bytes: number[][] = []
    const rig = setUp({ take: async (request) => {
      bytes.push([...(await request.fetch(new AbortController().signal)).bytes])
      return { picture: PICTURE }
    } })
    const { connection } = rig.base
    connection.evidence = evidence
    rig.pictures.onCommitted(committed(event))
    await meanwhile(rig.clock)
    await rig.pictures.whenReady('E1')
    return { bytes, order: rig.order, log: rig.log }
  }

  it('shows that picture, and the camera is not asked', async () => {
    const asked: unknown[] = []
    const { bytes, order } = await bytesOf(FAILURE, async (...given) => {
      asked.push(given.slice(0, 2))
      return raw
    })
    expect(bytes).toEqual([[5]])
    expect(asked).toEqual([['_default', '/seen/7.jpg']])
    expect(order).toEqual([])
  })

  it('shows what the camera sees where that can not be had, and its log says why', async () => {
    const { bytes, log } = await bytesOf(FAILURE, () => Promise.reject(new NoPicture('no_camera', 'It is gone.')))
    expect(bytes).toEqual([[9]])
    expect(log.lines.map(({ level, fields }) => [level, fields])).toEqual([['info', { printer: 'mk4', why: 'It is gone.' }]])
  })

  it('waits four seconds for it', async () => {
    const hangs = (_source: string, _picture: string, signal: AbortSignal) => new Promise<never>((_, reject) => { signal.addEventListener('abort', () => reject(new Error('aborted'))) })
    const { bytes } = await bytesOf(FAILURE, hangs, (clock) => clock.advance(4_000))
    expect(bytes).toEqual([[9]])
  })

  it('is the only one whose context names a picture', async () => {
    expect((await bytesOf({ ...FAILURE, type: 'job.paused' }, async () => raw)).bytes).toEqual([[9]])
  })
})
