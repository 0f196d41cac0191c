import { describe, expect, it } from 'vitest'
import type { PrinterCard } from '../../../electron/bridge/views/printers.ts'
import { i18n } from '../../lib/i18n.ts'
import { columnsOf, sparkPath } from './layout.ts'
import { countStates } from '../../../electron/bridge/views/card-order.ts'
import { badgeWord, barTone, breakable, causeShort, causeText, fileTitle, headLine, mainHeaters, matches, middleCut, moment, resultText, type Translate } from './text.ts'
import { cardFor } from './card.support.ts'

const NOW = new Date(2026, 10, 24, 14, 54).getTime()
const minutesAgo = (minutes: number): number => NOW - minutes * 60_000
const t: Translate = (key, values) => (typeof values === 'number' ? i18n.global.t(key, values) : i18n.global.t(key, values ?? {}))
const card = (given: Partial<PrinterCard>): PrinterCard => cardFor({ ...given })

describe('the cause with its time', () => {
  const text = (given: Partial<PrinterCard>) => causeText(card(given), NOW, t)
  it('of what needs you: how long ago, and at which percent', () => {
    expect(text({ state: 'needs', cause: 'Filament ran out. Load filament, then resume.', since: minutesAgo(4), progress: 0.62 })).toBe('Filament ran out 4 min ago, at 62\u202f%. Load filament, then resume.')
    expect(text({ state: 'needs', cause: 'Filament ran out. Load filament, then resume.', since: minutesAgo(124), progress: null })).toBe('Filament ran out 2 h ago. Load filament, then resume.')
    expect(text({ state: 'needs', cause: 'Filament ran out. Load filament, then resume.', since: minutesAgo(3 * 1_440 + 5), progress: 0.62 })).toBe('Filament ran out 3 days ago, at 62\u202f%. Load filament, then resume.')
    expect(text({ state: 'needs', cause: 'Door is open. Close the door, then resume.', since: NOW - 5_000, progress: null })).toBe('Door is open. Close the door, then resume.')
  })
  it('of an error: when; of a lost printer: since when', () => {
    expect(text({ state: 'error', cause: 'Bed stopped heating. Check the bed cable, then restart.', since: minutesAgo(13) })).toBe('Bed stopped heating at 14:41. Check the bed cable, then restart.')
    expect(text({ state: 'offline', cause: 'Does not answer. It may be switched off.', since: minutesAgo(214) })).toBe('Does not answer since 11:20. It may be switched off.')
  })
  it('of a firmware that cries: when, before its words', () => {
    expect(text({ state: 'error', cause: 'Heating failed, system stopped! Heater_ID: bed. Look at the printer, then restart it.', since: minutesAgo(13) })).toBe('At 14:41: Heating failed, system stopped! Heater_ID: bed. Look at the printer, then restart it.')
  })
  it('of a refused key: since when', () => {
    expect(text({ state: 'error', link: 'auth_failed', cause: 'OctoPrint refuses the key. Pair again.', since: minutesAgo(40) })).toBe('OctoPrint refuses the key since 14:14. Pair again.')
  })
  it('of a question stays a question', () => {
    expect(text({ state: 'needs', cause: 'Is the plate clean? Answer it here or at the printer.', since: minutesAgo(4), progress: null })).toBe('Is the plate clean? 4 min ago. Answer it here or at the printer.')
  })
  it('does not cut addresses and numbers at their dots', () => {
    expect(text({ state: 'offline', cause: 'octopi.local does not answer. It may be switched off.', since: minutesAgo(214) })).toBe('octopi.local does not answer since 11:20. It may be switched off.')
  })
  it('is the cause alone in a list', () => {
    expect(causeShort(card({ cause: 'Filament ran out. Load filament, then resume.' }))).toBe('Filament ran out')
    expect(causeShort(card({ cause: 'Is it clean? Answer it.' }))).toBe('Is it clean? Answer it')
    expect(causeShort(card({ cause: null }))).toBeNull()
  })
})

describe('the head line', () => {
  const counts = countStates([card({ state: 'needs' }), card({ state: 'error' }), card({ state: 'printing' }), card({ state: 'idle' })])
  it('names what is urgent first, idle only where there is room', () => {
    expect(headLine(counts, 'normal', t)).toBe('1 needs you, 1 error, 1 printing')
    expect(headLine(counts, 'narrow', t)).toBe('1 needs you, 1 error')
    expect(headLine(counts, 'wide', t)).toBe('4 printers: 1 needs you, 1 error, 1 printing, 1 idle')
  })
  it('counts in words', () => {
    expect(headLine({ needs: 2, error: 3, printing: 0, idle: 0, offline: 1 }, 'normal', t)).toBe('2 need you, 3 errors, 1 offline')
  })
})

describe('a moment', () => {
  it('is a clock today, a weekday within six days, a date beyond', () => {
    const at = (...date: [number, number, number, number, number]): string => moment(new Date(...date).getTime(), NOW, 'en-GB')
    expect([at(2026, 10, 24, 16, 42), at(2026, 10, 25, 0, 26), at(2026, 10, 30, 9, 0)]).toEqual(['16:42', 'Wed 00:26', 'Mon 09:00'])
    expect([at(2026, 11, 1, 9, 0), at(2026, 10, 10, 9, 5)]).toEqual(['1 Dec, 09:00', '10 Nov, 09:05'])
    expect(at(2027, 0, 14, 8, 51)).toBe('14 Jan 2027, 08:51')
  })
})

describe('small things', () => {
  it('a phase says more than "Printing", but never in place of another state', () => {
    expect(badgeWord(card({ state: 'printing', job: 'paused' }), t)).toBe('Paused')
    expect(badgeWord(card({ state: 'printing', job: 'printing' }), t)).toBe('Printing')
    expect(badgeWord(card({ state: 'needs', job: 'paused' }), t)).toBe('Needs you')
  })
  it('a result says how and when', () => {
    const lastResult = { eventId: 'e', type: 'job.done' as const, at: minutesAgo(16), file: null, printTime: 18_720, seen: false }
    expect(resultText(card({ lastResult }), NOW, t)).toBe('Done 16 min ago')
    expect(barTone(card({ state: 'idle', lastResult }))).toBe('done')
    expect(barTone(card({ state: 'idle', lastResult: { ...lastResult, seen: true } }))).toBe('idle')
  })
  it('files lose their ending', () => {
    expect([fileTitle('lamp.gcode'), fileTitle('plate.gcode.3mf'), fileTitle('.gcode')]).toEqual(['lamp', 'plate', '.gcode'])
  })
  it('a name is cut before its last word, or somewhere near its end', () => {
    expect(middleCut('Grosser Druckraum im Untergeschoss, Prusa XL mit Köpfen')).toEqual({ start: 'Grosser Druckraum im Untergeschoss, Prusa XL mit ', end: 'Köpfen' })
    expect(middleCut('Gehaeuse_0.2mm_PETG_11h42m')).toEqual({ start: 'Gehaeuse_0.2mm_PETG_', end: '11h42m' })
    expect(middleCut('Original Prusa MK4S by the window, Voron 2.4')).toEqual({ start: 'Original Prusa MK4S by the window, ', end: 'Voron 2.4' })
    expect(middleCut('MK4 left bench').end).toBe('bench')
    expect(middleCut('Voron 2')).toEqual({ start: '', end: 'Voron 2' })
    expect(middleCut('W'.repeat(80)).end).toBe('WWWWWWW')
    expect(middleCut('MK4')).toEqual({ start: '', end: 'MK4' })
    expect(middleCut('')).toEqual({ start: '', end: '' })
  })
  it('search finds words in name, file and server', () => {
    const mk4 = card({ name: 'MK4 left bench', file: 'lamp-vase.gcode', server: 'OctoPrint' })
    expect([matches(mk4, 'BENCH mk4'), matches(mk4, 'vase octo'), matches(mk4, 'bench voron')]).toEqual([true, true, false])
  })
  it('a card has room for the first nozzle and the bed', () => {
    const heater = (id: string, role: 'nozzle' | 'bed' | 'chamber') => ({ id, role, actual: 20, target: 0 })
    expect(mainHeaters(card({ heaters: [heater('tool0', 'nozzle'), heater('tool1', 'nozzle'), heater('bed', 'bed'), heater('chamber', 'chamber')] })).map(({ id }) => id)).toEqual(['tool0', 'bed'])
  })
})

it.each([
  ['Gehaeuse_0.2mm_PETG_11h42m.gcode', ['Gehaeuse_', '0.', '2mm_', 'PETG_', '11h42m.', 'gcode']], ['sub/lamp-vase.gcode', ['sub/', 'lamp-', 'vase.', 'gcode']], ['benchy', ['benchy']], ['x_', ['x_']],
])('a line may end within %s only where a part ends', (name, pieces) => {
  expect(breakable(name)).toEqual(pieces)
})

describe('the grid', () => {
  it.each([[720, 632, 1], [959, 871, 1], [960, 704, 2], [1120, 864, 2], [1439, 1183, 2], [1440, 1184, 3], [1920, 1664, 4], [2560, 2304, 5], [3840, 3584, 8]])('at %i px has %i px for %i', (windowWidth, width, columns) => {
    expect(columnsOf(windowWidth, width)).toBe(columns)
  })
  it('keeps a card at most 460 px wide on a large screen', () => {
    for (const width of [1944, 2304, 3584]) expect((width - 16 * (columnsOf(width + 256, width) - 1)) / columnsOf(width + 256, width)).toBeLessThanOrEqual(460)
  })
})

describe('the sparkline', () => {
  it('stands on one fixed scale', () => {
    expect(sparkPath([0, 150, 300])).toBe('M1 17L24 9L47 1')
  })
  it('leaves gaps open, and shows a lone point', () => {
    expect(sparkPath([0, 0, null, 300, null])).toBe('M1 17L12.5 17M35.5 1h.01')
    expect(sparkPath([null, null])).toBe('')
    // Of the first half minute there is one point, which looked like the edge of something cut off.
    expect(sparkPath([null, null, 161])).toBe('')
    expect(sparkPath([20, null, 161])).toBe('')
  })
})
