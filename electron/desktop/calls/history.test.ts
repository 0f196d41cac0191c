import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { calls, pushes } from '../../bridge/contract.ts'
import type { Wish } from '../../engine/commands/wish.ts'
import type { ExportJob } from '../../engine/history/export-file.ts'
import type { ExportEnd } from '../../engine/history/start-export.ts'
import { batch, decision, entry, row, T0, temporaryHistory } from '../../engine/history/test-support.ts'
import { adapters } from '../../engine/printers/registry.ts'
import { channels } from '../../engine/channels/registry.ts'
import { expandSettings } from '../../engine/settings/expand.ts'
import { settingsSchema } from '../../engine/settings/schema.ts'
import { desktopLanguage } from '../languages/index.ts'
import { historyCalls, historyPusher } from './history.ts'

const settings = expandSettings(settingsSchema().parse({
  version: 1, printers: [{ id: 'p1', name: 'MK3 left', server: { kind: 'octoprint', url: 'http://octo.local' } }], destinations: [{ id: 'desk', label: 'Toast on this computer', channel: 'desktop' }],
}), { adapters, channels }, { path: null }).engine

let store: ReturnType<typeof temporaryHistory>
let clock: TestClock
beforeEach(() => {
  store = temporaryHistory()
  clock = new TestClock(T0)
})
afterEach(() => store.remove())

function rig(over: Partial<Parameters<typeof historyCalls>[0]> = {}) {
  const wishes: Wish[] = []
  const pushed: [string, unknown][] = []
  const exports: ExportJob[] = []
  let cancelled = 0
  let end: (last: ExportEnd) => void = () => undefined
  const handlers = historyCalls({
    history: store.history, clock, database: '/data/printbell.db', push: (name, payload) => void pushed.push([name, payload]),
    names: { destination: (id) => (id === 'desk' ? { id, label: 'Toast on this computer', channel: 'desktop' } : null), silence: () => null, filter: () => null, profile: () => null },
    engine: () => ({
      handle: async (wish) => {
        wishes.push(wish)
        return { result: 'done', detail: 'Acknowledged.' }
      },
      sendAgain: (_eventId, destinationId) => destinationId === 'desk',
      failing: () => [],
    }),
    settings: () => settings, kinds: new Map(),
    chooseFile: async (name) => `/home/me/${name}`,
    startExport: (job, onProgress) => {
      exports.push(job)
      onProgress(1_000)
      return { ended: new Promise((resolve) => { end = resolve }), cancel: () => { cancelled += 1 } }
    },
    ...over,
  })
  return { handlers, wishes, pushed, exports, cancelled: () => cancelled, end: (last: ExportEnd) => end(last) }
}

const seen = () => store.history.events({}).map((event) => `${event.id} ${event.seenAt === null ? 'unseen' : 'seen'}`)

test('a page is of the filter, and says where the next one begins', async () => {
  store.history.commit(batch([entry('E1'), entry('E2', { draft: { type: 'job.progress' } }), entry('E3'), entry('E4')]))
  const { handlers } = rig()
  const first = await handlers['history.page']({ filter: { types: ['job.done'] }, before: null, limit: 2 })
  expect(first.rows.map(({ id }) => id)).toEqual(['E4', 'E3'])
  expect(first.next).toBe(3)
  expect(await handlers['history.page']({ filter: { types: ['job.done'] }, before: 3, limit: 2 })).toMatchObject({ rows: [{ id: 'E1' }], next: null })
  expect(() => calls['history.page'].output.parse(first)).not.toThrow()
})

test('words also find by what a kind is called', async () => {
  store.history.commit(batch([entry('E1', { draft: { type: 'attention.filament_runout' } }), entry('E2')]))
  const { handlers } = rig()
  expect((await handlers['history.page']({ filter: { text: 'filament ran' }, before: null, limit: 10 })).rows.map(({ id }) => id)).toEqual(['E1'])
  expect(await handlers['history.count']({ text: 'filament' })).toEqual({ count: 1, exact: true })
})

test('R62: one, several or all are marked, and "all" can be taken back as it was', async () => {
  store.history.commit(batch([entry('E1'), entry('E2'), entry('E3', { seen: true })]))
  const { handlers } = rig()
  expect(await handlers['history.mark']({ seen: true, eventIds: ['E1'] })).toBe(1)
  expect(await handlers['history.mark']({ seen: false, eventIds: ['E1'] })).toBe(1)
  expect(await handlers['history.mark']({ seen: true, eventIds: null })).toBe(2)
  expect(seen()).toEqual(['E3 seen', 'E2 seen', 'E1 seen'])
  expect(await handlers['history.mark']({ seen: false, eventIds: null })).toBe(2)
  expect(seen()).toEqual(['E3 seen', 'E2 unseen', 'E1 unseen'])
  // Taken back once; a second time there is nothing to take back.
  expect(await handlers['history.mark']({ seen: false, eventIds: null })).toBe(0)
})

test('details hold deliveries and what was swallowed within two minutes', async () => {
  store.history.commit(batch([entry('E1', { decisions: [decision()], outbox: [row('R1')] })], { suppressed: [
    { at: T0 - 120_001, printerId: 'p1', type: 'job.resumed', reason: 'short_pause', detail: '', dedupeKey: null },
    { at: T0 + 120_000, printerId: 'p1', type: 'job.paused', reason: 'short_pause', detail: 'pause of 2.1 s', dedupeKey: null },
  ] }))
  const details = await rig().handlers['history.event']('E1')
  expect(details?.suppressed).toEqual([{ at: T0 + 120_000, type: 'job.paused', title: 'Paused', text: 'The pause was too short to matter (pause of 2.1\u202fs)' }])
  expect(details?.deliveries).toMatchObject([{ destinationId: 'desk', label: 'Toast on this computer', outcome: 'waiting' }])
  expect(() => calls['history.event'].output.parse(details)).not.toThrow()
  expect(await rig().handlers['history.event']('E9')).toBeNull()
})

const PLAIN = { until: null, note: null, quiet: false }
test('an acknowledgement goes the way of every wish, a repeat to the worker', async () => {
  store.history.commit(batch([entry('E1')]))
  const { handlers, wishes } = rig()
  expect(await handlers['history.acknowledge']({ eventId: 'E1', ...PLAIN })).toEqual({ result: 'done', detail: 'Acknowledged.' })
  expect(wishes).toEqual([{ printerId: 'p1', jobKey: null, action: { name: 'acknowledge' }, from: 'window', madeAt: T0, expiresAt: T0 + 60_000, confirmed: false, eventId: 'E1' }])
  expect((await handlers['history.acknowledge']({ eventId: 'E9', ...PLAIN })).result).toBe('stale')
  expect(await handlers['history.send-again']({ eventId: 'E1', destinationId: 'desk' })).toBe(true)
  expect(await handlers['history.send-again']({ eventId: 'E1', destinationId: 'gone' })).toBe(false)
  expect((await rig({ engine: () => null }).handlers['history.acknowledge']({ eventId: 'E1', ...PLAIN })).result).toBe('unreachable')
})

test('R53: an acknowledgement says until when, a note, and whether that is for others', async () => {
  store.history.commit(batch([entry('E1')]))
  const { handlers, wishes } = rig()
  await handlers['history.acknowledge']({ eventId: 'E1', until: T0 + 3_600_000, note: 'Ann is on it', quiet: true })
  await handlers['history.acknowledge']({ eventId: 'E1', until: null, note: '  ', quiet: false })
  expect(wishes.map(({ action }) => action)).toEqual([{ name: 'acknowledge', until: T0 + 3_600_000, note: 'Ann is on it', quiet: true }, { name: 'acknowledge' }])
  expect(calls['history.acknowledge'].input.safeParse({ eventId: 'E1', ...PLAIN, note: 'x'.repeat(501) }).success).toBe(false)
})

describe('an export', () => {
  test('goes where the person says, with the filter, and tells how far it is', async () => {
    const { handlers, exports, pushed, end } = rig()
    const done = handlers['history.export']({ filter: { types: ['job.*'], text: 'cube' }, format: 'csv' })
    await Promise.resolve()
    expect(exports).toEqual([{ database: '/data/printbell.db', target: '/home/me/printbell-history-2026-01-15.csv', format: 'csv', filter: { selectors: ['job.*'], text: 'cube' } }])
    expect(pushed).toEqual([['history.export-progress', { events: 1_000 }]])
    end({ what: 'saved', events: 1_234 })
    expect(await done).toEqual({ result: 'saved', file: '/home/me/printbell-history-2026-01-15.csv', events: 1_234 })
  })

  test('is one at a time, can be cancelled, and the next one may come', async () => {
    const { handlers, cancelled, end } = rig()
    const done = handlers['history.export']({ filter: {}, format: 'jsonl' })
    expect(await handlers['history.export']({ filter: {}, format: 'csv' })).toEqual({ result: 'failed', why: 'Another export is running. Cancel it, or wait until it is done.' })
    await handlers['history.cancel-export'](null)
    expect(cancelled()).toBe(1)
    end({ what: 'cancelled' })
    expect(await done).toEqual({ result: 'cancelled' })
    void handlers['history.export']({ filter: {}, format: 'csv' })
    await Promise.resolve()
    end({ what: 'failed', why: 'No room.' })
  })

  test('without a file is none', async () => {
    const { handlers, exports } = rig({ chooseFile: async () => null })
    expect(await handlers['history.export']({ filter: {}, format: 'csv' })).toEqual({ result: 'cancelled' })
    expect(exports).toEqual([])
  })
})

describe('what is pushed', () => {
  function pusher(open = true) {
    const told: { rows: { id: string }[]; touched: boolean; more: boolean }[] = []
    const made = historyPusher({ history: store.history, isOpen: () => open, clock, push: (name, payload) => void told.push(pushes[name].parse(payload) as never) })
    const commit = (...ids: string[]): void => {
      for (const event of store.history.commit(batch(ids.map((id) => entry(id)))).events) made.onNews({ line: 'event', event })
    }
    return { made, told, commit }
  }

  test('is gathered, newest first, as it stands when it is told', async () => {
    const { told, commit } = pusher()
    commit('E1')
    commit('E2', 'E3')
    store.history.markSeen({ eventIds: ['E2'] }, T0)
    expect(told).toEqual([])
    await clock.advance(250)
    expect(told).toMatchObject([{ rows: [{ id: 'E3' }, { id: 'E2', seen: true }, { id: 'E1' }], touched: false, more: false }])
    await clock.advance(10_000)
    expect(told).toHaveLength(1)
  })

  test('is at most the newest fifty, and says that there are more', async () => {
    const { told, commit } = pusher()
    commit(...Array.from({ length: 60 }, (_, n) => `E${n}`))
    await clock.advance(250)
    expect(told[0]?.rows).toHaveLength(50)
    expect(told[0]?.rows[0]?.id).toBe('E59')
    expect(told[0]?.more).toBe(true)
  })

  test('tells that something changed once, however often it did', async () => {
    const { made, told } = pusher()
    made.touched()
    made.touched()
    made.onNews({ line: 'attempt', eventId: 'E1', destinationId: 'desk', result: 'delivered', detail: '', ms: 1, number: 1 })
    made.onNews({ line: 'notice', level: 'info', text: 'x' })
    await clock.advance(250)
    expect(told).toEqual([{ rows: [], touched: true, more: false }])
  })

  test('costs nothing while no window is open, and nothing comes after the end', async () => {
    const closed = pusher(false)
    closed.commit('E1')
    closed.made.touched()
    const stopped = pusher()
    stopped.commit('E2')
    stopped.made.stop()
    await clock.advance(1_000)
    expect([closed.told, stopped.told]).toEqual([[], []])
  })
})

test('why something was not heard is answered in the shape of the contract', async () => {
  store.history.commit(batch([entry('E1', { draft: { occurredAt: T0 - 60_000, observedAt: T0 - 60_000 }, decisions: [decision({ decision: 'drop', reason: 'not_subscribed' })] })], { suppressed: [{ at: T0, printerId: 'p1', type: 'job.paused', reason: 'short_pause', detail: 'pause of 2.1 s', dedupeKey: null }] }))
  const { handlers } = rig()
  const seen = calls['history.why'].output.parse(await handlers['history.why']({ printerId: 'p1', type: 'job.done', at: T0, destinationId: null }))
  expect(seen.sentences[1]).toBe('“Toast on this computer” was not told. “Print done” is off for “Toast on this computer”. Choose it for this destination, or in a profile that reaches it.')
  expect(seen).toMatchObject({ verdict: 'dropped', event: { id: 'E1' }, destinations: [{ destinationId: 'desk', mark: 'no' }], near: [{ eventId: null, type: 'job.paused' }] })
  const swallowed = calls['history.why'].output.parse(await rig({ engine: () => null }).handlers['history.why']({ printerId: 'p1', type: 'job.paused', at: T0, destinationId: 'desk' }))
  expect(swallowed).toMatchObject({ verdict: 'suppressed', event: null, near: [{ eventId: 'E1' }] })
})

test('what was weeks ago is answered with its day, as the locale writes times', async () => {
  const at = T0 - 40 * 86_400_000
  store.history.commit(batch([entry('E1', { draft: { occurredAt: at, observedAt: at } })]))
  const seen = async (over: Parameters<typeof rig>[0]): Promise<string> => (await rig(over).handlers['history.why']({ printerId: 'p1', type: 'job.done', at, destinationId: null })).sentences[0] ?? ''
  expect(await seen({})).toMatch(/^“Print done” of “MK3 left” was seen at 6 Dec \d\d:00\.$/)
  expect(await seen({ language: () => desktopLanguage({ code: 'en', locale: 'en-US' }) })).toMatch(/^“Print done” of “MK3 left” was seen at Dec 6 \d{1,2}:00\s[AP]M\.$/)
})

describe('in the language of the window', () => {
  const german = () => desktopLanguage({ code: 'de', locale: 'de-DE' })

  test('it is answered why something was not heard', async () => {
    const at = T0 - 40 * 86_400_000
    store.history.commit(batch([entry('E1', { draft: { occurredAt: at, observedAt: at }, decisions: [decision({ decision: 'drop', reason: 'not_subscribed' })] })]))
    const { handlers } = rig({ language: german })
    const answer = calls['history.why'].output.parse(await handlers['history.why']({ printerId: 'p1', type: 'job.done', at, destinationId: null }))
    // What is weeks ago has its day.
    expect(answer.sentences[0]).toMatch(/^„Druck fertig“ von „MK3 left“ wurde am 6\. Dez\. \d\d:00 gesehen\.$/)
    expect(answer.sentences[1]).toBe('„Toast on this computer“ erfuhr nichts davon. „Druck fertig“ ist für „Toast on this computer“ aus. Es für dieses Ziel wählen, oder in einem Profil, das dieses Ziel erreicht.')
    expect(answer.destinations[0]?.trace).toMatchObject([{ stage: 'Auswahl', text: '„Druck fertig“ ist für „Toast on this computer“ aus' }])
  })

  test('events are found by what kinds are called there, and in English; an export finds the same', async () => {
    store.history.commit(batch([entry('E1', { draft: { type: 'attention.filament_runout' } }), entry('E2', { draft: { type: 'attention.door' } })]))
    const { handlers, exports } = rig({ language: german })
    const found = async (text: string): Promise<string[]> => (await handlers['history.page']({ filter: { text }, before: null, limit: 10 })).rows.map(({ id, title }) => `${id} ${title}`)
    expect(await found('Filament zu Ende')).toEqual(['E1 Filament zu Ende'])
    expect(await found('filament leer')).toEqual(['E1 Filament zu Ende'])
    expect(await found('filament ran')).toEqual(['E1 Filament zu Ende'])
    expect(await found('tür')).toEqual(['E2 Tür ist offen'])
    expect(await handlers['history.count']({ text: 'leer' })).toEqual({ count: 1, exact: true })
    expect(await rig().handlers['history.count']({ text: 'leer' })).toEqual({ count: 0, exact: true })
    void handlers['history.export']({ filter: { text: 'leer' }, format: 'csv' })
    await Promise.resolve()
    expect(exports).toMatchObject([{ filter: { text: 'leer' }, language: 'de' }])
  })
})
