/**
 * Takes rows out of the outbox and sends them: lease, send, mark. At least once: a row is marked only after the channel
 * spoke, and a lease that outlived its engine is sent again with the same key. Every destination goes its own way, at the pace
 * of its channel and as far as its circuit allows.
 */
import type { Verdict } from '../channels/channel.ts'
import type { OutboxRow, StoredEvent } from '../history/history.ts'
import type { Cancel } from '../ports.ts'
import { OVERTAKEN } from '../rules/outbox-plan.ts'
import type { Judgement } from '../rules/route.ts'
import { createAlarm } from './alarm.ts'
import { attemptOf, detailOf, nextStep, type NextStep } from './attempt.ts'
import { asksForQuiet, isWary, type Circuit, type CircuitNews } from './circuit.ts'
import { createCircuits } from './circuits.ts'
import { createGates } from './gate.ts'
import { createGathering, isHeldNews } from './gathering.ts'
import { createLanes } from './lanes.ts'
import { createMarks } from './marks.ts'
import { LATE_AFTER_MS, LEASE_MS, type OpenDestination, type Worker, type WorkerPorts } from './ports.ts'
import { createResending } from './resending.ts'
import { backOff } from './retry.ts'
import { createSender, type Tried } from './sender.ts'

export type { DestinationNews, OpenDestination, Worker, WorkerPorts } from './ports.ts'

/** Rows whose time is over, ended in one go where nothing may be sent. */
const OVERDUE_AT_ONCE = 50
/** The alarm's key for a look at everything. */
const ALL = ''
/** No bound for what may be found. */
const EVERYTHING = Number.MAX_SAFE_INTEGER

const NOT_OPEN: Verdict = { result: 'retry', after: null, why: 'The destination is not open.' }

export function createWorker(ports: WorkerPorts): Worker {
  const { history, clock, random, log } = ports
  const stopping = new AbortController()
  const lanes = createLanes(clock, (destinationId) => {
    ended.set(destinationId, (ended.get(destinationId) ?? 0) + 1)
    soon()
  })
  const circuits = createCircuits({ history, clock, random, log, fingerprint: (destinationId) => ports.fingerprint(destinationId), onMore: () => soon() })
  const alarm = createAlarm(clock, (keys) => {
    for (const key of keys) toLookAt.add(key)
    turn()
  })
  const marks = createMarks(ports, () => soon())
  const gates = createGates(ports, lanes, circuits)
  const sender = createSender({ ports, lanes, bucket: (destinationId) => gates.bucket(destinationId, ports.channels(destinationId)), stopping: stopping.signal, isRunning: () => state === 'running' })
  const gathering = createGathering(ports, marks)
  const resending = createResending(ports, marks)
  /** Destinations where something may begin; ALL = everywhere. */
  const toLookAt = new Set<string>()
  /** How many tries ended at a destination since the last turn. */
  const ended = new Map<string, number>()
  /** Destinations that had nothing more to begin when they were last looked through: there, one that ended makes room for one at most. */
  const drained = new Set<string>()
  const burying = new Set<string>()
  let state: 'new' | 'running' | 'stopping' | 'stopped' = 'new'
  let cancelTurn: Cancel | null = null
  let inTurn = false
  let storageFailures = 0

  // ------------------------------------------------------------------------------------------------------------- a turn
  /** A turn after what happens right now: what ends at the same moment is written, and what begins then is leased, in one go. */
  function soon(destinationId?: string): void {
    if (destinationId !== undefined) toLookAt.add(destinationId)
    if (state === 'running') cancelTurn ??= clock.after(0, turn)
  }

  /** Marks what ended and leases what may begin, in one transaction: the disk is waited for once, however much that is. */
  function turn(): void {
    cancelTurn?.()
    cancelTurn = null
    if (state !== 'running') return
    if (inTurn) return soon()
    inTurn = true
    try {
      const begun = history.together(() => {
        marks.write()
        circuits.write()
        return [...lookedAt()].flatMap(([destinationId, most]) => leased(destinationId, most))
      })
      marks.written()
      circuits.written()
      storageFailures = 0
      for (const row of begun) launch(row)
      if (toLookAt.size > 0) soon()
    } catch (error) {
      storageFailures += 1
      if (storageFailures === 1) log.error('the outbox can not be read or written; trying again', { error: error instanceof Error ? error.message : String(error) })
      alarm.atLatest(ALL, clock.now() + backOff(storageFailures, random, { baseMs: 2_000, capMs: 60_000, floorMs: 1_000 }))
    } finally {
      inTurn = false
    }
  }

  /** Which destinations are to be looked at now, and how many rows can be found there at most. */
  function lookedAt(): Map<string, number> {
    const most = new Map([...ended].map(([destinationId, count]) => [destinationId, drained.has(destinationId) ? count : EVERYTHING]))
    ended.clear()
    if (toLookAt.has(ALL)) lookEverywhere()
    for (const destinationId of toLookAt) most.set(destinationId, EVERYTHING)
    toLookAt.clear()
    most.delete(ALL)
    return most
  }

  function lookEverywhere(): void {
    const now = clock.now()
    history.releaseHeld(now)
    const { at, releaseAt } = history.due()
    if (releaseAt !== null) alarm.atLatest(ALL, releaseAt)
    for (const [destinationId, when] of at) {
      if (when <= now) toLookAt.add(destinationId)
      else alarm.set(destinationId, when)
    }
  }

  // ---------------------------------------------------------------------------------------------- whether one may begin
  /** Leases as many rows as may begin there now, `atMost` so many, and sees to it that somebody looks again when more may. */
  function leased(destinationId: string, atMost: number): OutboxRow[] {
    if (lanes.held(destinationId)) return []
    if (circuits.of(destinationId).state === 'gone') {
      bury(destinationId)
      return []
    }
    const open = ports.channels(destinationId)
    const gate = gates.of(destinationId, open)
    if ('until' in gate) waitFor(destinationId, gate.until)
    // The end of what is under way opens it again.
    if ('until' in gate || gate.open === 0) return []
    // At this desk the first row may take the others along, in one message.
    const most = open?.capabilities.local ? 1 : Math.min(gate.open, atMost)
    const rows = firstOfReleased(history.lease(destinationId, clock.now(), LEASE_MS, most))
    // Its alarm holds: whatever is put back for later asks for a look of its own.
    if (atMost < EVERYTHING) return rows
    if (rows.length < most) {
      drained.add(destinationId)
      alarm.set(destinationId, history.nextDue(destinationId, clock.now()))
      return rows
    }
    drained.delete(destinationId)
    if (most < gate.open) toLookAt.add(destinationId)
    return rows
  }

  /** Of those that were held back until now one begins, and takes the others along. */
  function firstOfReleased(rows: OutboxRow[]): OutboxRow[] {
    const [, ...others] = rows.filter(isHeldNews)
    if (others.length === 0) return rows
    history.giveBack(others.map(({ id }) => id), clock.now())
    return rows.filter((row) => !others.includes(row))
  }

  /** What waits before a closed gate ends at its time all the same. */
  function waitFor(destinationId: string, until: number | null): void {
    const expiry = history.nextExpiry(destinationId)
    if (expiry !== null && expiry <= clock.now()) for (const row of history.overdue(destinationId, clock.now(), OVERDUE_AT_ONCE)) expire(row)
    // Without rows there is nothing to look for: the next one comes with a turn of its own.
    alarm.set(destinationId, expiry === null ? null : Math.min(expiry, until ?? expiry))
  }

  // ------------------------------------------------------------------------------------------------------------ one try
  function launch(row: OutboxRow): void {
    const { destinationId } = row
    const bucket = gates.bucket(destinationId, ports.channels(destinationId))
    bucket?.take()
    circuits.begin(destinationId)
    lanes.enter(destinationId, async () => {
      try {
        const sent = await handle(row)
        if (!sent) bucket?.giveBack()
      } catch (error) {
        log.error('a delivery broke', { eventId: row.eventId, destinationId, error: error instanceof Error ? error.name : typeof error })
        settle([row], { verdict: { result: 'retry', after: null, why: 'Printbell could not make the message.' }, ms: 0 }, null)
      }
      // The last one here: whoever ended without a word must not keep the next probe waiting.
      circuits.noWord(destinationId)
    })
  }

  /** @returns whether anything was sent */
  async function handle(row: OutboxRow): Promise<boolean> {
    const now = clock.now()
    if (now >= row.expiresAt) return nothing(expire(row))
    const event = history.event(row.eventId)
    if (event === null) return nothing(marks.end(row, 'cancelled', 'The event is no longer in the history.'))
    const open = ports.channels(row.destinationId)
    if (open === null || row.attempts > 0 || row.releaseAt !== null || now - row.createdAt > LATE_AFTER_MS) {
      const judgement = ports.judge(row, event)
      if (!judgement.send) return nothing(notNow(row, judgement))
    }
    if (open === null) return nothing(settle([row], { verdict: NOT_OPEN, ms: 0 }, null))
    return open.capabilities.local || isHeldNews(row) ? together(row, event, open) : alone(row, event, open)
  }

  /** It is dropped, or waits on until it is judged once more. */
  function notNow(row: OutboxRow, { stage, reason, until }: Exclude<Judgement, { send: true }>): void {
    if (until === undefined) return marks.drop(row, stage, reason)
    marks.hold(row, stage, reason, until)
    alarm.atLatest(ALL, until)
  }

  /** News for this desk that is belated, and elsewhere what was held back for the same time, goes in one message. */
  async function together(row: OutboxRow, event: StoredEvent, open: OpenDestination): Promise<boolean> {
    const summary = gathering.summaryOf(row, event, open.capabilities)
    if (summary === null) return alone(row, event, open)
    const amended = summary.amends && await sender.amend(row, summary.amends, summary.amends.message, open)
    const tried = amended ?? await sender.sendMessage(row, summary.message, open)
    if (tried.verdict.result === 'delivered') summary.shown()
    settle(summary.rows, tried, open)
    return true
  }

  async function alone(row: OutboxRow, event: StoredEvent, open: OpenDestination): Promise<boolean> {
    const tried = await sender.send(row, event, open)
    settle([row], tried ?? { verdict: NOT_OPEN, ms: 0 }, open)
    return tried !== null
  }

  const nothing = (_ended: void): false => false

  function expire(row: OutboxRow): void {
    marks.end(row, 'expired', row.lastResult === null ? 'Not sent in time.' : `Not delivered in time. Last: ${row.lastResult.replace(/^(retry|rejected): /, '')}`)
  }

  function settle(rows: readonly OutboxRow[], { verdict, ms }: Tried, open: OpenDestination | null): void {
    // After the end the rows are free again: somebody else sends them, so nothing may be marked.
    const destinationId = rows[0]?.destinationId
    if (state === 'stopped' || destinationId === undefined) return
    const now = clock.now()
    // Nobody could hear: that says nothing of the destination, and costs the message nothing.
    if (verdict.result === 'retry' && !asksForQuiet(verdict) && open !== null && gates.isOffline(open)) {
      marks.giveBack(rows, now)
      return soon(destinationId)
    }
    const before = circuits.of(destinationId)
    const news = circuits.verdict(destinationId, verdict)
    for (const row of rows) {
      const next = stepOf(row, verdict, circuits.of(destinationId))
      marks.put(row, attemptOf(row, verdict.result, detailOf(verdict), now, ms), next)
      if (next.state === 'waiting') soon(destinationId)
    }
    if (news !== null || (verdict.result === 'delivered' && isWary(before))) hurry(destinationId)
    if (news !== null) tell(destinationId, news, detailOf(verdict))
  }

  /** Where the circuit says when it is time, the row's own count of tries does not. */
  function stepOf(row: OutboxRow, verdict: Verdict, circuit: Circuit): NextStep {
    const next = nextStep(row, verdict, clock.now(), random)
    if (next.state !== 'waiting' || circuit.nextTryAt === null || asksForQuiet(verdict)) return next
    return { ...next, nextAttemptAt: Math.min(row.expiresAt, circuit.nextTryAt) }
  }

  function tell(destinationId: string, news: Exclude<CircuitNews, null>, why: string): void {
    if (news === 'gone') bury(destinationId)
    try {
      ports.onDestination({ destinationId, state: news, why })
    } catch (error) {
      log.error('how a destination does could not be passed on', { destinationId, error: error instanceof Error ? error.message : String(error) })
    }
  }

  /** What waits at a destination that is gone becomes dead letters: they can be sent again when somebody mends it. */
  function bury(destinationId: string): void {
    if (burying.has(destinationId)) return
    burying.add(destinationId)
    const gone = (): boolean => circuits.of(destinationId).state === 'gone'
    void resending.endAll(destinationId, (row) => marks.end(row, 'gone', circuits.of(destinationId).why), () => state === 'running' && gone())
      .catch((error: unknown) => log.error('what waits for a destination that is gone could not be ended', { destinationId, error: error instanceof Error ? error.message : String(error) }))
      .finally(() => burying.delete(destinationId))
  }

  function hurry(destinationId: string): void {
    soon(destinationId)
    try {
      history.hurry(destinationId, clock.now())
    } catch (error) {
      log.error('what waits for a destination could not be hurried; it goes at its time', { destinationId, error: error instanceof Error ? error.message : String(error) })
    }
  }

  /** A person wants it sent: whatever was put off there is tried now. */
  function wanted<T>(destinationId: string, done: T): T {
    if (done !== false && done !== 0) circuits.hurry(destinationId, 'person')
    look(destinationId)
    return done
  }

  /** Whoever asks again finds it done. */
  function afterwards<T>(done: T): T {
    turn()
    return done
  }

  function look(destinationId: string): void {
    toLookAt.add(destinationId)
    turn()
  }

  function overtake(row: OutboxRow): void {
    const older = history.olderWaiting(row, [...OVERTAKEN])
    for (const one of older) marks.drop(one, 'superseded', 'newer_progress')
    if (older.length > 0) turn()
  }

  return {
    start() {
      if (state !== 'new') return
      state = 'running'
      const freed = history.releaseLeases(clock.now(), true)
      if (freed > 0) log.info('deliveries that an earlier run left half done are sent again', { rows: freed })
      circuits.restore()
      look(ALL)
    },

    kick: (destinationId) => soon(destinationId ?? ALL),

    enqueued({ events, outbox }) {
      const overtaking = new Set(events.flatMap(({ id, type }) => (OVERTAKEN.has(type) ? [id] : [])))
      try {
        for (const row of outbox) if (overtaking.has(row.eventId)) overtake(row)
      } finally {
        for (const row of outbox) {
          if (row.releaseAt !== null) alarm.atLatest(ALL, row.releaseAt)
          soon(row.destinationId)
        }
      }
    },

    wake() {
      alarm.jumped()
      for (const destinationId of circuits.hurryAll()) hurry(destinationId)
      look(ALL)
    },

    refresh(eventId) {
      const event = history.event(eventId)
      if (event === null || state !== 'running') return
      for (const row of history.outbox({ eventId, states: ['delivered'] })) void sender.refresh(row, event)
    },

    works(destinationId, detail) {
      const news = circuits.verdict(destinationId, { result: 'delivered', detail })
      if (news === null) return
      hurry(destinationId)
      tell(destinationId, news, detail)
      look(destinationId)
    },

    troubled: () => circuits.troubled(),

    sendAgain: (eventId, destinationId) => wanted(destinationId, resending.sendAgain(eventId, destinationId)),
    sendAllAgain: (destinationId) => wanted(destinationId, resending.sendAllAgain(destinationId)),
    discard: (eventId, destinationId) => afterwards(resending.discard(eventId, destinationId)),
    discardAll: (destinationId) => afterwards(resending.discardAll(destinationId)),

    hold: (destinationId, holdMs) => lanes.hold(destinationId, holdMs),

    release(destinationId) {
      circuits.change(destinationId)
      gates.forget(destinationId)
      lanes.release(destinationId)
      if (state === 'running' && ports.channels(destinationId) !== null) hurry(destinationId)
      soon(destinationId)
    },

    async dismiss(destinationId) {
      drained.delete(destinationId)
      circuits.forget(destinationId)
      gates.forget(destinationId)
      alarm.set(destinationId, null)
      await resending.endAll(destinationId, (row) => marks.drop(row, 'enabled', 'destination_removed'), () => state !== 'stopped')
    },

    async stop(stopDeadlineMs = 5_000) {
      if (state === 'stopping' || state === 'stopped') return
      state = 'stopping'
      alarm.stop()
      cancelTurn?.()
      // What waits for a picture goes now, without it.
      stopping.abort()
      await lanes.settled(stopDeadlineMs)
      state = 'stopped'
      alarm.stop()
      lanes.abort()
      try {
        history.together(() => {
          marks.write()
          circuits.write()
          history.releaseLeases(clock.now(), true)
        })
        marks.written()
      } catch (error) {
        log.error('the outbox could not be closed; what was under way is sent again at the next start', { error: error instanceof Error ? error.message : String(error) })
      }
    },
  }
}
