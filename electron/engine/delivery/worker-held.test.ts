import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { channel, numbered, OK, setUp } from '../../../test/support/delivery.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { NOON } from '../../../test/support/rule-fixtures.ts'
import type { EventType } from '../events/model.ts'
import type { History } from '../history/history.ts'
import { openHistory } from '../history/sqlite-history.ts'
import { deliveryKeyOf } from '../rules/outbox-plan.ts'
import type { Judgement } from '../rules/route.ts'

const HOUR = 3_600_000
const MORNING = NOON + 8 * HOUR

let folder: string
let history: History
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-'))
  history = openHistory({ file: join(folder, 'history.db'), log: memoryLog(), now: () => NOON })
})
afterEach(() => {
  history.close()
  rmSync(folder, { recursive: true, force: true })
})

/** An event that is held until the morning and worth a day from then on. */
function held(n: number, type: EventType = 'job.done', until = MORNING): void {
  const { id, seq: _seq, ...draft } = numbered(n, { type, dedupeKey: `mk4|${n}` })
  const key = deliveryKeyOf(id, 'phone')
  history.commit({
    at: NOON, memories: [], suppressed: [],
    entries: [{
      draft, id,
      decisions: [{ destinationId: 'phone', seq: 1, decision: 'hold', stage: 'timeslot', reason: 'timeslot_closed', profileId: 'quiet', until, at: NOON }],
      outbox: [{ id: key, destinationId: 'phone', state: 'held', deliveryKey: key, priority: 3, jobKey: null, attempts: 0, createdAt: NOON, nextAttemptAt: until, expiresAt: until + 24 * HOUR, pictureUntil: null, releaseAt: until, cancelOn: [], leaseUntil: null, lastResult: null }],
    }],
  })
}

const titles = (phone: ReturnType<typeof channel>): string[] => phone.got.map(({ message }) => message.title)
const states = (): string[] => history.outbox({}).map((row) => `${row.eventId} ${row.state}`)

describe('what is held', () => {
  test('goes when its time comes, and not before', async () => {
    const phone = channel(OK)
    const { clock, worker } = setUp({ phone }, { history })
    held(1)
    worker.start()
    await clock.advance(8 * HOUR - 1)
    expect(titles(phone)).toEqual([])
    await clock.advance(1)
    expect(titles(phone)).toEqual(['MK4 left bench: print done'])
  })

  test('of the same time goes in one message, each with its own end in the log', async () => {
    const phone = channel(OK)
    const { clock, worker, tried } = setUp({ phone }, { history })
    for (const n of [1, 2, 3]) held(n)
    worker.start()
    await clock.advance(8 * HOUR)
    expect(titles(phone)).toEqual(['3 events while you were away'])
    expect([states(), tried().length]).toEqual([['E1 delivered', 'E2 delivered', 'E3 delivered'], 3])
  })

  test('leaves out what no longer holds, with the reason', async () => {
    const phone = channel(OK)
    const judge = (_row: unknown, event: { id: string }): Judgement => (event.id === 'E2' ? { send: false, stage: 'relevant', reason: 'job_ended' } : { send: true })
    const { clock, worker } = setUp({ phone }, { history, judge })
    for (const n of [1, 2]) held(n)
    worker.start()
    await clock.advance(8 * HOUR)
    expect(titles(phone)).toEqual(['MK4 left bench: print done'])
    expect(states()).toEqual(['E1 delivered', 'E2 cancelled'])
    expect(history.decisions('E2').map(({ seq, decision, stage, reason, profileId }) => [seq, decision, stage, reason, profileId])).toEqual([[1, 'hold', 'timeslot', 'timeslot_closed', 'quiet'], [2, 'drop', 'relevant', 'job_ended', 'quiet']])
  })

  test('waits on when its time is over again, keeps what it is worth, and goes the next time', async () => {
    const phone = channel(OK)
    const next = MORNING + 24 * HOUR
    const judge = (): Judgement => (clock.now() < next ? { send: false, stage: 'timeslot', reason: 'timeslot_closed', until: next } : { send: true })
    const { clock, worker } = setUp({ phone }, { history, judge })
    held(1)
    worker.start()
    await clock.advance(8 * HOUR)
    expect([titles(phone), states()]).toEqual([[], ['E1 held']])
    expect(history.outbox({})[0]).toMatchObject({ releaseAt: next, nextAttemptAt: next, expiresAt: next + 24 * HOUR, attempts: 0, leaseUntil: null })
    expect(history.decisions('E1').at(-1)).toMatchObject({ seq: 2, decision: 'hold', until: next })
    await clock.advance(24 * HOUR)
    expect([titles(phone), states()]).toEqual([['MK4 left bench: print done'], ['E1 delivered']])
  })

  test('does not take along what was never held', async () => {
    const phone = channel(OK)
    const { clock, worker } = setUp({ phone }, { history })
    held(1)
    worker.start()
    await clock.advance(8 * HOUR - 1)
    held(2, 'job.failed', NOON)
    worker.kick()
    await clock.advance(0)
    expect(titles(phone)).toEqual(['MK4 left bench: print failed'])
    await clock.advance(1)
    expect(titles(phone)).toEqual(['MK4 left bench: print failed', 'MK4 left bench: print done'])
  })
})
