/**
 * Takes rows out of the outbox and sends them: lease, send, mark. At least once: a row is marked only after the channel
 * spoke, and a lease that outlived its engine is sent again with the same key. Every destination goes its own way, at the pace
 * of its channel and as far as its circuit allows.
 */
import type { Verdict } from '../channels/channel.ts'
import type { OutboxRow, StoredEvent } from '../history/history.ts'
import { OVERTAKEN } from '../rules/outbox-plan.ts'
import { createAlarm } from './alarm.ts'
import { attemptOf, detailOf, nextStep, type NextStep } from './attempt.ts'
import { createBucket, type Bucket } from './bucket.ts'
import { isWary, type Circuit, type CircuitNews } from './circuit.ts'
import { createCircuits } from './circuits.ts'
import { createGathering } from './gathering.ts'
import { createLanes } from './lanes.ts'
import { createMarks } from './marks.ts'
import { LATE_AFTER_MS, LEASE_MS, type Enqueued, type OpenDestination, type WorkerPorts } from './ports.ts'
import { createResending, type Resending } from './resending.ts'
import { backOff } from './retry.ts'
import { createSender, type Tried } from './sender.ts'

export type { DestinationNews, OpenDestination, WorkerPorts } from './ports.ts'

export interface Worker extends Omit<Resending, 'endAll'> {
  /** Frees the leases of an engine that died, and begins. */
  start(): void
  /** Look now, at one destination or at all: a picture was stored, a destination opened, rows were changed. */
  kick(destinationId?: string): void
  /** These were committed: older progress of the same print that still waits is not told any more. */
  enqueued(batch: Enqueued): void
  /** The computer woke, or its network is back: whatever was put off for a while is tried now. */
  wake(): void
  /** What an event says has changed (a prompt got its choices): destinations that can update show it anew, quietly. */
  refresh(eventId: string): void
  /** A test was delivered there: what waits goes. */
  works(destinationId: string, detail: string): void
  /** Those that are in trouble. */
  troubled(): { destinationId: string; circuit: Circuit }[]
  /** Sends nothing more to the destination until `release`: resolves when what is under way there ended, after `deadlineMs` by aborting it. */
  hold(destinationId: string, deadlineMs: number): Promise<void>
  /** It was opened anew or closed: what waited for somebody to mend it goes at once, and a trouble that stays is told anew. */
  release(destinationId: string): void
  /** The destination was removed: what waits for it ends as cancelled, with a decision that says why. */
  dismiss(destinationId: string): Promise<void>
  /** Waits for what is under way at most `deadlineMs`, then aborts it and leaves its rows waiting on disk. */
  stop(deadlineMs?: number): Promise<void>
}

/** While this computer has no network, it is looked for so often; ms. */
const OFFLINE_POLL_MS = 15_000
/** Rows whose time is over, ended in one go where nothing may be sent. */
const OVERDUE_AT_ONCE = 50
/** The alarm's key for a look at everything. */
const ALL = ''

const NOT_OPEN: Verdict = { result: 'retry', after: null, why: 'The destination is not open.' }

export function createWorker(ports: WorkerPorts): Worker {
  const { history, clock, random, log } = ports
  const stopping = new AbortController()
  const lanes = createLanes(clock, (destinationId) => guarded(() => fill(destinationId)))
  const circuits = createCircuits({ history, clock, random, log, fingerprint: (destinationId) => ports.fingerprint(destinationId) })
  const alarm = createAlarm(clock, (keys) => guarded(() => (keys.includes(ALL) ? look() : keys.forEach(fill))))
  const marks = createMarks(ports, () => { if (state === 'running') alarm.atLatest(ALL, clock.now() + 1_000) })
  const buckets = new Map<string, Bucket>()
  const sender = createSender({ ports, lanes, bucket: (destinationId) => bucketOf(destinationId, ports.channels(destinationId)), stopping: stopping.signal, isRunning: () => state === 'running' })
  const gathering = createGathering(ports, marks)
  const resending = createResending(ports, marks)
  let state: 'new' | 'running' | 'stopping' | 'stopped' = 'new'
  let storageFailures = 0

  /** Runs `work` while it is time for that; a disk that fails is tried again later. */
  function guarded(work: () => void): void {
    if (state !== 'running') return
    try {
      marks.flush()
      work()
      storageFailures = 0
    } catch (error) {
      storageFailures += 1
      if (storageFailures === 1) log.error('the outbox can not be read or written; trying again', { error: error instanceof Error ? error.message : String(error) })
      alarm.atLatest(ALL, clock.now() + backOff(storageFailures, random, { baseMs: 2_000, capMs: 60_000, floorMs: 1_000 }))
    }
  }

  function look(): void {
    const now = clock.now()
    history.releaseHeld(now)
    const { at, releaseAt } = history.due()
    if (releaseAt !== null) alarm.atLatest(ALL, releaseAt)
    for (const [destinationId, when] of at) {
      if (when <= now) fill(destinationId)
      else alarm.set(destinationId, when)
    }
  }

  // ---------------------------------------------------------------------------------------------- whether one may begin
  /** Begins as many tries as may begin there now, and sees to it that somebody looks again when more may. */
  function fill(destinationId: string): void {
    for (;;) {
      if (state !== 'running' || lanes.held(destinationId)) return
      if (circuits.of(destinationId).state === 'gone') return bury(destinationId)
      const open = ports.channels(destinationId)
      const gate = gateOf(destinationId, open)
      if (gate === 'busy') return
      if (gate !== 'open') return waitFor(destinationId, gate.until)
      const [row] = history.lease(destinationId, clock.now(), LEASE_MS, 1)
      if (row === undefined) {
        alarm.set(destinationId, history.nextDue(destinationId, clock.now()))
        return
      }
      launch(row, open)
    }
  }

  /** `busy` = the end of what is under way opens it again; else not before `until` (null = not by itself). */
  function gateOf(destinationId: string, open: OpenDestination | null): 'open' | 'busy' | { until: number | null } {
    const permit = circuits.permit(destinationId)
    if (permit.may === 'one' ? lanes.busy(destinationId) : !lanes.free(destinationId, open?.capabilities.parallel)) return 'busy'
    if (permit.may === 'none') return permit
    if (open !== null && isOffline(open)) return { until: clock.now() + OFFLINE_POLL_MS }
    const wait = bucketOf(destinationId, open)?.wait() ?? 0
    return wait > 0 ? { until: clock.now() + wait } : 'open'
  }

  /** What waits before a closed gate ends at its time all the same. */
  function waitFor(destinationId: string, until: number | null): void {
    for (const row of history.overdue(destinationId, clock.now(), OVERDUE_AT_ONCE)) expire(row)
    const expiry = history.nextExpiry(destinationId)
    // Without rows there is nothing to look for: the next one comes with a kick.
    alarm.set(destinationId, expiry === null ? null : Math.min(expiry, until ?? expiry))
  }

  const isOffline = (open: OpenDestination): boolean => open.needsNetwork && ports.online() === false

  function bucketOf(destinationId: string, open: OpenDestination | null): Bucket | null {
    const rate = open?.capabilities.rate
    if (rate === undefined) return null
    const known = buckets.get(destinationId) ?? createBucket(rate, clock)
    buckets.set(destinationId, known)
    return known
  }

  // ------------------------------------------------------------------------------------------------------------ one try
  function launch(row: OutboxRow, open: OpenDestination | null): void {
    const { destinationId } = row
    const bucket = bucketOf(destinationId, open)
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
    if (open === null || row.attempts > 0 || now - row.createdAt > LATE_AFTER_MS) {
      const judgement = ports.judge(row, event)
      if (!judgement.send) return nothing(marks.drop(row, judgement.stage, judgement.reason))
    }
    if (open === null) return nothing(settle([row], { verdict: NOT_OPEN, ms: 0 }, null))
    return open.capabilities.local ? toThisDesk(row, event, open) : alone(row, event, open)
  }

  async function toThisDesk(row: OutboxRow, event: StoredEvent, open: OpenDestination): Promise<boolean> {
    const summary = gathering.summaryOf(row, event)
    if (summary === null) return alone(row, event, open)
    const tried = await sender.sendMessage(row, summary.message, open)
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
    if (verdict.result === 'retry' && verdict.after === null && open !== null && isOffline(open)) return marks.giveBack(rows, now)
    const before = circuits.of(destinationId)
    const news = circuits.verdict(destinationId, verdict)
    for (const row of rows) {
      const next = stepOf(row, verdict, circuits.of(destinationId))
      marks.put(row, attemptOf(row, verdict.result, detailOf(verdict), now, ms), next)
    }
    circuits.save()
    if (news !== null || (verdict.result === 'delivered' && isWary(before))) hurry(destinationId)
    if (news !== null) tell(destinationId, news, detailOf(verdict))
  }

  /** Where the circuit says when it is time, the row's own count of tries does not. */
  function stepOf(row: OutboxRow, verdict: Verdict, circuit: Circuit): NextStep {
    const next = nextStep(row, verdict, clock.now(), random)
    if (next.state !== 'waiting' || circuit.nextTryAt === null || (verdict.result === 'retry' && (verdict.after ?? 0) > 0)) return next
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
    const gone = (): boolean => circuits.of(destinationId).state === 'gone'
    void resending.endAll(destinationId, (row) => marks.end(row, 'gone', circuits.of(destinationId).why), () => state === 'running' && gone())
      .catch((error: unknown) => log.error('what waits for a destination that is gone could not be ended', { destinationId, error: error instanceof Error ? error.message : String(error) }))
  }

  function hurry(destinationId: string): void {
    try {
      history.hurry(destinationId, clock.now())
    } catch (error) {
      log.error('what waits for a destination could not be hurried; it goes at its time', { destinationId, error: error instanceof Error ? error.message : String(error) })
    }
  }

  /** A person wants it sent: whatever was put off there is tried now. */
  function wanted<T>(destinationId: string, done: T): T {
    if (done !== false && done !== 0) circuits.hurry(destinationId, 'person')
    guarded(() => fill(destinationId))
    return done
  }

  function overtake(row: OutboxRow): void {
    for (const older of history.olderWaiting(row, [...OVERTAKEN])) marks.drop(older, 'superseded', 'newer_progress')
  }

  return {
    start() {
      if (state !== 'new') return
      state = 'running'
      const freed = history.releaseLeases(clock.now(), true)
      if (freed > 0) log.info('deliveries that an earlier run left half done are sent again', { rows: freed })
      circuits.restore()
      guarded(look)
    },

    kick: (destinationId) => guarded(() => (destinationId === undefined ? look() : fill(destinationId))),

    enqueued({ events, outbox }) {
      const overtaking = new Set(events.flatMap(({ id, type }) => (OVERTAKEN.has(type) ? [id] : [])))
      guarded(() => {
        for (const row of outbox) {
          if (overtaking.has(row.eventId)) overtake(row)
          if (row.releaseAt !== null) alarm.atLatest(ALL, row.releaseAt)
        }
        for (const destinationId of new Set(outbox.map((row) => row.destinationId))) fill(destinationId)
      })
    },

    wake() {
      for (const destinationId of circuits.hurryAll()) hurry(destinationId)
      guarded(look)
    },

    refresh(eventId) {
      const event = history.event(eventId)
      if (event === null || state !== 'running') return
      for (const row of history.outbox({ eventId, states: ['delivered'] })) void sender.refresh(row, event)
    },

    works(destinationId, detail) {
      const news = circuits.verdict(destinationId, { result: 'delivered', detail })
      circuits.save()
      if (news === null) return
      hurry(destinationId)
      tell(destinationId, news, detail)
      guarded(() => fill(destinationId))
    },

    troubled: () => circuits.troubled(),

    sendAgain: (eventId, destinationId) => wanted(destinationId, resending.sendAgain(eventId, destinationId)),
    sendAllAgain: (destinationId) => wanted(destinationId, resending.sendAllAgain(destinationId)),
    discard: (eventId, destinationId) => resending.discard(eventId, destinationId),
    discardAll: (destinationId) => resending.discardAll(destinationId),

    hold: (destinationId, holdMs) => lanes.hold(destinationId, holdMs),

    release(destinationId) {
      circuits.change(destinationId)
      buckets.delete(destinationId)
      lanes.release(destinationId)
      if (state === 'running' && ports.channels(destinationId) !== null) hurry(destinationId)
      guarded(() => fill(destinationId))
    },

    async dismiss(destinationId) {
      circuits.forget(destinationId)
      buckets.delete(destinationId)
      alarm.set(destinationId, null)
      await resending.endAll(destinationId, (row) => marks.drop(row, 'enabled', 'destination_removed'), () => state !== 'stopped')
    },

    async stop(stopDeadlineMs = 5_000) {
      if (state === 'stopping' || state === 'stopped') return
      state = 'stopping'
      alarm.stop()
      // What waits for a picture goes now, without it.
      stopping.abort()
      await lanes.settled(stopDeadlineMs)
      state = 'stopped'
      lanes.abort()
      try {
        marks.flush()
        history.releaseLeases(clock.now(), true)
      } catch (error) {
        log.error('the outbox could not be closed; what was under way is sent again at the next start', { error: error instanceof Error ? error.message : String(error) })
      }
    },
  }
}
