/** What the delivery takes from outside, and what can be asked of it. */
import type { Channel, ChannelCapabilities } from '../channels/channel.ts'
import type { PrinterEvent } from '../events/model.ts'
import type { Attempt, Decision, History, OutboxRow, StoredEvent } from '../history/history.ts'
import type { Clock, Log, Random } from '../ports.ts'
import type { Judgement } from '../rules/route.ts'
import type { SnapshotResult } from '../snapshots/snapshots.ts'
import type { Circuit } from './circuit.ts'
import type { Language } from './languages/language.ts'
import type { Message } from './message.ts'
import type { Resending } from './resending.ts'

export interface OpenDestination {
  channel: Channel
  capabilities: Pick<ChannelCapabilities, 'image' | 'canUpdate' | 'local' | 'rate' | 'parallel' | 'deadlineMs'>
  /** Whether it can be reached only while this computer has a network. */
  needsNetwork: boolean
}

/** A destination that takes nothing until someone changes something, told once; and its recovery. */
export interface DestinationNews {
  destinationId: string
  /** `gone`: the far side says that it is closed for good. */
  state: 'failing' | 'gone' | 'recovered'
  why: string
}

export interface WorkerPorts {
  history: Pick<History,
    'together' | 'lease' | 'leaseThese' | 'giveBack' | 'holdAgain' | 'due' | 'nextDue' | 'hurry' | 'overdue' | 'nextExpiry' | 'olderWaiting' | 'finish' | 'releaseLeases' | 'releaseHeld' | 'event' | 'addDecision' | 'decisions'
    | 'outbox' | 'enqueue' | 'deadLetters' | 'getFact' | 'setFact'>
  /** The open channel of a destination; null when it is not (any more). */
  channels(destinationId: string): OpenDestination | null
  /** Changes whenever the destination's settings do; null = there is no such destination, or it is switched off. */
  fingerprint(destinationId: string): string | null
  /** Whether this computer has a network; null = can't be told. */
  online(): boolean | null
  clock: Clock
  random: Random
  log: Log
  pictures: {
    /** Resolves when the event's picture is stored, is there already, or will never come. */
    whenReady(eventId: string): Promise<SnapshotResult>
  }
  /** @param late the message comes so late after its event that it must say when that was */
  render(event: StoredEvent, destinationId: string, late: boolean): Message
  /** In which a destination is told something now; absent = English. */
  language?(destinationId: string): Language
  /** Judges a row once more before a late try; see rules/route.ts judgeAgain. */
  judge(row: OutboxRow, event: StoredEvent): Judgement
  onAttempt(attempt: Attempt): void
  onDecision?(decision: Decision): void
  onDestination(news: DestinationNews): void
}

/** What was just committed: events, and their rows. */
export interface Enqueued {
  events: readonly Pick<PrinterEvent, 'id' | 'type'>[]
  outbox: readonly OutboxRow[]
}

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

/** A row that is older than this is judged again before it is sent, and its message says when it happened; ms. */
export const LATE_AFTER_MS = 30_000
export const LEASE_MS = 10 * 60_000
