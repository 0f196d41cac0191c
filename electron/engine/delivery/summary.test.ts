import { expect, test } from 'vitest'
import { anEvent, NOON } from '../../../test/support/rule-fixtures.ts'
import { renderSummary } from './summary.ts'

const done = (name: string, at: number) => anEvent('job.done', { id: name, printerId: name, printerName: name, severity: 'success', occurredAt: at, late: true })

test('five events become one message: what still waits first, the rest by how it ended', () => {
  const message = renderSummary([
    done('A1 mini', NOON), done('MK4 row A 01', NOON + 1), done('MK4 row A 02', NOON + 3), done('MK4 row A 03', NOON + 2),
    anEvent('attention.filament_runout', { severity: 'critical' }),
  ])
  expect(message.title).toBe('5 events while you were away')
  expect(message.body).toBe('MK4 left bench: filament ran out.\nDone: A1 mini, MK4 row A 01 and 2 more.')
  expect(message).toMatchObject({ kind: 'summary', severity: 'critical', late: true, threadKey: 'away', event: { id: 'MK4 row A 02' } })
  expect(message.actions.map((action) => action.label)).toEqual(['Open history', 'Mark all seen'])
})

test('failed stands before done, and three names are all told', () => {
  const message = renderSummary([done('A', NOON), done('B', NOON), done('C', NOON), anEvent('job.failed', { printerName: 'Ender' })])
  expect(message.body).toBe('Failed: Ender.\nDone: A, B, C.')
})
