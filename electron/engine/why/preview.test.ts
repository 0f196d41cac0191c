import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { KINDS, someSettings } from '../../../test/support/rule-fixtures.ts'
import type { EventDraft, EventType } from '../events/model.ts'
import { batch, decision, entry, T0, temporaryHistory } from '../history/test-support.ts'
import { noiseReport, noiseTally } from './noise.ts'
import { previewProfile, type Preview, type PreviewSettings } from './preview.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
let stored: ReturnType<typeof temporaryHistory>
beforeEach(() => { stored = temporaryHistory() })
afterEach(() => stored.remove())

const settings = (over: object): PreviewSettings => someSettings({ zone: 'UTC', ...over }) as unknown as PreviewSettings

let n = 0
function happened(...drafts: Partial<EventDraft>[]): void {
  stored.history.commit(batch(drafts.map((draft) => entry(`E${String(n++).padStart(6, '0')}`, { draft: { printerId: 'mk4', occurredAt: T0, observedAt: draft.occurredAt ?? T0, ...draft } }))))
}

let pauses = 0
function preview(of: PreviewSettings, over: { profileId?: string; most?: number; signal?: AbortSignal } = {}): Promise<Preview> {
  const { profileId = 'shop', ...rest } = over
  pauses = 0
  return previewProfile({ settings: of, profileId, kinds: KINDS, ownZone: () => 'UTC' }, { history: stored.history, now: T0 + HOUR, pause: async () => { pauses += 1 }, ...rest })
}

const TWO = [{ id: 'mk4', name: 'MK4' }, { id: 'mk3', name: 'MK3' }]
const WORKSHOP = { id: 'shop', name: 'Workshop', destinations: [{ destination: 'hook' }] }

describe('a preview', () => {
  test('R50: judges each event at its own time: what came at night would have been held', async () => {
    happened({ occurredAt: T0 - DAY }, { occurredAt: T0 - 14 * HOUR }, { occurredAt: T0 - 13 * HOUR, type: 'job.failed', severity: 'critical' })
    const told = await preview(settings({ profiles: [{ ...WORKSHOP, timeslot: 'day' }], timeslots: [{ id: 'day', name: 'Day', ranges: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '07:00', to: '21:59' }] }] }))
    expect(told).toMatchObject({ profile: { id: 'shop', name: 'Workshop' }, since: T0 + HOUR - 7 * DAY, until: T0 + HOUR, events: 3, more: false, total: { deliver: 2, hold: 1, digest: 0, drop: 0 } })
    expect(told.destinations).toEqual([{ id: 'hook', label: 'My hook', counts: { deliver: 2, hold: 1, digest: 0, drop: 0 } }])
    expect(told.days).toEqual([{ day: '2026-01-14', kinds: [
      { type: 'job.done', name: 'Print done', counts: { deliver: 1, hold: 1, digest: 0, drop: 0 } },
      { type: 'job.failed', name: 'Print failed', counts: { deliver: 1, hold: 0, digest: 0, drop: 0 } },
    ] }])
    expect(told.reasons.map(({ decision, text, events }) => [decision, text, events])).toEqual([
      ['deliver', 'Goes to “My hook” outside of the timeslot, because it is critical', 1], ['deliver', 'Goes to “My hook”', 1], ['hold', 'The timeslot is closed', 1],
    ])
  })

  test('R50: says why the rest would not have come, the most frequent first', async () => {
    happened({}, { type: 'job.progress', severity: 'info' }, { type: 'job.progress', severity: 'info' }, { printerId: 'other' })
    const told = await preview(settings({ profiles: [{ ...WORKSHOP, filters: ['mine', 'loud'] }], filters: [{ id: 'mine', name: 'My printer', match: { printers: ['mk4'] } }, { id: 'loud', name: 'Ends', match: { events: ['job.done'] } }] }))
    expect(told.total).toEqual({ deliver: 1, hold: 0, digest: 0, drop: 3 })
    expect(told.reasons.slice(1).map(({ decision, stage, text, events }) => [decision, stage, text, events])).toEqual([
      ['drop', 'filtered', 'The filter “Ends” is for other kinds of events', 2], ['drop', 'filtered', 'The filter “My printer” is for other printers', 1],
    ])
  })

  test('of the profile that exists from the start goes by what printers and destinations choose', async () => {
    happened({}, { type: 'job.progress', severity: 'info' })
    const told = await preview(settings({}), { profileId: 'default' })
    expect(told.total).toEqual({ deliver: 1, hold: 0, digest: 0, drop: 1 })
    expect(told.reasons.map(({ text }) => text)).toEqual(['Goes to “Desk”', '“Progress” is off for “Desk”'])
  })

  test('leaves out what is older, what was played and how long the profile rests now', async () => {
    happened({ occurredAt: T0 - 8 * DAY }, { reason: 'rehearsal' }, {})
    expect(await preview(settings({ profiles: [{ ...WORKSHOP, pausedUntil: T0 + DAY }] }))).toMatchObject({ events: 1, total: { deliver: 1 } })
  })

  test('of a profile that is off, or reaches nobody, says that nothing would have come', async () => {
    happened({})
    expect((await preview(settings({ profiles: [{ ...WORKSHOP, active: false }] }))).reasons).toMatchObject([{ decision: 'drop', text: 'The profile is switched off', events: 1 }])
    expect((await preview(settings({ profiles: [{ ...WORKSHOP, destinations: [] }] }))).reasons).toMatchObject([{ decision: 'drop', text: 'The profile reaches no destination that is on', events: 1 }])
  })

  test('leaves out what is masked for all', async () => {
    happened({}, { type: 'job.failed', severity: 'critical' })
    const told = await preview(settings({ masked: ['job.failed'], profiles: [WORKSHOP] }))
    expect(told.reasons.map(({ decision, stage, text, events }) => [decision, stage, text, events])).toEqual([
      ['deliver', 'deliver', 'Goes to “My hook”', 1], ['drop', 'masked', 'Events of this kind are told to nobody', 1],
    ])
  })

  test('looks at so many of the newest, and says that there are more', async () => {
    happened(...Array.from({ length: 250 }, (_, index) => ({ occurredAt: T0 - index })))
    expect(await preview(settings({ profiles: [WORKSHOP] }), { most: 200 })).toMatchObject({ events: 200, more: true })
    expect(pauses).toBe(2)
    expect(await preview(settings({ profiles: [WORKSHOP] }), { most: 250 })).toMatchObject({ events: 250, more: false })
  })

  test('R50: lists the events one by one, newest first, each with its verdict and the reason in words', async () => {
    happened({ occurredAt: T0 - 2 * HOUR, printerName: 'MK4 left bench' }, { occurredAt: T0 - HOUR, type: 'message.user', severity: 'info', text: 'Change the  spool', printerName: 'MK4\nleft bench' }, { occurredAt: T0 - 30 * 60_000, printerId: '', type: 'app.update_available', severity: 'info' })
    const told = await preview(settings({ profiles: [{ ...WORKSHOP, filters: ['loud'], destinations: [{ destination: '*' }] }], filters: [{ id: 'loud', name: 'Ends', match: { events: ['job.done', 'app.*'] } }] }))
    expect(told.rows.map(({ at, printerName, title, decision, stage, text, more }) => ({ at, printerName, title, decision, stage, text, more }))).toEqual([
      { at: T0 - 30 * 60_000, printerName: '', title: 'Update available', decision: 'deliver', stage: 'deliver', text: 'Goes to “Desk”', more: 1 },
      { at: T0 - HOUR, printerName: 'MK4 left bench', title: 'Message: Change the spool', decision: 'drop', stage: 'filtered', text: 'The filter “Ends” is for other kinds of events', more: 1 },
      { at: T0 - 2 * HOUR, printerName: 'MK4 left bench', title: 'Print done', decision: 'deliver', stage: 'deliver', text: 'Goes to “Desk”', more: 1 },
    ])
  })

  test('lists the newest 200 of each verdict, and counts them all', async () => {
    happened(...Array.from({ length: 230 }, (_, index) => ({ occurredAt: T0 - index * 1_000 })), ...Array.from({ length: 3 }, (_, index) => ({ occurredAt: T0 - HOUR - index, type: 'job.paused' as const })))
    const told = await preview(settings({ profiles: [{ ...WORKSHOP, filters: ['loud'] }], filters: [{ id: 'loud', name: 'Ends', match: { events: ['job.done'] } }] }))
    expect(told.total).toEqual({ deliver: 230, hold: 0, digest: 0, drop: 3 })
    expect(['deliver', 'drop'].map((decision) => told.rows.filter((row) => row.decision === decision).length)).toEqual([200, 3])
  })

  test.each<[string, Partial<Parameters<typeof settings>[0]>, string[]]>([
    ['nothing but the silences of then', { profiles: [WORKSHOP] }, ['silences']],
    ['that somebody was here and away, where the profile asks', { profiles: [{ ...WORKSHOP, destinations: [{ destination: 'hook', presence: 'away' }] }] }, ['silences', 'presence']],
    ['that it did not rest', { profiles: [{ ...WORKSHOP, pausedUntil: T0 + DAY }] }, ['silences', 'rest']],
    ['that what waits is told later', { profiles: [{ ...WORKSHOP, destinations: [{ destination: 'hook', mode: 'digest', digest: { at: ['08:00'] } }] }] }, ['silences', 'later']],
    ['that no other profile told it', { profiles: [WORKSHOP, { id: 'other', name: 'Other' }] }, ['silences', 'others']],
    ['that nothing is gathered behind a first, where there are several printers', { profiles: [WORKSHOP], printers: TWO }, ['silences', 'bursts']],
    ['nothing of bursts where nothing is gathered', { profiles: [WORKSHOP], printers: TWO, grouping: { burst: 0, servers: false } }, ['silences']],
    ['nothing of bursts where nothing is told', { profiles: [{ ...WORKSHOP, active: false }], printers: TWO }, ['silences']],
    ['no other profile that is off', { profiles: [WORKSHOP, { id: 'other', name: 'Other', active: false }] }, ['silences']],
  ])('says that it takes for granted %s', async (_what, over, assumed) => {
    happened({})
    expect((await preview(settings(over))).assumes).toEqual(assumed)
  })

  test('ends when nobody wants it any more, and writes nothing', async () => {
    happened({})
    await expect(preview(settings({ profiles: [WORKSHOP] }), { signal: AbortSignal.abort(new Error('closed')) })).rejects.toThrow('closed')
    await preview(settings({ profiles: [WORKSHOP] }))
    expect([stored.history.outbox({}), stored.history.decisions('E000000')]).toEqual([[], []])
  })

  test('of a profile that is not there names those that are', async () => {
    await expect(preview(settings({}))).rejects.toThrow('There is no profile "shop"; there are: default.')
  })
})

describe('a noise report', () => {
  const heard = (...told: [EventType, string, number, (string | null)?][]) => {
    const tally = noiseTally()
    for (const [type, destinationId, times, profileId = null] of told) for (let n = 0; n < times; n++) tally.add({ type, destinationId, profileId })
    return tally.report(7)
  }

  test('tells which kinds made how many of the messages, and where to', () => {
    const told = heard(['job.done', 'desk', 2], ['job.done', 'hook', 1], ['job.progress', 'desk', 8], ['job.progress', 'hook', 4])
    expect(told.sentence).toBe('“Progress” made 80\u202f% of your 15 messages in the last 7 days.')
    expect(told.kinds).toEqual([{ type: 'job.progress', name: 'Progress', messages: 12, share: 0.8, profileId: null }, { type: 'job.done', name: 'Print done', messages: 3, share: 0.2, profileId: null }])
    expect(told.destinations).toEqual([
      { id: 'desk', messages: 10, share: 10 / 15, kinds: [{ type: 'job.progress', name: 'Progress', messages: 8, share: 0.8, profileId: null }, { type: 'job.done', name: 'Print done', messages: 2, share: 0.2, profileId: null }] },
      { id: 'hook', messages: 5, share: 5 / 15, kinds: [{ type: 'job.progress', name: 'Progress', messages: 4, share: 0.8, profileId: null }, { type: 'job.done', name: 'Print done', messages: 1, share: 0.2, profileId: null }] },
    ])
  })

  test('names the profile that told the most of them', () => {
    const told = heard(['job.progress', 'desk', 3, 'night'], ['job.progress', 'hook', 5, null], ['job.progress', 'hook', 6, 'shop'])
    expect(told.kinds[0]?.profileId).toBe('shop')
    expect(told.destinations.map(({ id, kinds }) => [id, kinds[0]?.profileId])).toEqual([['hook', 'shop'], ['desk', 'night']])
  })

  test('counts what was delivered, not what is on its way, of the days that are asked for', async () => {
    const delivered = (id: string, at: number, state: 'delivered' | 'waiting') => entry(id, { draft: { occurredAt: at }, decisions: [decision({ profileId: 'shop' })], outbox: [{ id: `R${id}`, destinationId: 'desk', state, deliveryKey: id, priority: 3, jobKey: null, attempts: 1, createdAt: at, nextAttemptAt: at, expiresAt: at, pictureUntil: null, releaseAt: null, cancelOn: [], leaseUntil: null, lastResult: null }] })
    stored.history.commit(batch([delivered('A', T0, 'delivered'), delivered('B', T0, 'waiting'), delivered('C', T0 - 8 * DAY, 'delivered')]))
    const report = (days: number) => noiseReport({ history: stored.history, now: T0, days, pause: async () => undefined })
    expect(await report(7)).toMatchObject({ messages: 1, more: false, destinations: [{ id: 'desk', messages: 1, share: 1, kinds: [{ type: 'job.done', messages: 1, share: 1, profileId: 'shop' }] }], sentence: '“Print done” made 100\u202f% of your 1 message in the last 7 days.' })
    expect(await report(30)).toMatchObject({ messages: 2 })
  })

  test('of days without a message says so', () => expect(noiseTally().report(30)).toEqual({ days: 30, messages: 0, kinds: [], destinations: [], sentence: 'No message was delivered in the last 30 days.' }))
})
