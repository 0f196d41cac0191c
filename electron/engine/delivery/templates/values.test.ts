import { expect, test } from 'vitest'
import type { PrinterEvent } from '../../events/model.ts'
import { languageOf } from '../languages/language.ts'
import { TEMPLATE_NAMES } from './names.ts'
import { shownValues, valuesOf } from './values.ts'

const AT = Date.UTC(2026, 2, 14, 13, 31)
const EVENT: PrinterEvent = {
  id: '01J0', seq: 7, dedupeKey: 'k', occurredAt: AT, observedAt: AT, late: false, type: 'attention.user_input', severity: 'critical', printerId: 'mk4', printerName: 'MK4\nleft', serverKind: 'octoprint',
  job: { key: 'j', file: { name: 'lamp shade.gcode', path: 'lamps/lamp shade.gcode', origin: 'local', size: 1_234 }, startedAt: AT - 7_200_000, endedAt: null, user: 'anna' },
  progress: 0.62, remaining: 2_160, printTime: 7_200, layer: 41, heater: { name: 'bed', actual: 59.5, target: 60 }, reason: 'prompt', text: 'Clear\u0007 the bed', code: 'E1',
  attention: { key: 'p', kind: 'user_input', text: 'Go on?', choices: ['Yes', 'No'], since: AT - 60_000 }, byUs: false, native: { name: 'Alert', payload: { x: 1 } }, snapshot: 'now',
}
const MESSAGE = { title: 'MK4 left: needs you', body: 'Go on?', late: false }
const CONTEXT = { now: AT + 1_000, timeZone: 'Europe/Oslo', destination: { id: 'phone', label: 'My phone' }, tags: ['pla', 'basement'] }

test('an event gives what docs/templates.md names, in numbers and in words', () => {
  expect(valuesOf(MESSAGE, EVENT, CONTEXT)).toEqual({
    title: 'MK4 left: needs you', body: 'Go on?', happened: 'needs an answer', said: 'Clear the bed', type: 'attention.user_input', severity: 'critical', reason: 'prompt', code: 'E1', late: false, byUs: false,
    time: 1_773_495_060_000, isoTime: '2026-03-14T13:31:00.000Z', clock: '14:31', day: null,
    printer: { id: 'mk4', name: 'MK4 left', kind: 'octoprint', tags: ['pla', 'basement'] },
    job: { name: 'lamp shade', file: 'lamp shade.gcode', path: 'lamps/lamp shade.gcode', size: 1_234, user: 'anna', startedAt: AT - 7_200_000, endedAt: null },
    progress: 0.62, percent: '62 %', remaining: 2_160, left: '36 min', endsAt: '15:07', printTime: 7_200, took: '2 h', layer: 41,
    heater: { name: 'bed', actual: 59.5, target: 60 }, attention: { kind: 'user_input', text: 'Go on?', choices: ['Yes', 'No'], since: AT - 60_000 },
    native: { name: 'Alert' }, destination: { id: 'phone', label: 'My phone' },
  })
})

test('words are those of the destination\'s language', () => {
  expect(valuesOf(MESSAGE, { ...EVENT, type: 'job.done' }, { ...CONTEXT, language: languageOf('de') })).toMatchObject({ happened: 'Druck fertig', percent: '62\u00a0%' })
})

test('what is not known is null, of an event without a printer too, and is shown as nothing', () => {
  const bare: PrinterEvent = { id: '1', seq: 1, dedupeKey: 'k', occurredAt: AT, observedAt: AT, late: false, type: 'app.offline', severity: 'warning', printerId: '', printerName: '', serverKind: 'app', byUs: false, snapshot: 'none' }
  expect(valuesOf(MESSAGE, bare, { ...CONTEXT, tags: [] })).toMatchObject({ printer: { id: null, name: null, kind: null, tags: [] }, job: { name: null, file: null }, progress: null, percent: null, left: null, layer: null, attention: { kind: null, choices: [] } })
  const shown = shownValues(MESSAGE, bare, { ...CONTEXT, tags: [] })
  expect(shown.map(({ name }) => name)).toEqual([...TEMPLATE_NAMES])
  expect(shown.filter(({ name }) => ['percent', 'printer.tags', 'clock', 'late'].includes(name))).toEqual([{ name: 'late', value: 'false' }, { name: 'clock', value: '14:31' }, { name: 'printer.tags', value: '' }, { name: 'percent', value: '' }])
})
