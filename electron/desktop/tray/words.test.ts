import { describe, expect, it } from 'vitest'
import type { PrinterCard, Status } from '../../bridge/views/printers.ts'
import { cardOf, statusOf } from './test-support.ts'
import { clockTime, failingLine, fitLines, moreLine, mutedLine, pausedLine, percent, printerLine, shortName, tooltip, type Now } from './words.ts'

/** Thursday, 15 January 2026, 12:00 in London. */
const at: Now = { now: Date.UTC(2026, 0, 15, 12), timeZone: 'Europe/London' }
const today = (hours: number, minutes: number): number => Date.UTC(2026, 0, 15, hours, minutes)
const N = '\u202f'

it('times are clock times today, with the day before them on other days, in the zone that is given', () => {
  expect(clockTime(today(16, 42), at)).toBe('16:42')
  expect(clockTime(Date.UTC(2026, 0, 16, 3, 5), at)).toBe('Fri 03:05')
  expect(clockTime(today(0, 0), at)).toBe('00:00')
  expect(clockTime(today(16, 42), { ...at, timeZone: 'Europe/Berlin' })).toBe('17:42')
})

it('percentages are rounded down and stay between 0 and 100', () => {
  expect([0.29, 0.999, 1, 0, 1.2, -0.1].map(percent)).toEqual([`29${N}%`, `99${N}%`, `100${N}%`, `0${N}%`, `100${N}%`, `0${N}%`])
})

it('a name is cut in the middle, so that both ends tell', () => {
  expect(shortName('Prusa MK4 in the cellar beside the washing machine, left')).toBe('Prusa MK4 in the…g machine, left')
  expect(Array.from(shortName('😀'.repeat(50)))).toHaveLength(32)
  expect(shortName('two\nlines\u202e')).toBe('two lines')
})

describe('the line of a printer', () => {
  it.each([
    ['MK4: idle', cardOf()],
    [`MK4: printing 62${N}%, ends 16:42`, cardOf({ state: 'printing', job: 'printing', progress: 0.62, eta: today(16, 42) })],
    ['MK4: printing', cardOf({ state: 'printing', job: 'printing' })],
    [`MK4: paused at 62${N}%`, cardOf({ state: 'printing', job: 'paused', progress: 0.62 })],
    [`MK4: needs you at 62${N}%, muted`, cardOf({ state: 'needs', job: 'paused', progress: 0.62, eta: today(16, 42), muted: { until: null } })],
    [`MK4: error at 3${N}%`, cardOf({ state: 'error', progress: 0.03 })],
    ['MK4: offline', cardOf({ state: 'offline', progress: 0.5 })],
  ])('%s', (line, card) => {
    expect(printerLine(card, at)).toBe(line)
  })

  it('tells how the last print ended until that was seen', () => {
    const lastResult = { eventId: 'E1', type: 'job.done' as const, at: today(11, 44), file: 'a.gcode', printTime: 60, seen: false }
    expect(printerLine(cardOf({ lastResult }), at)).toBe('MK4: idle, done 11:44')
    expect(printerLine(cardOf({ lastResult: { ...lastResult, type: 'job.failed' } }), at)).toBe('MK4: idle, failed 11:44')
    expect(printerLine(cardOf({ lastResult: { ...lastResult, seen: true } }), at)).toBe('MK4: idle')
    expect(printerLine(cardOf({ state: 'printing', job: 'printing', lastResult }), at)).toBe('MK4: printing')
  })
})

it('other lines', () => {
  expect(moreLine(200, 12, at)).toBe('188 more…')
  expect(moreLine(200, 0, at)).toBe('200 printers…')
  expect(failingLine({ id: 'p', label: 'Phone', since: today(11, 31), why: '' }, at)).toBe('Phone: fails since 11:31')
  expect(pausedLine({ until: null }, at)).toBe('Notifications paused')
  expect(pausedLine({ until: Date.UTC(2026, 0, 16, 7) }, at)).toBe('Notifications paused until Fri 07:00')
  expect(mutedLine({ until: today(13, 0) }, at)).toBe('Muted until 13:00')
  expect(mutedLine({ until: null }, at)).toBe('Muted')
})

describe('the tooltip', () => {
  const printing = cardOf({ state: 'printing', job: 'printing', progress: 0.62, eta: today(16, 42) })
  it.each<[string, PrinterCard[], Partial<Status>, PrinterCard | null, string]>([
    ['no printers', [], {}, null, 'Printbell\nNo printers yet'],
    ['one idle', [cardOf()], {}, null, 'Printbell\nMK4: idle'],
    ['two idle', [cardOf(), cardOf()], {}, null, 'Printbell\n2 printers idle'],
    ['one printing', [printing, cardOf()], {}, printing, `Printbell\nMK4: printing 62${N}%, ends 16:42`],
    ['two printing', [printing, printing], {}, printing, 'Printbell\n2 printing, next ends 16:42'],
    ['one that needs you', [cardOf({ state: 'needs', cause: 'Filament ran out. Load new filament, then resume.' }), printing], {}, printing, `Printbell\nMK4 needs you: Filament ran out. Load new filament, then resume.\nMK4: printing 62${N}%, ends 16:42`],
    ['several of all', [cardOf({ state: 'needs' }), cardOf({ state: 'needs' }), cardOf({ state: 'error' }), cardOf({ state: 'offline' })], {}, null, 'Printbell\n2 printers need you\nMK4: error\nMK4: offline'],
    ['paused and failing', [cardOf()], { paused: { until: today(13, 0) }, failing: [{ id: 'p', label: 'Phone', since: 0, why: '' }] }, null, 'Printbell\nMK4: idle\nNotifications paused until 13:00\nPhone fails'],
  ])('tells of %s', (_name, cards, status, next, text) => {
    expect(tooltip(statusOf(cards, status), cards, next, at)).toBe(text)
  })

  it('R62: counts what is unseen, after what is worse', () => {
    expect(tooltip(statusOf([cardOf()], { unseen: 1 }), [cardOf()], null, at)).toBe('Printbell\nMK4: idle\n1 unseen event')
    expect(tooltip(statusOf([cardOf()], { unseen: 12, paused: { until: null } }), [cardOf()], null, at)).toBe('Printbell\nMK4: idle\nNotifications paused\n12 unseen events')
  })

  it('keeps to Windows\' 127 units, whole lines first', () => {
    expect(fitLines(['Printbell', 'abc'], 13)).toBe('Printbell\nabc')
    expect(fitLines(['Printbell', 'abcd'], 13)).toBe('Printbell\nab…')
    expect(fitLines(['Printbell', 'abcd'], 11)).toBe('Printbell')
    expect(fitLines(['😀😀😀😀😀'], 6)).toBe('😀😀…')
  })
})
