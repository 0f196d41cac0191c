import { expect, test } from 'vitest'
import { memoryHistory } from '../../test/support/memory-history.ts'
import { anEvent, NOON } from '../../test/support/rule-fixtures.ts'
import { cameraIsBack } from './camera-back.ts'
import type { PrinterEvent } from './events/model.ts'

const lost = anEvent('camera.lost', { id: 'L', code: 'front', occurredAt: NOON })
const about = { eventId: 'L', type: 'camera.lost' } as const

test.each<[string, PrinterEvent, Partial<PrinterEvent> | null, boolean]>([
  ['one that answers again', lost, {}, true],
  ['a reminder of one that answers again', anEvent('attention.reminder', { id: 'R', code: 'front', occurredAt: NOON, about }), {}, true],
  ['one of which nothing was heard', lost, null, false],
  ['one that went after it was back', lost, { occurredAt: NOON - 1 }, false],
  ['one beside another that answers again', lost, { code: 'top' }, false],
  ['one beside that of another printer', lost, { printerId: 'voron' }, false],
  ['no camera at all', anEvent('device.error', { id: 'E', code: 'front', occurredAt: NOON }), {}, false],
])('of %s', (_what, event, up, expected) => {
  const history = memoryHistory()
  if (up !== null) history.put(anEvent('camera.up', { id: 'U', code: 'front', occurredAt: NOON + 60_000, ...up }))
  expect(cameraIsBack(event, history)).toBe(expected)
})

test('of one beside another that came and went ever since', () => {
  const history = memoryHistory()
  history.put(anEvent('camera.up', { id: 'U', seq: 1, code: 'front', occurredAt: NOON + 60_000 }))
  for (let n = 0; n < 250; n++) history.put(anEvent('camera.up', { id: `T${n}`, seq: 2 + n, code: 'top', occurredAt: NOON + 120_000 + n }))
  expect(cameraIsBack(lost, history)).toBe(true)
  expect(cameraIsBack({ ...lost, code: 'back' }, history)).toBe(false)
})
