/** What the tests of event pictures start from: one printer whose camera, commands and store write down what they are asked. */
import { expect } from 'vitest'
import { TestClock } from '../../test/support/clock.ts'
import { memoryLog } from '../../test/support/log.ts'
import { anEvent, NOON } from '../../test/support/rule-fixtures.ts'
import type { Picture } from './delivery/message.ts'
import type { PrinterEvent } from './events/model.ts'
import type { CommitResult, OutboxRow, SnapshotRow } from './history/history.ts'
import { picturesOfEvents, type PictureSource } from './pictures-of-events.ts'
import type { CommandAnswer, PrinterCommand } from './printers/adapter.ts'
import type { SnapshotRequest, SnapshotResult } from './snapshots/snapshots.ts'

export const PICTURE: Picture = { jpeg: new Uint8Array([1, 2, 3]), file: '/data/snapshots/e1.jpg', width: 1280, height: 720, takenAt: NOON }
export const E1 = anEvent('job.done', { id: 'E1', snapshot: 'now' })
export const committed = (...events: PrinterEvent[]): CommitResult => ({ events, duplicates: [], decisions: [], outbox: events.map((event) => ({ eventId: event.id }) as OutboxRow) })
/** Committed, but nobody gets it. */
export const unheard = (...events: PrinterEvent[]): CommitResult => ({ ...committed(...events), outbox: [] })

export interface Given {
  take?: (request: SnapshotRequest) => Promise<SnapshotResult>
  source?: Partial<PictureSource> | null
  rows?: SnapshotRow[]
  load?: Picture | null | Error
  putFails?: Error
  readFails?: Error
  answer?: CommandAnswer
}

export function setUp(given: Given = {}) {
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
  return { base, clock, log, rows, requests, order, commands, loaded, kept, pictures, show: (yes: boolean): void => { shown = yes } }
}
