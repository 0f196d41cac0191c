import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { KINDS, someSettings } from '../../../test/support/rule-fixtures.ts'
import { batch, decision, entry, row, T0, temporaryHistory } from '../history/test-support.ts'
import type { PreviewSettings } from './preview.ts'
import { makeReport, plainKinds, plainSettings, type ReportJob } from './reports.ts'
import { reportsInThread } from './start-report.ts'

const DAY = 24 * 3_600_000
let store: ReturnType<typeof temporaryHistory>
beforeEach(() => { store = temporaryHistory() })
afterEach(() => store.remove())

const settings = (over: object = {}): PreviewSettings => someSettings({ zone: 'UTC', profiles: [{ id: 'shop', name: 'Workshop', destinations: [{ destination: 'hook' }] }], ...over }) as unknown as PreviewSettings
const ofPreview = (over: object = {}): Extract<ReportJob, { what: 'preview' }> => ({ what: 'preview', database: store.file, now: T0, days: 7, settings: plainSettings(settings(over)), profileId: 'shop', kinds: plainKinds(KINDS), ownZone: 'UTC' })
const never = new AbortController().signal
const pause = async (): Promise<void> => undefined

test('a preview of plain data judges as the rules do: what a channel carries, and what it hears by default', async () => {
  const mk4 = { printerId: 'mk4' }
  store.history.commit(batch([entry('E1', { draft: mk4 }), entry('E2', { draft: { ...mk4, type: 'job.paused' } }), entry('E3', { draft: { ...mk4, type: 'job.progress' } })]))
  const sms = { destinations: [{ id: 'text', label: 'Text', channel: 'sms' }] }
  expect(await makeReport(ofPreview({ ...sms, profiles: [{ id: 'shop', name: 'Workshop', destinations: [{ destination: 'text' }] }] }), pause, never)).toMatchObject({ events: 3, total: { deliver: 1, drop: 2 } })
  expect((await makeReport({ ...ofPreview({ ...sms, profiles: [{ id: 'shop', name: 'Workshop', byEvents: true, destinations: [{ destination: 'text' }] }] }) }, pause, never)).reasons.map(({ text, events }) => [text, events])).toEqual([
    ['Goes to “Text”', 1], ['“Progress” is off for “Text”', 1], ['“Paused” is off for “Text”', 1],
  ])
})

test('a preview of plain data leaves out what is masked, and knows what is gathered', async () => {
  store.history.commit(batch([entry('E1', { draft: { printerId: 'mk4' } }), entry('E2', { draft: { printerId: 'mk4', type: 'job.failed' } })]))
  const two = { printers: [{ id: 'mk4', name: 'MK4' }, { id: 'mk3', name: 'MK3' }] }
  expect(await makeReport(ofPreview({ ...two, masked: ['job.failed'] }), pause, never)).toMatchObject({ total: { deliver: 1, drop: 1 }, assumes: ['silences', 'bursts'] })
  expect(await makeReport(ofPreview({ ...two, grouping: { burst: 0, servers: false } }), pause, never)).toMatchObject({ total: { deliver: 2 }, assumes: ['silences'] })
})

test('a preview is told in the language that is asked for', async () => {
  store.history.commit(batch([entry('E1', { draft: { printerId: 'mk4' } }), entry('E2', { draft: { printerId: 'mk4', type: 'job.progress' } })]))
  const asked = { profiles: [{ id: 'shop', name: 'Workshop', filters: ['ends'], destinations: [{ destination: 'hook' }] }], filters: [{ id: 'ends', name: 'Ends', match: { events: ['job.done'] } }] }
  const told = await makeReport({ ...ofPreview(asked), language: 'de' }, pause, never)
  expect(told.reasons.map(({ text }) => text)).toEqual(['Geht an „My hook“', 'Der Filter „Ends“ ist für andere Arten von Ereignissen'])
  expect(told.rows.map(({ title }) => title).sort()).toEqual(['Druck fertig', 'Druckt'])
  expect(told.days[0]?.kinds.map(({ name }) => name).sort()).toEqual(['Druck fertig', 'Fortschritt'])
  expect((await makeReport({ ...ofPreview({ destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook', enabled: false }] }), language: 'es' }, pause, never)).reasons.map(({ text }) => text)).toEqual(['El perfil no llega a ningún destino activo'])
})

test('what goes to a thread is plain, and holds nothing of a destination but what the rules ask', () => {
  const given = settings({ destinations: [{ id: 'hook', label: 'My hook', channel: 'webhook', config: { url: 'https://user:hunter2@example.org/' }, events: ['job.*'] }] })
  const job = { settings: plainSettings(given), kinds: plainKinds(KINDS) }
  expect(structuredClone(job)).toEqual(job)
  expect(JSON.stringify(job)).not.toContain('hunter2')
  expect(job.settings.destinations).toEqual([{ id: 'hook', label: 'My hook', channel: 'webhook', enabled: true, events: ['job.*'], config: {}, secrets: {} }])
})

test('counts and noise are of the same database', async () => {
  store.history.commit(batch([entry('E1', { decisions: [decision({ profileId: 'shop' })], outbox: [row('R1', { state: 'delivered' })] }), entry('E2')]))
  expect(await makeReport({ what: 'noise', database: store.file, now: T0, days: 7 }, pause, never)).toMatchObject({ messages: 1, kinds: [{ type: 'job.done', profileId: 'shop' }] })
  expect(await makeReport({ what: 'counts', database: store.file, now: T0, days: 30, zone: 'UTC' }, pause, never)).toMatchObject({ events: 2 })
})

test('a history that is not there says so', async () => {
  await expect(makeReport({ what: 'noise', database: `${store.file}.nope`, now: T0, days: 7 }, pause, never)).rejects.toThrow('There is no history yet')
})

describe('in its thread', () => {
  let built = ''
  /** The worker is plain JavaScript in a build; here it is bundled into node_modules, from where it finds its packages. */
  beforeAll(async () => {
    const cache = fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url))
    await mkdir(cache, { recursive: true })
    built = await mkdtemp(join(cache, 'report-test-'))
    await build({ configFile: false, logLevel: 'silent', build: { ssr: fileURLToPath(new URL('./report-worker.ts', import.meta.url)), outDir: built, emptyOutDir: false, rollupOptions: { output: { entryFileNames: 'history-report.mjs' } } } })
  }, 60_000)
  afterAll(() => rm(built, { recursive: true, force: true }))
  const start = () => reportsInThread(pathToFileURL(join(built, 'history-report.mjs')))

  test('it answers while the engine writes', async () => {
    store.history.commit(batch(Array.from({ length: 1_500 }, (_, n) => entry(`E${n}`))))
    const running = start()(ofPreview({ timeslots: [{ id: 'late', name: 'Late', ranges: [{ days: [1, 2, 3, 4, 5, 6, 7], from: '20:00', to: '21:59' }] }], profiles: [{ id: 'shop', name: 'Workshop', timeslot: 'late', destinations: [{ destination: 'hook' }] }] }))
    store.history.commit(batch([entry('meanwhile', { draft: { occurredAt: T0 - 8 * DAY } })]))
    expect(await running.ended).toMatchObject({ what: 'ready', report: { events: 1_500, total: { hold: 1_500 }, assumes: ['silences', 'later'] } })
  })

  test('it ends when nobody wants it any more', async () => {
    store.history.commit(batch(Array.from({ length: 3_000 }, (_, n) => entry(`E${n}`))))
    const running = start()(ofPreview())
    running.cancel()
    expect(await running.ended).toEqual({ what: 'cancelled' })
  })

  test('it says why it can not, and a worker that is not there is no crash', async () => {
    expect(await start()({ what: 'counts', database: `${store.file}.nope`, now: T0, days: 30, zone: 'UTC' }).ended).toEqual({ what: 'failed', why: expect.stringContaining('There is no history yet') as string })
    expect((await reportsInThread(pathToFileURL(join(built, 'nothing.mjs')))({ what: 'noise', database: store.file, now: T0, days: 7 }).ended).what).toBe('failed')
  })
})
