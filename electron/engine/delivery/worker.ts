/**
 * Takes rows out of the outbox and sends them: lease, send, mark. At least once: a row is marked only after the channel
 * spoke, and a lease that outlived its engine is sent again with the same key. Every destination goes its own way.
 */
import type { Channel, ChannelCapabilities, Verdict } from '../channels/channel.ts'
import type { Attempt, Decision, History, OutboxRow, StoredEvent } from '../history/history.ts'
import type { Cancel, Clock, Log, Random } from '../ports.ts'
import type { Judgement } from '../rules/route.ts'
import type { SnapshotResult } from '../snapshots/snapshots.ts'
import { attempt, attemptOf, detailOf, nextStep, type NextStep } from './attempt.ts'
import { createLanes } from './lanes.ts'
import type { Message, Picture } from './message.ts'
import { createPictureWait } from './picture-wait.ts'
import { backOff } from './retry.ts'
import { renderSummary } from './summary.ts'

export interface OpenDestination {
  channel: Channel
  capabilities: Pick<ChannelCapabilities, 'image' | 'canUpdate' | 'local'>
}

/** A destination that takes nothing until someone changes something, told once; and its recovery. */
export interface DestinationNews {
  destinationId: string
  /** `gone`: the far side says that it is closed for good. */
  state: 'failing' | 'gone' | 'recovered'
  why: string
}

export interface WorkerPorts {
  history: Pick<History, 'lease' | 'due' | 'finish' | 'releaseLeases' | 'releaseHeld' | 'event' | 'addDecision' | 'decisions' | 'outbox' | 'enqueue'>
  /** The open channel of a destination; null when it is not (any more). */
  channels(destinationId: string): OpenDestination | null
  clock: Clock
  random: Random
  log: Log
  pictures: {
    /** Resolves when the event's picture is stored, is there already, or will never come. */
    whenReady(eventId: string): Promise<SnapshotResult>
  }
  render(event: StoredEvent, destinationId: string): Message
  /** Judges a row once more before a late try; see rules/route.ts judgeAgain. */
  judge(row: OutboxRow, event: StoredEvent): Judgement
  onAttempt(attempt: Attempt): void
  onDecision?(decision: Decision): void
  onDestination(news: DestinationNews): void
  /** ms; 30 s unless told. */
  sendDeadlineMs?: number
}

export interface Worker {
  /** Frees the leases of an engine that died, and begins. */
  start(): void
  /** Look now: rows were committed, a picture was stored, a destination opened, the computer woke. */
  kick(): void
  /** What an event says has changed (a prompt got its choices): destinations that can update show it anew, quietly. */
  refresh(eventId: string): void
  /** Puts what ended (dead, expired, cancelled, delivered) or waits for its next try back as due now. False = there is no such row. */
  sendAgain(eventId: string, destinationId: string): boolean
  /** Sends nothing more to the destination until `release`: resolves when what is under way there ended, after `deadlineMs` by aborting it. */
  hold(destinationId: string, deadlineMs: number): Promise<void>
  /** It was opened anew or closed: what waited for somebody to mend it goes at once, and a trouble that stays is told anew. */
  release(destinationId: string): void
  /** The destination was removed: what waits for it ends as cancelled, with a decision that says why. */
  dismiss(destinationId: string): Promise<void>
  /** Waits for what is under way at most `deadlineMs`, then aborts it and leaves its rows waiting on disk. */
  stop(deadlineMs?: number): Promise<void>
}

/** A row older than this is judged again before it is sent; ms. */
const LATE_AFTER_MS = 30_000
const LEASE_MS = 10 * 60_000
/** The timer is set anew at least this often, so that a jump of the wall clock can't hold rows back for long; ms. */
const LONGEST_SLEEP_MS = 15 * 60_000
const GATHER_AT_MOST = 50
/** Ended in one go when their destination is removed; then others have their turn. */
const DISMISS_AT_ONCE = 20
/** A summary that nobody has looked at grows for so long; then it is old news. ms */
const SUMMARY_GROWS_MS = 15 * 60_000

const NOT_OPEN: Verdict = { result: 'retry', after: null, why: 'The destination is not open.' }

export function createWorker(ports: WorkerPorts): Worker {
  const { history, clock, random, log } = ports
  const deadlineMs = ports.sendDeadlineMs ?? 30_000
  const stopping = new AbortController()
  const pictures = createPictureWait(ports.pictures, clock, stopping.signal)
  const lanes = createLanes(clock, () => look())
  /** Spoken verdicts that the disk did not take yet: sending again would ring twice. */
  const unmarked: { row: OutboxRow; attempt: Attempt; next: NextStep }[] = []
  const inTrouble = new Set<string>()
  /** In trouble until they were opened anew; nothing was sent since. */
  const mended = new Set<string>()
  /** Which row spoke last in a thread of a destination: an older one must not be updated over it. */
  const lastSpoken = new Map<string, string>()
  /** What the last summary of a destination told. */
  const summaries = new Map<string, { at: number; eventIds: string[] }>()
  let state: 'new' | 'running' | 'stopping' | 'stopped' = 'new'
  let timer: Cancel = () => undefined
  let storageFailures = 0

  function look(): void {
    if (state !== 'running') return
    timer()
    try {
      markWhatIsSpoken()
      const now = clock.now()
      history.releaseHeld(now)
      const { destinationIds, nextAt } = history.due(now)
      for (const destinationId of destinationIds) fill(destinationId)
      storageFailures = 0
      if (nextAt !== null) sleep(Math.max(20, nextAt - clock.now()))
    } catch (error) {
      storageFailures += 1
      if (storageFailures === 1) log.error('the outbox can not be read or written; trying again', { error: error instanceof Error ? error.message : String(error) })
      sleep(backOff(storageFailures, random, { baseMs: 2_000, capMs: 60_000, floorMs: 1_000 }))
    }
  }

  function sleep(ms: number): void {
    timer()
    timer = clock.after(Math.min(ms, LONGEST_SLEEP_MS), look)
  }

  function fill(destinationId: string): void {
    while (lanes.free(destinationId)) {
      const [row] = history.lease(destinationId, clock.now(), LEASE_MS, 1)
      if (row === undefined) return
      launch(row)
    }
  }

  function launch(row: OutboxRow): void {
    lanes.enter(row.destinationId, () => handle(row).catch((error: unknown) => {
      log.error('a delivery broke', { eventId: row.eventId, destinationId: row.destinationId, error: error instanceof Error ? error.name : typeof error })
      settle([row], { result: 'retry', after: null, why: 'Printbell could not make the message.' }, 0)
    }))
  }

  async function handle(row: OutboxRow): Promise<void> {
    const now = clock.now()
    if (now >= row.expiresAt) return end(row, 'expired', row.lastResult === null ? 'Not sent in time.' : `Not delivered in time. Last: ${row.lastResult}`)
    const event = history.event(row.eventId)
    if (event === null) return end(row, 'cancelled', 'The event is no longer in the history.')
    const open = ports.channels(row.destinationId)
    if (open === null || row.attempts > 0 || now - row.createdAt > LATE_AFTER_MS) {
      const judgement = ports.judge(row, event)
      if (!judgement.send) return refuse(row, judgement)
    }
    if (open === null) return settle([row], NOT_OPEN, 0)
    if (open.capabilities.local && belated(row, event)) {
      const others = gather(row)
      if (others.length > 0 || toldBefore(row.destinationId).length > 0) return sendTogether([{ row, event }, ...others], open)
    }
    return send(row, event, open)
  }

  async function send(row: OutboxRow, event: StoredEvent, { capabilities }: OpenDestination): Promise<void> {
    const { canUpdate, image } = capabilities
    const wantsPicture = event.snapshot !== 'none' && image !== 'none'
    const picture = wantsPicture && !canUpdate && row.pictureUntil !== null ? await pictures.until(row.eventId, row.pictureUntil) : null
    // It may have been opened anew while the picture was waited for.
    const open = ports.channels(row.destinationId)
    if (open === null) return settle([row], NOT_OPEN, 0)
    const message = ports.render(event, row.destinationId)
    const thread = spoke(row, message)
    const begun = clock.monotonic()
    const verdict = await attempt(open.channel, { message, picture, deliveryKey: row.deliveryKey, attempt: row.attempts + 1, update: false }, { clock, log, deadlineMs, stop: lanes.signal(row.destinationId) })
    settle([row], verdict, clock.monotonic() - begun)
    if (verdict.result === 'delivered' && wantsPicture && canUpdate) void update(row, event, open, thread)
  }

  /** News of what is over, or that could not be told for a while: at this desk it is told together. */
  function belated(row: OutboxRow, event: StoredEvent): boolean {
    return event.late || clock.now() - row.createdAt > LATE_AFTER_MS
  }

  /** What the last summary told and nobody has looked at: a second one would take its place on the screen, so it tells that too. */
  function toldBefore(destinationId: string): StoredEvent[] {
    const last = summaries.get(destinationId)
    if (last === undefined || clock.now() - last.at > SUMMARY_GROWS_MS) return []
    return last.eventIds.flatMap((id) => {
      const event = history.event(id)
      return event !== null && event.seenAt === null ? [event] : []
    })
  }

  /** Late news for this desk becomes one message. */
  async function sendTogether(members: { row: OutboxRow; event: StoredEvent }[], open: OpenDestination): Promise<void> {
    const [first] = members
    if (first === undefined) return
    const { destinationId, deliveryKey } = first.row
    const events = [...toldBefore(destinationId), ...members.map((member) => member.event)]
    const message = renderSummary(events)
    const begun = clock.monotonic()
    const verdict = await attempt(open.channel, { message, picture: null, deliveryKey, attempt: 1, update: false }, { clock, log, deadlineMs, stop: lanes.signal(destinationId) })
    if (verdict.result === 'delivered') summaries.set(destinationId, { at: clock.now(), eventIds: events.map((event) => event.id) })
    settle(members.map((member) => member.row), verdict, clock.monotonic() - begun)
  }

  /** Takes what else waits at the destination, due or not: belated news is returned, the rest goes its own way. */
  function gather(row: OutboxRow): { row: OutboxRow; event: StoredEvent }[] {
    const now = clock.now()
    const waiting = history.outbox({ destinationId: row.destinationId, states: ['waiting'], limit: GATHER_AT_MOST })
    // Each waits for its own next try: told together they all go now.
    const early = waiting.filter((other) => {
      const event = other.nextAttemptAt > now ? history.event(other.eventId) : null
      return event !== null && belated(other, event)
    })
    if (early.length > 0) history.enqueue(early.map((other) => ({ ...other, nextAttemptAt: now })))
    const together: { row: OutboxRow; event: StoredEvent }[] = []
    for (const other of history.lease(row.destinationId, now, LEASE_MS, GATHER_AT_MOST)) {
      const event = history.event(other.eventId)
      if (event === null || now >= other.expiresAt || !belated(other, event)) {
        launch(other)
        continue
      }
      const judgement = ports.judge(other, event)
      if (judgement.send) together.push({ row: other, event })
      else refuse(other, judgement)
    }
    return together
  }

  /** Text first, the picture by an update; one try, because the text was told. */
  async function update(row: OutboxRow, event: StoredEvent, open: OpenDestination, thread: string): Promise<void> {
    const picture = await pictures.eventually(row.eventId)
    // Rendered anew: what the event offers (a prompt's choices) may have come meanwhile.
    if (picture !== null) await change(row, ports.render(event, row.destinationId), open, thread, picture)
  }

  async function refreshRow(row: OutboxRow, event: StoredEvent): Promise<void> {
    const open = ports.channels(row.destinationId)
    if (open === null || !open.capabilities.canUpdate) return
    const shown = event.snapshot !== 'none' && open.capabilities.image !== 'none' ? await pictures.until(row.eventId, clock.now()) : null
    const message = ports.render(event, row.destinationId)
    await change(row, message, open, threadOf(row, message), shown)
  }

  /** Shows a message anew where it is still the last word of its thread. */
  async function change(row: OutboxRow, message: Message, open: OpenDestination, thread: string, picture: Picture | null): Promise<void> {
    if (state !== 'running' || lastSpoken.get(thread) !== row.id || ports.channels(row.destinationId)?.channel !== open.channel) return
    const verdict = await attempt(open.channel, { message, picture, deliveryKey: row.deliveryKey, attempt: row.attempts + 1, update: true }, { clock, log, deadlineMs, stop: lanes.signal(row.destinationId) })
    if (verdict.result !== 'delivered') log.info('a message could not be changed', { eventId: row.eventId, destinationId: row.destinationId, why: verdict.why })
  }

  function threadOf(row: OutboxRow, message: Message): string {
    return `${row.destinationId}|${message.threadKey}`
  }

  function spoke(row: OutboxRow, message: Message): string {
    const thread = threadOf(row, message)
    lastSpoken.delete(thread)
    lastSpoken.set(thread, row.id)
    const [oldest] = lastSpoken.keys()
    if (lastSpoken.size > 1_000 && oldest !== undefined) lastSpoken.delete(oldest)
    return thread
  }

  function refuse(row: OutboxRow, judgement: Exclude<Judgement, { send: true }>): void {
    const earlier = history.decisions(row.eventId).filter((decision) => decision.destinationId === row.destinationId)
    const decision: Decision = {
      eventId: row.eventId, destinationId: row.destinationId, seq: Math.max(1, ...earlier.map((each) => each.seq)) + 1,
      decision: 'drop', stage: judgement.stage, reason: judgement.reason, profileId: null, until: null, at: clock.now(),
    }
    history.addDecision(decision)
    ports.onDecision?.(decision)
    end(row, 'cancelled', `No longer to be sent: ${judgement.reason}`)
  }

  function end(row: OutboxRow, result: 'expired' | 'cancelled', detail: string): void {
    mark(row, attemptOf(row, result, detail, clock.now(), 0), { state: result })
  }

  function tryNow(destinationId: string): void {
    const now = clock.now()
    try {
      const later = history.outbox({ destinationId, states: ['waiting'], limit: GATHER_AT_MOST }).filter((row) => row.attempts > 0 && row.nextAttemptAt > now)
      history.enqueue(later.map((row) => ({ ...row, nextAttemptAt: now })))
    } catch (error) {
      log.error('what waits for a destination could not be hurried; it goes at its time', { destinationId, error: error instanceof Error ? error.message : String(error) })
    }
  }

  function settle(rows: readonly OutboxRow[], verdict: Verdict, ms: number): void {
    // After the end the rows are free again: somebody else sends them, so nothing may be marked.
    if (state === 'stopped') return
    const now = clock.now()
    for (const row of rows) mark(row, attemptOf(row, verdict.result, detailOf(verdict), now, ms), nextStep(row, verdict, now, random))
    const destinationId = rows[0]?.destinationId
    if (destinationId !== undefined) tellTrouble(destinationId, verdict)
  }

  function tellTrouble(destinationId: string, verdict: Verdict): void {
    if (verdict.result === 'delivered') {
      const recovered = [inTrouble.delete(destinationId), mended.delete(destinationId)].includes(true)
      if (recovered) ports.onDestination({ destinationId, state: 'recovered', why: verdict.detail })
    }
    const closed = verdict.result === 'gone' || (verdict.result === 'rejected' && verdict.scope === 'destination')
    if (!closed || inTrouble.has(destinationId)) return
    inTrouble.add(destinationId)
    ports.onDestination({ destinationId, state: verdict.result === 'gone' ? 'gone' : 'failing', why: verdict.why })
  }

  function mark(row: OutboxRow, spoken: Attempt, next: NextStep): void {
    unmarked.push({ row, attempt: spoken, next })
    try {
      markWhatIsSpoken()
    } catch (error) {
      log.error('what became of a delivery could not be stored; trying again', { eventId: row.eventId, destinationId: row.destinationId, error: error instanceof Error ? error.message : String(error) })
      if (state === 'running') sleep(1_000)
    }
  }

  /** @throws HistoryError when the disk does not take it; what is left stays in the list. */
  function markWhatIsSpoken(): void {
    for (let next = unmarked[0]; next !== undefined; next = unmarked[0]) {
      history.finish(next.row, next.attempt, next.next)
      unmarked.shift()
      ports.onAttempt(next.attempt)
    }
  }

  return {
    start() {
      if (state !== 'new') return
      state = 'running'
      const freed = history.releaseLeases(clock.now(), true)
      if (freed > 0) log.info('deliveries that an earlier run left half done are sent again', { rows: freed })
      look()
    },

    kick: look,

    refresh(eventId) {
      const event = history.event(eventId)
      if (event === null || state !== 'running') return
      for (const row of history.outbox({ eventId, states: ['delivered'] })) void refreshRow(row, event)
    },

    sendAgain(eventId, destinationId) {
      const row = history.outbox({ eventId, destinationId }).at(-1)
      if (row === undefined || row.state === 'leased') return false
      const now = clock.now()
      const waits = row.state === 'waiting' || row.state === 'held'
      // What was delivered is wanted twice: with the old key the far side would swallow it.
      const deliveryKey = row.state === 'delivered' ? `${row.deliveryKey}~${now}` : row.deliveryKey
      history.enqueue([{
        ...row, state: 'waiting', deliveryKey, nextAttemptAt: now, releaseAt: null, leaseUntil: null, cancelOn: [],
        ...(waits ? {} : { attempts: 0, createdAt: now, expiresAt: now + (row.expiresAt - row.createdAt) }),
        pictureUntil: row.pictureUntil === null ? null : now,
      }])
      look()
      return true
    },

    hold: (destinationId, holdMs) => lanes.hold(destinationId, holdMs),

    release(destinationId) {
      if (inTrouble.delete(destinationId)) mended.add(destinationId)
      lanes.release(destinationId)
      if (state === 'running' && ports.channels(destinationId) !== null) tryNow(destinationId)
      look()
    },

    async dismiss(destinationId) {
      const dismissed = new Set<string>()
      while (state !== 'stopped') {
        const rows = history.outbox({ destinationId, states: ['waiting', 'held'], limit: DISMISS_AT_ONCE }).filter(({ id }) => !dismissed.has(id))
        for (const row of rows) {
          dismissed.add(row.id)
          refuse(row, { send: false, stage: 'enabled', reason: 'destination_removed' })
        }
        // Those that the disk did not take end when they are due: they are judged then.
        if (rows.length < DISMISS_AT_ONCE) return
        await new Promise<void>((done) => { clock.after(0, done) })
      }
    },

    async stop(stopDeadlineMs = 5_000) {
      if (state === 'stopping' || state === 'stopped') return
      state = 'stopping'
      timer()
      // What waits for a picture goes now, without it.
      stopping.abort()
      await lanes.settled(stopDeadlineMs)
      state = 'stopped'
      lanes.abort()
      try {
        markWhatIsSpoken()
        history.releaseLeases(clock.now(), true)
      } catch (error) {
        log.error('the outbox could not be closed; what was under way is sent again at the next start', { error: error instanceof Error ? error.message : String(error) })
      }
    },
  }
}
