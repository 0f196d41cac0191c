import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { channel, hanging, numbered, OK, PICTURE, RETRY, setUp } from '../../../test/support/delivery.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { contextOf, LAMP, NOON, someSettings } from '../../../test/support/rule-fixtures.ts'
import type { PrinterEvent } from '../events/model.ts'
import type { History } from '../history/history.ts'
import { openHistory } from '../history/sqlite-history.ts'
import { route } from '../rules/route.ts'
import type { SnapshotResult } from '../snapshots/snapshots.ts'

let folder: string
let history: History
const reopen = (): History => openHistory({ file: join(folder, 'history.db'), log: memoryLog(), now: () => NOON })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-'))
  history = reopen()
})
afterEach(() => {
  history.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Through the rules into the database, as the engine does it. */
function commit(...events: PrinterEvent[]): void {
  const settings = someSettings({ destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', events: ['*'] }] })
  history.commit({
    at: NOON, memories: [], suppressed: [],
    entries: events.map((event) => {
      const { id, seq: _seq, ...draft } = event
      return { draft, id, ...route({ ...draft, id }, contextOf(settings)) }
    }),
  })
}

const states = (): string[] => history.outbox({}).map((row) => `${row.eventId} ${row.state}`)

test('what the rules planned is delivered once, and the attempt is stored', async () => {
  const hook = channel(OK)
  commit(numbered(1))
  const { clock, worker } = setUp({ hook }, { history })
  worker.start()
  await clock.advance(60_000)
  expect(states()).toEqual(['E1 delivered'])
  expect(history.attempts({ eventId: 'E1' })).toMatchObject([{ destinationId: 'hook', number: 1, result: 'delivered', detail: 'ok' }])
  expect(hook.got.length).toBe(1)
  expect(clock.pending).toBe(0)
})

test('an engine that died in the middle of a send: the next one sends it again with the same key, and only once', async () => {
  const first = channel(hanging)
  commit(numbered(1))
  const dead = setUp({ hook: first }, { history })
  dead.worker.start()
  await dead.clock.advance(0)
  expect(states()).toEqual(['E1 leased'])
  history.close()
  history = reopen()
  const second = channel(OK)
  const { clock, worker } = setUp({ hook: second }, { history })
  worker.start()
  await clock.advance(60_000)
  expect(states()).toEqual(['E1 delivered'])
  expect(second.got.map((sending) => sending.deliveryKey)).toEqual([first.got[0]?.deliveryKey])
})

test('two messages of one print keep their order through a retry', async () => {
  const hook = channel(RETRY, OK)
  commit(numbered(1, { type: 'job.paused', job: LAMP, dedupeKey: 'a' }), numbered(2, { job: LAMP, dedupeKey: 'b', severity: 'critical' }))
  const { clock, worker } = setUp({ hook }, { history })
  worker.start()
  await clock.advance(60_000)
  expect(hook.got.map((sending) => sending.message.type)).toEqual(['job.paused', 'job.paused', 'job.done'])
  expect(clock.pending).toBe(0)
})

test('a message waits in the database for its picture, and a kick after it was stored sends it', async () => {
  let come: (result: SnapshotResult) => void = () => undefined
  const ready = new Promise<SnapshotResult>((resolve) => { come = resolve })
  const hook = channel(OK)
  commit(numbered(1, { snapshot: 'final' }))
  const { clock, worker } = setUp({ hook }, { history, pictures: { whenReady: () => ready } })
  worker.start()
  await clock.advance(2_000)
  expect(hook.got.length).toBe(0)
  come({ picture: PICTURE })
  history.putSnapshot({ eventId: 'E1', printerId: 'mk4', at: NOON + 2_000, file: '/x.jpg', bytes: 1, width: 1, height: 1, why: null })
  worker.kick()
  await clock.advance(0)
  expect(hook.got.map((sending) => sending.picture)).toEqual([PICTURE])
})

test('a picture that never comes is waited for 10 s', async () => {
  const hook = channel(OK)
  commit(numbered(1, { snapshot: 'final' }))
  const { clock, worker } = setUp({ hook }, { history, pictures: { whenReady: () => new Promise(() => undefined) } })
  worker.start()
  await clock.advance(9_999)
  expect(hook.got.length).toBe(0)
  await clock.advance(1_001)
  expect(hook.got.map((sending) => sending.picture)).toEqual([null])
})

test('a dead letter is sent again from the database', async () => {
  const hook = channel({ result: 'rejected', scope: 'message', why: 'no' }, OK)
  commit(numbered(1))
  const { clock, worker } = setUp({ hook }, { history })
  worker.start()
  await clock.advance(0)
  expect(states()).toEqual(['E1 dead'])
  expect(worker.sendAgain('E1', 'hook')).toBe(true)
  await clock.advance(0)
  expect(states()).toEqual(['E1 delivered'])
})

describe('one wait for the disk', () => {
  /** The history, with what each transaction did. */
  function watched(refuse: () => boolean = () => false) {
    let transactions = 0
    const together: History['together'] = (work) => history.together(() => {
      transactions += 1
      const done = work()
      if (refuse()) throw new Error('disk full')
      return done
    })
    return { history: { ...history, together }, count: () => transactions }
  }

  test('marks all that ended at the same moment and leases what follows', async () => {
    const hook = channel(async () => {
      await Promise.resolve()
      return OK
    })
    commit(...Array.from({ length: 12 }, (_, n) => numbered(n + 1, { dedupeKey: `${n}` })))
    const { history: seen, count } = watched()
    const { clock, worker } = setUp({ hook }, { history: seen, capabilities: { parallel: 6 } })
    worker.start()
    await clock.advance(0)
    await clock.advance(0)
    expect(hook.got).toHaveLength(12)
    expect(states().every((state) => state.endsWith('delivered'))).toBe(true)
    // Six leased; six marked and six leased; six marked.
    expect(count()).toBe(3)
  })

  test('that the disk refuses sends nothing, and later everything once', async () => {
    let full = true
    const hook = channel(OK)
    commit(numbered(1), numbered(2, { dedupeKey: 'b' }))
    const { history: seen } = watched(() => full)
    const { clock, worker, log } = setUp({ hook }, { history: seen })
    worker.start()
    await clock.advance(60_000)
    expect([hook.got.length, states()]).toEqual([0, ['E1 waiting', 'E2 waiting']])
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1)
    full = false
    await clock.advance(120_000)
    expect([hook.got.length, states()]).toEqual([2, ['E1 delivered', 'E2 delivered']])
  })

  test('that the disk refuses after an answer came is tried until the answer is stored, and nothing is sent twice', async () => {
    let full = false
    const hook = channel(() => {
      full = true
      return OK
    })
    commit(numbered(1))
    const { history: seen } = watched(() => full)
    const { clock, worker, tried } = setUp({ hook }, { history: seen })
    worker.start()
    await clock.advance(300_000)
    expect([hook.got.length, states(), tried()]).toEqual([1, ['E1 leased'], []])
    full = false
    await clock.advance(120_000)
    expect([hook.got.length, states(), tried()]).toEqual([1, ['E1 delivered'], ['hook 1 delivered: ok']])
  })
})
