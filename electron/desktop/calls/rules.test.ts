import { describe, expect, test } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { KINDS } from '../../../test/support/rule-fixtures.ts'
import { calls } from '../../bridge/contract.ts'
import type { Preview } from '../../engine/why/preview.ts'
import type { ReportJob, ReportOf } from '../../engine/why/reports.ts'
import type { ReportEnd } from '../../engine/why/start-report.ts'
import { desk } from '../settings/keeper.support.ts'
import { rulesCalls } from './rules.ts'

const FILE = {
  version: 1,
  destinations: [{ id: 'desk', label: 'Desk', channel: 'desktop' }, { id: 'hook', label: 'Hook', channel: 'webhook', config: { url: 'http://127.0.0.1:9000/', token: { env: 'TOKEN' } } }],
  filters: [{ id: 'loud', name: 'Loud', match: { minSeverity: 'critical' } }],
  profiles: [{ id: 'default', name: 'Everything chosen', byEvents: true, destinations: [{ destination: '*' }] }, { id: 'night', name: 'Night', destinations: [{ destination: 'hook' }] }],
}
const COUNTS = { deliver: 1, hold: 0, digest: 0, drop: 2 }
const PREVIEW: Preview = {
  profile: { id: 'night', name: 'Night' }, since: 1, until: 2, events: 3, more: false, total: COUNTS, destinations: [{ id: 'hook', label: 'Hook', counts: COUNTS }], days: [],
  reasons: Array.from({ length: 60 }, (_, n) => ({ decision: 'drop' as const, stage: 'filtered', text: `Reason ${n}`, events: 1, eventId: 'E1' })),
  rows: [{ eventId: 'E1', at: 2, type: 'job.done', severity: 'success', printerName: 'MK4', title: 'Print done', decision: 'deliver', stage: 'deliver', text: 'Goes to “Hook”', more: 0 }], assumes: ['silences', 'others'],
}

function rig(over: Partial<Parameters<typeof rulesCalls>[0]> = {}) {
  const { keeper, store } = desk(FILE)
  const jobs: ReportJob[] = []
  const ends: ((end: ReportEnd<ReportJob>) => void)[] = []
  const cancelled: number[] = []
  const clock = new TestClock()
  const room = rulesCalls({
    settings: keeper, kinds: KINDS, clock, database: '/data/printbell.db', ownZone: () => 'Europe/Oslo',
    start: <J extends ReportJob>(job: J) => {
      const at = jobs.push(job) - 1
      return { ended: new Promise<ReportEnd<J>>((resolve) => { ends.push((end) => resolve(end as ReportEnd<J>)) }), cancel: () => void cancelled.push(at) }
    },
    ...over,
  })
  const ready = (at: number, report: ReportOf<ReportJob>): void => ends[at]?.({ what: 'ready', report })
  return { ...room, keeper, store, clock, jobs, ends, ready, cancelled }
}
const edit = (patch: Record<string, unknown>) => [{ what: 'edit' as const, list: 'profiles' as const, id: 'night', patch }]

describe('rules that are tried', () => {
  test('are told as they would be, change upon change, and nothing is written', async () => {
    const { handlers, store, keeper } = rig()
    const changes = [{ what: 'add' as const, list: 'timeslots' as const, name: 'Late', copyOf: null }, ...edit({ timeslot: 'late', outside: 'drop' }), ...edit({ name: ' Nights ' })]
    const answer = calls['rules.try'].output.parse(await handlers['rules.try']({ changes }))
    expect(answer).toMatchObject({ ok: true, rules: { timeslots: [{ id: 'late', name: 'Late' }], profiles: [{ id: 'default' }, { id: 'night', name: 'Nights', timeslot: 'late', outside: 'drop', criticalPasses: true }] } })
    expect(store.written).toEqual([])
    expect(keeper.settings().profiles[1]).toMatchObject({ name: 'Night', timeslot: 'always' })
  })

  test.each([
    ['a name that is taken', edit({ name: 'everything CHOSEN' }), { path: 'name', message: 'is in use already', cure: 'Choose another, so that the history can tell them apart.' }],
    ['a filter that is not there', edit({ filters: ['lout'] }), { path: 'filters[0]', message: 'names a filter "lout" that does not exist', cure: 'Did you mean "loud"?' }],
    ['a profile that is gone', [...edit({}), { what: 'edit' as const, list: 'profiles' as const, id: 'day', patch: {} }], { path: '', message: 'is no longer there ("day")', cure: 'It was removed meanwhile.' }],
  ])('are refused at the field: %s', async (_what, changes, problem) => {
    expect(await rig().handlers['rules.try']({ changes })).toEqual({ ok: false, problems: [problem] })
  })
})

describe('a preview', () => {
  test('R50: is of the profile as it stands in the editor, before it is saved', async () => {
    const { handlers, jobs, ready, clock } = rig()
    const asked = handlers['rules.preview']({ profileId: 'night', days: 7, changes: edit({ filters: ['loud'] }) })
    expect(jobs).toMatchObject([{ what: 'preview', database: '/data/printbell.db', now: clock.now(), days: 7, profileId: 'night', ownZone: 'Europe/Oslo', settings: { profiles: [{ id: 'default' }, { id: 'night', filters: ['loud'] }] } }])
    ready(0, PREVIEW)
    const answer = calls['rules.preview'].output.parse(await asked)
    expect(answer).toMatchObject({ result: 'ready', preview: { events: 3, total: COUNTS, rows: [{ eventId: 'E1', text: 'Goes to “Hook”' }], assumes: ['silences', 'others'] } })
    expect(answer.result === 'ready' && answer.preview.reasons).toHaveLength(50)
  })

  test('hands nothing of a destination to the thread but what the rules ask', async () => {
    const { handlers, jobs } = rig()
    void handlers['rules.preview']({ profileId: 'night', days: 7, changes: [] })
    expect(JSON.stringify(jobs)).not.toMatch(/9000|TOKEN/)
    expect(structuredClone(jobs)).toEqual(jobs)
  })

  test('is told in the language of the window, which the thread is told', async () => {
    const { handlers, jobs } = rig({ language: () => ({ code: 'fr' }) })
    void handlers['rules.preview']({ profileId: 'night', days: 7, changes: [] })
    expect(jobs).toMatchObject([{ what: 'preview', language: 'fr' }])
  })

  test('gives way to a newer question, whose answer alone counts', async () => {
    const { handlers, ends, ready, cancelled } = rig()
    const first = handlers['rules.preview']({ profileId: 'night', days: 7, changes: [] })
    const second = handlers['rules.preview']({ profileId: 'night', days: 7, changes: edit({ outside: 'drop' }) })
    expect(cancelled).toEqual([0])
    // The first was done before it heard of that.
    ready(0, PREVIEW)
    expect(await first).toEqual({ result: 'cancelled' })
    ends[1]?.({ what: 'failed', why: 'The history is damaged.' })
    expect(await second).toEqual({ result: 'failed', why: 'The history is damaged.' })
  })

  test('tells what is wrong with the changes, and asks nobody', async () => {
    const { handlers, jobs } = rig()
    expect(await handlers['rules.preview']({ profileId: 'night', days: 7, changes: edit({ timeslot: 'nigth' }) })).toEqual({ result: 'refused', problems: [{ path: 'timeslot', message: 'names a timeslot "nigth" that does not exist', cure: 'Known: always.' }] })
    expect(jobs).toEqual([])
  })

  test('ends when nobody waits for it, and when the window is closed', async () => {
    const { handlers, windowClosed, cancelled, ends } = rig()
    const asked = handlers['rules.preview']({ profileId: 'night', days: 7, changes: [] })
    await handlers['rules.cancel-preview'](null)
    ends[0]?.({ what: 'cancelled' })
    expect([await asked, cancelled]).toEqual([{ result: 'cancelled' }, [0]])
    void handlers['rules.noise']({ days: 7 })
    void handlers['rules.counts']({ days: 30 })
    windowClosed()
    expect(cancelled).toEqual([0, 1, 2])
  })
})

test('noise and counts are told by kind, without names, in the days of the rules\' zone', async () => {
  const { handlers, jobs, ready } = rig()
  const noise = handlers['rules.noise']({ days: 7 })
  const counts = handlers['rules.counts']({ days: 30 })
  expect(jobs).toMatchObject([{ what: 'noise', days: 7 }, { what: 'counts', days: 30, zone: 'Europe/Oslo' }])
  const kind = { type: 'job.progress' as const, name: 'Progress', messages: 4, share: 0.8, profileId: null }
  ready(0, { days: 7, messages: 5, more: false, kinds: [kind], destinations: [{ id: 'desk', messages: 5, share: 1, kinds: [kind] }], sentence: 'x' })
  ready(1, { zone: 'Europe/Oslo', events: 2, days: [{ day: '2026-01-15', kinds: [{ type: 'job.done', severity: 'success', events: 2 }] }] })
  const told = { type: 'job.progress', messages: 4, share: 0.8, profileId: null }
  expect(calls['rules.noise'].output.parse(await noise)).toEqual({ result: 'ready', noise: { days: 7, messages: 5, more: false, kinds: [told], destinations: [{ id: 'desk', messages: 5, share: 1, kinds: [told] }] } })
  expect(calls['rules.counts'].output.parse(await counts)).toEqual({ result: 'ready', counts: { events: 2, days: [{ day: '2026-01-15', kinds: [{ type: 'job.done', severity: 'success', events: 2 }] }] } })
})
