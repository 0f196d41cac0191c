import { describe, expect, it } from 'vitest'
import { settle, TestClock } from '../../test/support/clock.ts'
import { memoryLog } from '../../test/support/log.ts'
import { anEvent, LAMP, NOON } from '../../test/support/rule-fixtures.ts'
import type { Picture } from './delivery/message.ts'
import type { PrinterEvent } from './events/model.ts'
import { initialMemory } from './events/reduce.ts'
import { HistoryError, type CommitResult, type OutboxRow, type SnapshotRow } from './history/history.ts'
import { picturesOfEvents, type PictureSource } from './pictures-of-events.ts'
import type { CommandAnswer, PrinterCommand } from './printers/adapter.ts'
import type { SnapshotRequest, SnapshotResult } from './snapshots/snapshots.ts'

const PICTURE: Picture = { jpeg: new Uint8Array([1, 2, 3]), file: '/data/snapshots/e1.jpg', width: 1280, height: 720, takenAt: NOON }
const E1 = anEvent('job.done', { id: 'E1', snapshot: 'now' })
const committed = (...events: PrinterEvent[]): CommitResult => ({ events, duplicates: [], decisions: [], outbox: events.map((event) => ({ eventId: event.id }) as OutboxRow) })
/** Committed, but nobody gets it. */
const unheard = (...events: PrinterEvent[]): CommitResult => ({ ...committed(...events), outbox: [] })

interface Given {
  take?: (request: SnapshotRequest) => Promise<SnapshotResult>
  source?: Partial<PictureSource> | null
  rows?: SnapshotRow[]
  load?: Picture | null | Error
  putFails?: Error
  readFails?: Error
  answer?: CommandAnswer
}

function setUp(given: Given = {}) {
  const clock = new TestClock(NOON)
  const log = memoryLog()
  const rows: SnapshotRow[] = [...(given.rows ?? [])]
  const requests: SnapshotRequest[] = []
  const order: string[] = []
  const commands: { sourceId: string; command: PrinterCommand }[] = []
  const loaded: string[] = []
  const kept: { eventId: string; takenAt: number }[] = []
  let shown = true
  const base: PictureSource = {
    sourceId: '_default',
    cameraId: 'nozzle',
    orientation: null,
    canSnapshot: true,
    light: null,
    done: { which: 'final', margin: 5 },
    connection: {
      closed: Promise.resolve(),
      async snapshot(sourceId, cameraId) {
        order.push(`still of ${sourceId} by ${cameraId ?? 'any camera'}`)
        return { bytes: new Uint8Array([9]), orientation: { flipH: false, flipV: false, rotate: 0 }, takenAt: NOON }
      },
      async command(sourceId, command) {
        commands.push({ sourceId, command })
        order.push(command.name === 'gcode' ? command.lines.join(' ') : command.name)
        return given.answer ?? { result: 'accepted', detail: '' }
      },
      want: () => undefined,
      recheck: () => undefined,
    },
  }
  const pictures = picturesOfEvents({
    clock,
    log,
    snapshots: {
      take(request) {
        requests.push(request)
        return given.take ? given.take(request) : Promise.resolve({ picture: PICTURE })
      },
      async look({ fetch, light }) {
        expect(light).toBeNull()
        await fetch(new AbortController().signal)
        return { still: { jpeg: new Uint8Array([7]), width: 640, height: 360, takenAt: clock.now() } }
      },
      async keep(eventId, _printerId, still) {
        kept.push({ eventId, takenAt: still.takenAt })
        return { picture: { ...still, file: `/data/snapshots/${eventId}.jpg` } }
      },
      async holdLight(_printerId, light, signal) {
        await light.on(signal)
        return () => void light.off(signal)
      },
      async load(file) {
        loaded.push(file)
        if (given.load instanceof Error) throw given.load
        return given.load ?? null
      },
      shrink: async () => null,
      remove: async () => undefined,
    },
    history: {
      putSnapshot(row) {
        if (given.putFails) throw given.putFails
        rows.push(row)
      },
      snapshot(eventId) {
        if (given.readFails) throw given.readFails
        return rows.find((row) => row.eventId === eventId) ?? null
      },
    },
    shownDone: () => shown,
    source: () => (given.source === null ? null : { ...base, ...given.source }),
  })
  return { clock, log, rows, requests, order, commands, loaded, kept, pictures, show: (yes: boolean): void => { shown = yes } }
}

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
