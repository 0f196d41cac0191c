import { describe, expect, test } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../test/support/rule-fixtures.ts'
import { languageOf } from './languages/language.ts'
import { renderGroup, renderSummary } from './summary.ts'

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

describe('the same news of several printers', () => {
  const GIVEN = { server: null, threadKey: 'burst|E1', late: false, now: NOON + 10_000, timeZone: 'UTC' }
  const printers = (count: number, over: Parameters<typeof anEvent>[1] = {}, type: Parameters<typeof anEvent>[0] = 'job.done') =>
    Array.from({ length: count }, (_, n) => anEvent(type, { id: `E${n}`, printerName: `MK4 row A ${String(n + 1).padStart(2, '0')}`, severity: 'success', occurredAt: NOON + n, job: LAMP, ...over }))

  test('tells how many, and as many names as there is room for', () => {
    expect(renderGroup(printers(3), GIVEN)).toMatchObject({ title: '3 printers: print done', body: 'MK4 row A 01, MK4 row A 02, MK4 row A 03.', kind: 'summary', printer: null, job: null, late: false })
    expect(renderGroup(printers(200), GIVEN)).toMatchObject({ title: '200 printers: print done', body: 'MK4 row A 01, MK4 row A 02, MK4 row A 03, MK4 row A 04, MK4 row A 05 and 195 more.' })
  })

  test('counts a printer once, and what differs by what it has in common', () => {
    const events = [...printers(2, {}, 'heater.target_reached'), anEvent('heater.target_reached', { printerName: 'MK4 row A 01', heater: { name: 'bed', actual: 60, target: 60 } })]
    expect(renderGroup(events, GIVEN).title).toBe('2 printers: heater is hot')
  })

  test('is as severe as the worst of them, and says when it was where that is long ago', () => {
    const [one, two] = printers(2)
    const message = renderGroup([one!, { ...two!, severity: 'critical' }], { ...GIVEN, late: true })
    expect(message).toMatchObject({ severity: 'critical', late: true, body: 'At 12:00: MK4 row A 01, MK4 row A 02.' })
  })

  test('of a server has its name, and what to do about it in its own words where it has some', () => {
    const given = { ...GIVEN, server: 'workshop' }
    expect(renderGroup(printers(2, {}, 'link.lost'), given)).toMatchObject({ title: 'workshop: does not answer', body: 'MK4 row A 01, MK4 row A 02.\nLost during a print. Check the server and its network.' })
    expect(renderGroup(printers(2, { text: 'The server refuses connections. Start it' }, 'link.lost'), given).body).toBe('MK4 row A 01, MK4 row A 02.\nThe server refuses connections. Start it.')
    expect(renderGroup(printers(2, {}, 'link.up'), given)).toMatchObject({ title: 'workshop: answers again', body: 'MK4 row A 01, MK4 row A 02.' })
  })

  test.each([['de', '3 Drucker: Druck fertig'], ['fr', /^3 imprimantes\s?: /], ['es', /^3 impresoras: /]] as const)('is told in %s', (code, title) => {
    expect(renderGroup(printers(3), { ...GIVEN, language: languageOf(code) }).title).toMatch(title)
  })
})
