import { describe, expect, it } from 'vitest'
import { settle } from '../../test/support/clock.ts'
import { anEvent, NOON } from '../../test/support/rule-fixtures.ts'
import { HistoryError, type SnapshotRow } from './history/history.ts'
import { committed, E1, PICTURE, setUp, unheard } from './pictures-of-events.support.ts'
import type { SnapshotRequest, SnapshotResult } from './snapshots/snapshots.ts'

/** What a snapshot store does with a request: light on, wait, still, light off. */
async function likeTheStore(request: SnapshotRequest): Promise<SnapshotResult> {
  const { signal } = new AbortController()
  await request.light?.on(signal)
  await request.fetch(signal)
  await request.light?.off(signal)
  return { picture: PICTURE }
}

describe('an event that wants a picture', () => {
  it('gets one within 10 s from the camera that was chosen, and it is stored', async () => {
    const { pictures, requests, rows, order } = setUp({ take: likeTheStore })
    pictures.onCommitted(committed(E1))
    expect(await pictures.whenReady('E1')).toEqual({ picture: PICTURE })
    expect(requests.map(({ eventId, printerId, deadlineMs, light }) => ({ eventId, printerId, deadlineMs, light }))).toEqual([{ eventId: 'E1', printerId: 'mk4', deadlineMs: 10_000, light: null }])
    expect(order).toEqual(['still of _default by nozzle'])
    expect(rows).toEqual([{ eventId: 'E1', printerId: 'mk4', at: NOON, file: '/data/snapshots/e1.jpg', bytes: 3, width: 1280, height: 720, why: null }])
  })

  it('is turned as the settings say, over what the server says', async () => {
    const turned = { flipH: false, flipV: true, rotate: 270 } as const
    const orientations: unknown[] = []
    const take = async (request: SnapshotRequest): Promise<SnapshotResult> => {
      orientations.push((await request.fetch(new AbortController().signal)).orientation)
      return { picture: PICTURE }
    }
    for (const orientation of [null, turned]) setUp({ take, source: { orientation } }).pictures.onCommitted(committed(E1))
    await settle()
    expect(orientations).toEqual([{ flipH: false, flipV: false, rotate: 0 }, turned])
  })

  it('is the only one that is asked for: others take none', () => {
    const { pictures, requests } = setUp()
    pictures.onCommitted(committed(anEvent('job.progress', { id: 'E2', snapshot: 'none' }), anEvent('job.failed', { id: 'E3', snapshot: 'final' })))
    expect(requests.map(({ eventId }) => eventId)).toEqual(['E3'])
  })

  it('whose picture can not be had has the reason stored', async () => {
    const { pictures, rows } = setUp({ take: async () => ({ picture: null, cause: 'timeout', why: 'the camera did not answer within 10 s' }) })
    pictures.onCommitted(committed(E1))
    expect(await pictures.whenReady('E1')).toEqual({ picture: null, cause: 'timeout', why: 'the camera did not answer within 10 s' })
    expect(rows).toEqual([{ eventId: 'E1', printerId: 'mk4', at: NOON, file: null, bytes: 0, width: null, height: null, why: 'the camera did not answer within 10 s' }])
  })
})

describe('no picture is even tried', () => {
  it('of what happened while nobody looked: the camera shows something else now', async () => {
    const { pictures, requests, rows } = setUp()
    pictures.onCommitted(committed({ ...E1, late: true }))
    expect(await pictures.whenReady('E1')).toEqual({ picture: null, cause: 'late', why: 'it happened while nobody looked' })
    expect(requests).toEqual([])
    expect(rows.map(({ file, why }) => ({ file, why }))).toEqual([{ file: null, why: 'it happened while nobody looked' }])
  })

  it('where the server said that it has no camera', async () => {
    const { pictures, requests } = setUp({ source: { canSnapshot: false } })
    pictures.onCommitted(committed(E1))
    expect(await pictures.whenReady('E1')).toEqual({ picture: null, cause: 'no_camera', why: 'the server has no camera that gives stills, or this key may not see it' })
    expect(requests).toEqual([])
  })

  it('where the printer is not connected', async () => {
    const { pictures, requests } = setUp({ source: null })
    pictures.onCommitted(committed(E1))
    expect(await pictures.whenReady('E1')).toEqual({ picture: null, cause: 'no_camera', why: 'the printer is not connected' })
    expect(requests).toEqual([])
  })

  it('but it is where the server did not say', () => {
    const { pictures, requests } = setUp({ source: { canSnapshot: null, cameraId: null } })
    pictures.onCommitted(committed(E1))
    expect(requests).toHaveLength(1)
  })
})

describe('what nobody is told of', () => {
  it('gets no picture, unless the history shows it as an end or an attention', async () => {
    const { pictures, requests, rows } = setUp()
    pictures.onCommitted(unheard(anEvent('job.progress', { id: 'E2', snapshot: 'now' }), anEvent('job.done', { id: 'E3', snapshot: 'final' })))
    expect(await pictures.whenReady('E2')).toMatchObject({ picture: null, cause: 'not_wanted' })
    expect(await pictures.whenReady('E3')).toMatchObject({ picture: PICTURE })
    expect(requests.map((request) => request.eventId)).toEqual(['E3'])
    expect(rows.map((row) => [row.eventId, row.why])).toEqual([['E2', 'nobody is told of it'], ['E3', null]])
  })

  it('never switches the lamp, and neither does a rehearsal', async () => {
    const light = { on: ['M355 S1'], off: ['M355 S0'], waitMs: 0 }
    const { pictures, requests } = setUp({ source: { light } })
    pictures.onCommitted(unheard(anEvent('job.done', { id: 'E3', snapshot: 'final' })))
    pictures.onCommitted(committed(anEvent('job.done', { id: 'E4', snapshot: 'final', reason: 'rehearsal' })))
    await pictures.whenReady('E4')
    expect(requests.map((request) => request.light)).toEqual([null, null])
  })
})

describe('the light', () => {
  const light = { on: ['M355 S1', 'G4 P100'], off: ['M355 S0'], waitMs: 700 }

  it('goes on before the still and off after it, by G-code to the same printer', async () => {
    const { pictures, order, commands, requests } = setUp({ take: likeTheStore, source: { light } })
    pictures.onCommitted(committed(E1))
    await pictures.whenReady('E1')
    expect(order).toEqual(['M355 S1 G4 P100', 'still of _default by nozzle', 'M355 S0'])
    expect(commands.map(({ sourceId, command }) => [sourceId, command.name])).toEqual([['_default', 'gcode'], ['_default', 'gcode']])
    expect(requests[0]?.light?.waitMs).toBe(700)
  })

  it('that is to stay on sends no command after the still', async () => {
    const { pictures, order } = setUp({ take: likeTheStore, source: { light: { ...light, off: [] } } })
    pictures.onCommitted(committed(E1))
    await pictures.whenReady('E1')
    expect(order).toEqual(['M355 S1 G4 P100', 'still of _default by nozzle'])
  })

  it('that the server refuses is logged, and the picture is taken in the dark', async () => {
    const { pictures, log } = setUp({ take: likeTheStore, source: { light: { ...light, off: [] } }, answer: { result: 'forbidden', detail: 'the key may not send G-code' } })
    pictures.onCommitted(committed(E1))
    expect(await pictures.whenReady('E1')).toEqual({ picture: PICTURE })
    expect(log.lines).toEqual([{ level: 'warn', message: 'the light command was not accepted', fields: { printer: 'mk4', detail: 'the key may not send G-code' } }])
  })
})

describe('delivery that asks for a picture', () => {
  it('waits while it is taken', async () => {
    let give: (result: SnapshotResult) => void = () => undefined
    const { pictures } = setUp({ take: () => new Promise((done) => { give = done }) })
    pictures.onCommitted(committed(E1))
    let got: unknown = null
    void pictures.whenReady('E1').then((result) => { got = result })
    await settle()
    expect(got).toBeNull()
    give({ picture: PICTURE })
    await settle()
    expect(got).toEqual({ picture: PICTURE })
  })

  it('gets it although the history could not note it', async () => {
    const { pictures, log } = setUp({ putFails: new HistoryError('full', 'The disk is full.') })
    pictures.onCommitted(committed(E1))
    expect(await pictures.whenReady('E1')).toEqual({ picture: PICTURE })
    expect(log.lines.map((line) => line.message)).toEqual(['a picture could not be noted in the history'])
  })

  it('gets it from memory for a minute, and from disk after that', async () => {
    const { pictures, clock, loaded } = setUp({ load: PICTURE })
    pictures.onCommitted(committed(E1))
    await clock.advance(59_999)
    expect(await pictures.whenReady('E1')).toEqual({ picture: PICTURE })
    expect(loaded).toEqual([])
    await clock.advance(1)
    expect(await pictures.whenReady('E1')).toEqual({ picture: PICTURE })
    expect(loaded).toEqual(['/data/snapshots/e1.jpg'])
    expect(clock.pending).toBe(0)
  })

  const row: SnapshotRow = { eventId: 'E1', printerId: 'mk4', at: NOON, file: '/data/snapshots/e1.jpg', bytes: 3, width: 1, height: 1, why: null }

  it('gets after a restart what lies on disk', async () => {
    const { pictures } = setUp({ rows: [row], load: PICTURE })
    expect(await pictures.whenReady('E1')).toEqual({ picture: PICTURE })
  })

  it('is told after a restart why there is none', async () => {
    const why = 'the picture was not taken before Printbell was restarted'
    expect(await setUp().pictures.whenReady('unknown')).toEqual({ picture: null, cause: 'restarted', why })
    expect(await setUp({ rows: [row], load: null }).pictures.whenReady('E1')).toEqual({ picture: null, cause: 'restarted', why })
    expect(await setUp({ rows: [{ ...row, file: null, why: 'no camera' }] }).pictures.whenReady('E1')).toEqual({ picture: null, cause: 'restarted', why: 'no camera' })
  })

  it('never sees an error: it goes on without a picture', async () => {
    const none = { picture: null, cause: 'failed', why: 'the picture could not be fetched or read' }
    const taking = setUp({ take: () => Promise.reject(new Error('a store must not throw')) })
    taking.pictures.onCommitted(committed(E1))
    expect(await taking.pictures.whenReady('E1')).toEqual(none)
    expect(await setUp({ readFails: new HistoryError('corrupt', 'broken') }).pictures.whenReady('E1')).toEqual(none)
    expect(await setUp({ rows: [row], load: new Error('EIO') }).pictures.whenReady('E1')).toEqual(none)
  })
})

describe('at the end', () => {
  it('no timer is left, not even by a picture that comes afterwards', async () => {
    let give: (result: SnapshotResult) => void = () => undefined
    const { pictures, clock } = setUp({ take: ({ eventId }) => (eventId === 'E1' ? Promise.resolve({ picture: PICTURE }) : new Promise((done) => { give = done })) })
    pictures.onCommitted(committed(E1, { ...E1, id: 'E2' }))
    await settle()
    expect(clock.pending).toBe(1)
    pictures.stop()
    expect(clock.pending).toBe(0)
    give({ picture: PICTURE })
    await settle()
    expect(clock.pending).toBe(0)
  })
})
