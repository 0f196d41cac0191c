/** The commands about why, without a running engine: on a real history. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../test/support/clock.ts'
import { memoryLog } from '../../test/support/log.ts'
import type { History } from '../engine/history/history.ts'
import { openHistory } from '../engine/history/sqlite-history.ts'
import { batch, decision, entry, row, T0 } from '../engine/history/test-support.ts'
import { placesIn } from '../engine/places.ts'
import { ack } from './ack.ts'
import { UserError } from './errors.ts'
import type { Out } from './out.ts'
import { noise, preview } from './preview.ts'
import { silence } from './silence.ts'
import { days, end, moment, span } from './when.ts'
import { why } from './why.ts'

const clock = new TestClock(T0)
let data: string
let common: { settings: string; data: string }
let lines: string[]
const out: Out = { line: (text) => void lines.push(text), note: (text) => void lines.push(`note: ${text}`), foot: () => undefined, columns: null, colour: false }

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'printbell-why-'))
  common = { settings: join(data, 'settings.json'), data }
  lines = []
  writeFileSync(common.settings, JSON.stringify({
    version: 1, zone: 'UTC',
    printers: [{ id: 'p1', name: 'MK3 left', server: { kind: 'octoprint', url: 'http://octo.local' } }],
    destinations: [{ id: 'desk', label: 'Desk', channel: 'desktop' }, { id: 'hook', label: 'My hook', channel: 'webhook', config: { url: 'http://hook.local/in' } }],
    filters: [{ id: 'ends', name: 'Ends', match: { events: ['job.done'] } }],
    profiles: [{ id: 'shop', name: 'Workshop', filters: ['ends'], destinations: [{ destination: 'hook' }] }],
  }))
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

/** Opens, fills and closes it: a command finds it as an engine left it. */
function stored(work: (history: History) => void): void {
  const history = openHistory({ file: placesIn(data).database, log: memoryLog(), now: () => T0 })
  work(history)
  history.close()
}

function aPrint(): void {
  stored((history) => history.commit(batch([
    entry('E1', { draft: { occurredAt: T0 - 3_600_000, observedAt: T0 - 3_600_000 }, decisions: [decision({ stage: 'deliver' }), decision({ destinationId: 'hook', decision: 'drop', stage: 'filtered', reason: 'filter:ends:events', profileId: 'shop' })], outbox: [row('R1', { state: 'leased' })] }),
    entry('E2', { draft: { type: 'job.progress', severity: 'info', occurredAt: T0 - 3_600_000 + 60_000, observedAt: T0 - 3_600_000 }, outbox: [row('R2', { state: 'delivered' })] }),
  ])))
}

describe('a time', () => {
  const now = new Date(2026, 0, 15, 12, 0).getTime()
  it.each<[string, number]>([
    ['11:59', new Date(2026, 0, 15, 11, 59).getTime()], ['12:01', new Date(2026, 0, 14, 12, 1).getTime()], ['9:05', new Date(2026, 0, 15, 9, 5).getTime()],
    ['today 12:01', new Date(2026, 0, 15, 12, 1).getTime()], ['yesterday 23:59', new Date(2026, 0, 14, 23, 59).getTime()],
    ['2h ago', now - 7_200_000], ['15m', now - 900_000], ['2026-01-02T03:04Z', Date.UTC(2026, 0, 2, 3, 4)],
  ])('%s', (text, expected) => expect(moment(text, now, '--at')).toBe(expected))
  it.each(['', '24:00', '12:60', 'noon', '2h later', 'tomorrow 12:00'])('"%s" is refused', (text) => expect(() => moment(text, now, '--at')).toThrow(`--at takes a time ("14:30", "yesterday 14:30"), a span ("15m", "2h ago", "3d") or an ISO date, not "${text}"`))

  it.each<[string, number]>([['12:01', new Date(2026, 0, 15, 12, 1).getTime()], ['12:00', new Date(2026, 0, 16, 12, 0).getTime()], ['2026-01-15T11:59:59Z', Date.UTC(2026, 0, 15, 11, 59, 59)]])('that is to come: %s', (text, expected) => {
    expect(end(text, Math.min(now, expected - 1), '--until')).toBe(expected)
  })
  it('that is over is no end', () => {
    expect(() => end('2020-01-01', now, '--until')).toThrow('--until takes a time that is still to come, and 2020-01-01 is over')
    expect(() => end('soon', now, '--until')).toThrow('--until takes a time ("18:00") or an ISO date, not "soon"')
    expect(() => end('2096-01-01', now, '--until')).toThrow('within the next ten years')
  })
  it('spans and days are bounded', () => {
    expect([span('90m', '--for'), span('1d', '--for'), days('30')]).toEqual([5_400_000, 86_400_000, 30])
    expect(() => span('0h', '--for')).toThrow('--for takes a span ("30m", "2h", "1d"), not "0h"')
    for (const text of ['0', '1.5', 'x', '4000']) expect(() => days(text)).toThrow(`--days takes a whole number from 1 to 3650, not "${text}"`)
  })
})

describe('why', () => {
  it('tells what became of it, destination by destination, and what was near', async () => {
    aPrint()
    expect(await why({ ...common, printer: 'p1', kind: 'job.done', at: '1h ago' }, out, clock)).toBe(0)
    expect(lines[0]).toMatch(/^“Print done” of “MK3 left” was seen at \d\d:\d\d\.$/)
    expect(lines.slice(1, 7)).toEqual(['Of 2 destinations 1 is still to get it, 1 was not told.', 'Event E1', '', 'Desk: It is being sent to “Desk” now.', '  yes   Subscribed: “Print done” is on', '  yes   Channel: “Desk” can carry it'])
    expect(lines).toContain('My hook: “My hook” was not told. The filter “Ends” is for other kinds of events (profile “Workshop”). Change the filter, or the profile that uses it.')
    expect(lines.at(-1)).toMatch(/^ {2}\d\d:\d\d {2}Printing \(E2\)$/)
  })

  it('answers in JSON for one destination', async () => {
    aPrint()
    await why({ ...common, printer: 'p1', kind: 'job.done', at: new Date(T0 - 3_600_000).toISOString(), destination: 'hook', json: true }, out, clock)
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ question: { printerId: 'p1', type: 'job.done', at: T0 - 3_600_000, destinationId: 'hook' }, verdict: 'dropped', event: { id: 'E1' }, destinations: [{ destinationId: 'hook', kind: 'dropped' }], near: [{ eventId: 'E2' }] })
  })

  it('names what it does not know', async () => {
    aPrint()
    await expect(why({ ...common, kind: 'job.done', at: '1h' }, out, clock)).rejects.toThrow('Say which printer: --printer ID. Only kinds of Printbell itself ("app.offline") belong to none.')
    await expect(why({ ...common, printer: 'p1', kind: 'job.done', at: '1h', destination: 'phone' }, out, clock)).rejects.toThrow('there is no destination "phone"; there are: desk, hook')
    await why({ ...common, printer: 'p9', kind: 'job.done', at: '1h' }, out, clock)
    expect(lines).toEqual(['There is no printer “p9” in the settings, so nobody looks at it. Add it under Printers.'])
  })

  it('without a history says that there is none', async () => {
    await expect(why({ ...common, printer: 'p1', kind: 'job.done', at: '1h' }, out, clock)).rejects.toThrow(UserError)
  })
})

describe('preview', () => {
  it.each(['shop', 'workshop'])('of the profile "%s" counts by destination, day and reason', async (named) => {
    aPrint()
    expect(await preview(named, { ...common, days: '7' }, out, clock)).toBe(0)
    expect(lines).toEqual([
      'Workshop, the last 7 days: of 2 events 1 delivered, 1 not told.', '  My hook: 1 delivered, 1 not told', '', '2026-01-15', '  Progress: 1 not told', '  Print done: 1 delivered', '', 'Why:',
      '      1 delivered: Goes to “My hook” (E1)', '      1 not told: The filter “Ends” is for other kinds of events (E2)', '', 'Silences of then are left out.',
    ])
  })

  it('of a profile that is not there names those that are', async () => {
    aPrint()
    await expect(preview('night', { ...common, days: '7' }, out, clock)).rejects.toThrow(new UserError('There is no profile "night"; there are: shop.'))
  })
})

it('noise tells which kind made how many of the messages', async () => {
  aPrint()
  expect(await noise({ ...common, days: '30' }, out, clock)).toBe(0)
  expect(lines).toEqual(['“Progress” made 100\u202f% of your 1 message in the last 30 days.', '  100 %  1  Progress (job.progress)', '  100 %  1  to desk'])
})

describe('silence', () => {
  const known = (): unknown[] => {
    let found: unknown[] = []
    stored((history) => { found = history.silences(T0) })
    return found
  }

  it('mutes an hour unless told, in the history, for when an engine runs', async () => {
    expect(await silence({ ...common, printer: ['p1'], kind: ['job.paused'], json: true }, out, clock)).toBe(0)
    expect(JSON.parse(lines[0] ?? '')).toEqual({ id: expect.any(String) as string, createdAt: T0, startsAt: T0, endsAt: T0 + 3_600_000, match: { printerIds: ['p1'], types: ['job.paused'] }, reason: 'Muted', by: 'cli' })
    expect(known()).toEqual([JSON.parse(lines[0] ?? '')])
  })

  it.each<[object, string]>([
    [{}, 'Say what to silence: --printer, --server, --kind, --destination, --filter, --this-print, or --all for everything.'],
    [{ all: true, printer: ['p1'] }, '--all silences everything, so nothing else can narrow it. Leave it out, or the rest.'],
    [{ printer: ['p9'] }, 'There is no printer "p9". There are: p1.'],
    [{ server: ['moon'] }, 'There is no server "moon". There are: '],
    [{ filter: 'night' }, 'There is no filter "night". There are: '],
    [{ all: true, from: '18:00', until: 'yesterday' }, '--until takes a time'],
    [{ destination: ['x'] }, 'There is no destination "x". There are: desk, hook.'],
    [{ kind: ['job.dine'] }, '--kind does not know "job.dine"'],
    [{ all: true, for: '1h', untilLifted: true }, 'Give one of --for, --until and --until-lifted.'],
    [{ thisPrint: true }, '--this-print needs one printer: --printer ID'],
    [{ thisPrint: true, printer: ['p1'] }, 'This needs a running engine'],
  ])('is refused in words: %o', async (over, message) => {
    stored(() => undefined)
    await expect(silence({ ...common, ...over }, out, clock)).rejects.toThrow(message)
    expect(known()).toEqual([])
  })

  it('of everything until it is lifted is said so', async () => {
    await silence({ ...common, all: true, untilLifted: true, reason: 'Maintenance' }, out, clock)
    expect(lines[0]).toMatch(/^[0-9A-Z]{26}: Maintenance: everything, until it is lifted, by cli$/)
  })
})

describe('ack', () => {
  it('acknowledges one event, and says when it was so already', async () => {
    aPrint()
    expect(await ack('E1', common, out, clock)).toBe(0)
    expect(await ack('E1', { ...common, json: true }, out, clock)).toBe(0)
    expect(lines).toEqual(['Acknowledged.', '{"eventId":"E1","already":true,"result":"done","detail":"Acknowledged."}'])
    stored((history) => expect(history.event('E1')?.acknowledgedAt).toBe(T0))
  })

  it('R53: until a time or for a while, as the next engine finds it', async () => {
    aPrint()
    expect(await ack('E1', { ...common, for: '4h' }, out, clock)).toBe(0)
    expect(lines[0]).toMatch(/^Acknowledged until .*\d\d:\d\d\.$/)
    stored((history) => {
      expect(history.event('E1')?.acknowledgement).toEqual({ at: T0, until: T0 + 4 * 3_600_000, note: null, by: 'cli', lookedAt: null, overAt: null })
      expect(history.nextAcknowledgementEnd(T0)).toBe(T0 + 4 * 3_600_000)
    })
  })

  it('R65: with a note for the history alone is an entry there', async () => {
    aPrint()
    expect(await ack('E1', { ...common, note: ' Lost my key ', quiet: true }, out, clock)).toBe(0)
    stored((history) => {
      expect(history.events({ types: ['command.acknowledged'] })).toMatchObject([{ text: 'Lost my key', about: { eventId: 'E1', type: 'job.done' }, audience: { nobody: true }, seenAt: T0 }])
      expect(history.event('E1')?.acknowledgement?.note).toBe('Lost my key')
    })
  })

  it.each([
    [{ note: 'On my way' }, 'A note is told to the others by a running engine, and none runs on'],
    [{ quiet: true }, '--quiet keeps a note in the history alone, and there is none'],
    [{ for: '1h', until: '18:00' }, 'Give one of --for and --until.'],
    [{ for: 'soon' }, '--for takes a span ("30m", "2h", "1d"), not "soon"'],
    [{ note: 'x'.repeat(501), quiet: true }, '--note takes up to 500 characters, and this has 501'],
  ])('is refused in words: %o', async (over, message) => {
    aPrint()
    await expect(ack('E1', { ...common, ...over }, out, clock)).rejects.toThrow(message)
    stored((history) => expect([history.event('E1')?.acknowledgedAt, history.events({ types: ['command.acknowledged'] })]).toEqual([null, []]))
  })

  it('of what is not there says where the ids are', async () => {
    aPrint()
    await expect(ack('E9', common, out, clock)).rejects.toThrow('no event has the id E9; "history --json" shows the ids')
  })
})
