/** One row on its way: its picture, its words, one try, and later what changes in a message that was told. */
import type { Verdict } from '../channels/channel.ts'
import type { OutboxRow, StoredEvent } from '../history/history.ts'
import { attempt } from './attempt.ts'
import type { Bucket } from './bucket.ts'
import type { Lanes } from './lanes.ts'
import type { Message, Picture } from './message.ts'
import { createPictureWait } from './picture-wait.ts'
import { LATE_AFTER_MS, type OpenDestination, type WorkerPorts } from './ports.ts'

export interface Tried {
  verdict: Verdict
  /** On a monotonic clock. */
  ms: number
}

export interface Sender {
  /** Tries once. Null = the destination was closed while the picture was waited for. */
  send(row: OutboxRow, event: StoredEvent, open: OpenDestination): Promise<Tried | null>
  /** Tries once with a message that tells several events. */
  sendMessage(row: OutboxRow, message: Message, open: OpenDestination): Promise<Tried>
  /** Changes what was told of the first event into a message that tells of several, and keeps its picture. Null = that is not possible (any more), so a message of its own is due. */
  amend(row: OutboxRow, first: { row: OutboxRow; event: StoredEvent }, message: Message, open: OpenDestination): Promise<Tried | null>
  /** Shows what was told anew, where that is possible and it is still the last word. */
  refresh(row: OutboxRow, event: StoredEvent): Promise<void>
}

export interface SenderParts {
  ports: WorkerPorts
  lanes: Pick<Lanes, 'signal'>
  /** Null = there is no limit there. */
  bucket(destinationId: string): Bucket | null
  /** Ends every wait for a picture. */
  stopping: AbortSignal
  isRunning(): boolean
}

const DEADLINE_MS = 30_000
/** A change that would have to wait longer for its turn is left out: its text was told. ms */
const TURN_WAIT_MS = 60_000
/** Threads whose last word is known. */
const THREADS = 1_000

export function createSender({ ports, lanes, bucket, stopping, isRunning }: SenderParts): Sender {
  const { clock, log } = ports
  const pictures = createPictureWait(ports.pictures, clock, stopping)
  /** Which row spoke last in a thread of a destination: an older one must not be updated over it. */
  const lastSpoken = new Map<string, string>()

  function tryOnce(row: OutboxRow, message: Message, picture: Picture | null, open: OpenDestination, update: boolean): Promise<Verdict> {
    return attempt(open.channel, { message, picture, deliveryKey: row.deliveryKey, attempt: row.attempts + 1, update },
      { clock, log, deadlineMs: open.capabilities.deadlineMs ?? DEADLINE_MS, stop: lanes.signal(row.destinationId) })
  }

  async function timed(row: OutboxRow, message: Message, picture: Picture | null, open: OpenDestination): Promise<Tried> {
    const begun = clock.monotonic()
    const verdict = await tryOnce(row, message, picture, open, false)
    return { verdict, ms: clock.monotonic() - begun }
  }

  /** Whether the event is so old by now that its message must say when that was; what is sent again by hand has a new row. */
  const isLate = (row: OutboxRow, event: StoredEvent): boolean => clock.now() - Math.min(row.createdAt, event.observedAt) > LATE_AFTER_MS

  async function send(row: OutboxRow, event: StoredEvent, { capabilities }: OpenDestination): Promise<Tried | null> {
    const { canUpdate, image } = capabilities
    const wantsPicture = event.snapshot !== 'none' && image !== 'none'
    const picture = wantsPicture && !canUpdate && row.pictureUntil !== null ? await pictures.until(row.eventId, row.pictureUntil) : null
    // It may have been opened anew while the picture was waited for.
    const open = ports.channels(row.destinationId)
    if (open === null) return null
    const late = isLate(row, event)
    const message = ports.render(event, row.destinationId, late)
    const thread = spoke(row, message)
    const tried = await timed(row, message, picture, open)
    if (tried.verdict.result === 'delivered' && wantsPicture && canUpdate) void update(row, event, open, { thread, late })
    return tried
  }

  /** Text first, the picture by an update; one try, because the text was told. */
  async function update(row: OutboxRow, event: StoredEvent, open: OpenDestination, told: { thread: string; late: boolean }): Promise<void> {
    const picture = await pictures.eventually(row.eventId)
    // Rendered anew: what the event offers (a prompt's choices) may have come meanwhile.
    if (picture !== null) await change(row, ports.render(event, row.destinationId, told.late), open, told.thread, picture)
  }

  async function amend(row: OutboxRow, first: { row: OutboxRow; event: StoredEvent }, message: Message, open: OpenDestination): Promise<Tried | null> {
    const thread = threadOf(row, message)
    if (lastSpoken.get(thread) !== first.row.id) return null
    // From now on the first one's picture does not take its place.
    lastSpoken.set(thread, row.id)
    const picture = await shownWith(first.row, first.event, open)
    const begun = clock.monotonic()
    const verdict = await tryOnce({ ...row, deliveryKey: first.row.deliveryKey }, message, picture, open, true)
    const tried = { verdict, ms: clock.monotonic() - begun }
    if (verdict.result === 'delivered' && verdict.unchanged !== true) return tried
    if (lastSpoken.get(thread) === row.id) lastSpoken.set(thread, first.row.id)
    return verdict.result === 'retry' ? tried : null
  }

  /** The picture of what was told, as far as it is there by now. */
  async function shownWith(row: OutboxRow, event: StoredEvent, open: OpenDestination): Promise<Picture | null> {
    return event.snapshot !== 'none' && open.capabilities.image !== 'none' ? pictures.until(row.eventId, clock.now()) : null
  }

  async function refresh(row: OutboxRow, event: StoredEvent): Promise<void> {
    const open = ports.channels(row.destinationId)
    if (open === null || !open.capabilities.canUpdate) return
    const shown = await shownWith(row, event, open)
    const message = ports.render(event, row.destinationId, false)
    await change(row, message, open, threadOf(row, message), shown)
  }

  /** Shows a message anew where it is still the last word of its thread. Whatever comes of it, the text is not sent again. */
  async function change(row: OutboxRow, message: Message, open: OpenDestination, thread: string, picture: Picture | null): Promise<void> {
    const stillHolds = (): boolean => isRunning() && lastSpoken.get(thread) === row.id && ports.channels(row.destinationId)?.channel === open.channel
    if (!stillHolds() || !(await turnOf(row.destinationId)) || !stillHolds()) return
    const verdict = await tryOnce(row, message, picture, open, true)
    if (verdict.result !== 'delivered') log.info('a message could not be changed', { eventId: row.eventId, destinationId: row.destinationId, why: verdict.why })
  }

  /** A change counts like a message where the far side limits them. False = its turn would come too late. */
  async function turnOf(destinationId: string): Promise<boolean> {
    const limit = bucket(destinationId)
    const wait = limit?.wait() ?? 0
    if (wait > TURN_WAIT_MS) return false
    limit?.take()
    if (wait > 0) await new Promise<void>((done) => { clock.after(wait, done) })
    return true
  }

  const threadOf = (row: OutboxRow, message: Message): string => `${row.destinationId}|${message.threadKey}`

  function spoke(row: OutboxRow, message: Message): string {
    const thread = threadOf(row, message)
    lastSpoken.delete(thread)
    lastSpoken.set(thread, row.id)
    const [oldest] = lastSpoken.keys()
    if (lastSpoken.size > THREADS && oldest !== undefined) lastSpoken.delete(oldest)
    return thread
  }

  return { send, sendMessage: (row, message, open) => timed(row, message, null, open), amend, refresh }
}
