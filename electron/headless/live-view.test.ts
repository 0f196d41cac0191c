import { describe, expect, it } from 'vitest'
import { anEvent, LAMP } from '../../test/support/rule-fixtures.ts'
import type { PrinterEvent, PrinterState } from '../engine/events/model.ts'
import { memory } from '../engine/history/test-support.ts'
import type { News } from '../engine/news.ts'
import { liveLine, statusLine } from './live-view.ts'

/** In the zone of whoever runs this: the view shows local times. */
const AT = new Date(2026, 0, 15, 14, 31, 5).getTime()
const LATER = new Date(2026, 0, 15, 14, 31, 7).getTime()
const LABELS = new Map([['hook', 'My hook'], ['desk', 'Desk']])
const ESC = '\u001b'

const plain = (news: News): string | null => liveLine(news, LABELS, LATER, { colour: false })
const event = (type: PrinterEvent['type'], over: Partial<PrinterEvent> = {}): News => ({ line: 'event', event: anEvent(type, { occurredAt: AT, ...over }) })

describe('a line of the live view', () => {
  it.each<[string, News, string | null]>([
    ['the end of a print', event('job.done', { severity: 'success', job: LAMP, progress: 1 }), '14:31:05  ✓ MK4 left bench     job.done                   lamp-vase.gcode, 100 %'],
    ['a failure, found late', event('job.failed', { severity: 'critical', job: LAMP, progress: 0.426, reason: 'server_restarted', late: true }), '14:31:05  ■ MK4 left bench     job.failed                 lamp-vase.gcode, 43 %, server restarted, (late)'],
    ['an attention with its words', event('attention.filament_change', { severity: 'warning', text: 'Insert PETG' }), '14:31:05  ▲ MK4 left bench     attention.filament_change  "Insert PETG"'],
    ['an error', event('link.auth_failed', { severity: 'error', reason: 'secret_missing' }), '14:31:05  ✕ MK4 left bench     link.auth_failed           secret missing'],
    ['a heater', event('heater.target_reached', { heater: { name: 'bed', actual: 59.6, target: 60 } }), '14:31:05  · MK4 left bench     heater.target_reached      bed 60 °C'],
    ['a heater without a value', event('heater.cooled', { heater: { name: 'bed', actual: null, target: 0 } }), '14:31:05  · MK4 left bench     heater.cooled              bed ? °C'],
    ['an event that says no more', event('link.up'), '14:31:05  · MK4 left bench     link.up'],
    ['an event of Printbell\'s own', event('app.offline', { severity: 'warning', printerId: '', printerName: '', reason: 'own_network' }), '14:31:05  ▲ Printbell          app.offline                own network'],
    ['a delivery', { line: 'attempt', eventId: 'E1', destinationId: 'hook', result: 'delivered', detail: 'HTTP 200', ms: 87, number: 1 }, '14:31:07      → My hook            delivered: HTTP 200 (87 ms)'],
    ['a failed one', { line: 'attempt', eventId: 'E1', destinationId: 'gone', result: 'retry', detail: '', ms: 5, number: 2 }, '14:31:07      ↯ gone               retry (5 ms)'],
    ['a link that is up', { line: 'link', serverId: 'octo', link: 'up', cause: null, detail: null }, '14:31:07  ~ octo               link up'],
    ['a link that is down', { line: 'link', serverId: 'octo', link: 'down', cause: 'refused', detail: 'Nothing listens there.' }, '14:31:07  ~ octo               link down: Nothing listens there.'],
    ['a notice', { line: 'notice', level: 'error', text: 'Destination "Desk" can\'t be used: no bus' }, '14:31:07  ! Destination "Desk" can\'t be used: no bus'],
    ['what was swallowed', { line: 'suppressed', at: AT, printerId: 'mk4', type: 'job.paused', reason: 'short_pause', detail: 'pause of 2.1 s', dedupeKey: null }, '14:31:05  - not told: job.paused (short_pause) pause of 2.1 s'],
    ['a baseline, which is no news', { line: 'suppressed', at: AT, printerId: 'mk4', type: 'job.started', reason: 'baseline', detail: '', dedupeKey: null }, null],
    ['a decision, which is no news', { line: 'decision', eventId: 'E1', destinationId: 'hook', seq: 1, decision: 'drop', stage: 'subscribed', reason: 'not_subscribed', profileId: null, until: null, at: AT }, null],
  ])('tells %s', (_what, news, expected) => {
    expect(plain(news)).toBe(expected)
  })

  it('cuts a long name and keeps the columns, also with letters of two units', () => {
    expect(plain(event('link.up', { printerName: 'The very long name of a printer in the cellar' }))).toBe('14:31:05  · The very …e cellar link.up')
    expect(plain(event('link.up', { printerName: '🖨️ MK4' }))).toBe('14:31:05  · 🖨️ MK4             link.up')
    expect(plain(event('link.up', { printerName: 'exactly-18-letters' }))).toBe('14:31:05  · exactly-18-letters link.up')
  })

  it('keeps two long names apart that begin alike', () => {
    const [left, right] = ['left', 'right'].map((end) => plain(event('link.up', { printerName: `${'Workshop printer '.repeat(5).slice(0, 80 - end.length)}${end}` })))
    expect(left).toMatch(/· Workshop ….*left link\.up$/)
    expect(right).toMatch(/· Workshop ….*right link\.up$/)
  })

  it('cuts a long text at 120 letters, never inside one', () => {
    const line = plain(event('message.user', { text: `${'x'.repeat(119)}🖨🖨` }))
    expect(line).toBe(`14:31:05  · MK4 left bench     message.user               "${'x'.repeat(119)}🖨"`)
  })

  it('paints marks and types when it may, and nothing else', () => {
    expect(liveLine(event('job.done', { severity: 'success' }), LABELS, LATER, { colour: true }))
      .toBe(`14:31:05  ${ESC}[32m✓${ESC}[0m MK4 left bench     ${ESC}[32mjob.done                  ${ESC}[0m`)
    expect(liveLine(event('job.failed', { severity: 'critical' }), LABELS, LATER, { colour: true })).toContain(`${ESC}[1;31m■${ESC}[0m`)
  })
})

describe('what comes from outside moves no cursor', () => {
  // Clear the screen, set the title, go back, a new line, a C1 introducer, turn the writing direction.
  const EVIL = `a${ESC}[2J${ESC}]0;x\u0007\b\r\n\u009b31m\u202eb\u2066c\u2028d`
  const NEUTRAL = /^[^\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u

  it.each<[string, News]>([
    ['a printer\'s name', event('link.up', { printerName: EVIL })],
    ['a file\'s name', event('job.done', { job: { ...LAMP, file: { ...LAMP.file, name: EVIL } } })],
    ['the printer\'s words', event('message.user', { text: EVIL })],
    ['a reason in the server\'s words', event('job.cancelled', { reason: EVIL })],
    ['a heater\'s name', event('heater.cooled', { heater: { name: EVIL, actual: 1, target: 0 } })],
    ['what a destination answers', { line: 'attempt', eventId: 'E1', destinationId: 'hook', result: 'retry', detail: EVIL, ms: 1, number: 1 }],
    ['a destination that is gone', { line: 'attempt', eventId: 'E1', destinationId: EVIL, result: 'retry', detail: '', ms: 1, number: 1 }],
    ['a link\'s detail', { line: 'link', serverId: EVIL, link: 'down', cause: EVIL, detail: EVIL }],
    ['a notice', { line: 'notice', level: 'warn', text: EVIL }],
    ['what was swallowed', { line: 'suppressed', at: AT, printerId: 'mk4', type: 'message.user', reason: 'cap', detail: EVIL, dedupeKey: null }],
  ])('%s', (_what, news) => {
    const line = plain(news)
    expect(line).toMatch(NEUTRAL)
    expect(line).toContain('a')
  })

  it('the line at the foot', () => {
    const state: PrinterState = { ...memory().state, job: 'printing', heaters: { [EVIL]: { actual: 1, target: 2 } } }
    expect(statusLine([{ name: EVIL, state }], 500)).toMatch(NEUTRAL)
  })
})

describe('the line at the foot', () => {
  const idle: PrinterState = memory().state
  const busy: PrinterState = { ...idle, job: 'printing', progress: 0.426, heaters: { bed: { actual: 59.6, target: 60 }, tool0: { actual: null, target: 215 }, chamber: { actual: 30, target: 0 } } }

  it('tells what each printer does', () => {
    expect(statusLine([{ name: 'MK4', state: busy }, { name: 'MK3', state: idle }], 200)).toBe('MK4: printing 43 % bed 60/60 °C tool0 ?/215 °C   MK3: ready')
    expect(statusLine([{ name: 'MK4', state: { ...busy, link: 'auth_failed', progress: null, heaters: {} } }], 200)).toBe('MK4: auth failed')
    expect(statusLine([], 200)).toBe('')
  })

  it('shows long names short, with their beginning and their end', () => {
    expect(statusLine([{ name: `${'x'.repeat(79)}1`, state: idle }, { name: `${'x'.repeat(79)}2`, state: idle }], 200)).toBe('xxxxxxxxx…xxxxxxx1: ready   xxxxxxxxx…xxxxxxx2: ready')
  })

  it.each<[number, string]>([
    [26, 'MK4: printing   MK3: ready'],
    [25, 'MK4: printing   MK3: rea…'],
    [5, 'MK4:…'],
    [1, '…'],
    [0, ''],
  ])('in %i columns is "%s"', (width, expected) => {
    const printing = { ...idle, job: 'printing' as const }
    expect(statusLine([{ name: 'MK4', state: printing }, { name: 'MK3', state: idle }], width)).toBe(expected)
  })
})
