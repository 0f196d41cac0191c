/** What the engine takes, and what can be asked of it. engine.ts makes one. */
import type { Broadcast } from './broadcast.ts'
import type { ChangedBy } from './changes/words.ts'
import type { ChannelKind } from './channels/channel.ts'
import type { Outcome, Wish } from './commands/wish.ts'
import type { DeadLetterView } from './delivery/dead-letters.ts'
import type { BrokenTemplate } from './delivery/templates/texts.ts'
import type { Destinations } from './destinations.ts'
import type { LinkObservation, PrinterEvent, PrinterState } from './events/model.ts'
import type { FailingDestination } from './failing-destinations.ts'
import type { History, Silence } from './history/history.ts'
import type { News } from './news.ts'
import type { Clock, Log, Net, Presence, Random, SecretStore } from './ports.ts'
import type { PrinterAdapter, RawPicture } from './printers/adapter.ts'
import type { Play, PlayResult, Rehearsal, RehearsalResult } from './rehearsal.ts'
import type { EngineSettings } from './settings/expand.ts'
import type { NewSilence, SilenceChange, SilencesByTime } from './silences-in-force.ts'
import type { MessageTemplates } from './settings/schema.ts'
import type { Snapshots } from './snapshots/snapshots.ts'
import type { Following } from './watching/watches.ts'
import type { TemplateTrial, TestPreview, TestWish } from './test-messages.ts'

export interface EngineParts {
  /** With which it starts; see `Engine.apply`. */
  settings: EngineSettings
  adapters: ReadonlyMap<string, PrinterAdapter>
  channels: ReadonlyMap<string, ChannelKind>
  history: History
  snapshots: Snapshots
  secrets: SecretStore
  clock: Clock
  random: Random
  net: Net
  log: Log
  presence: Presence
  /** This computer's locale ("de-AT", "de_AT.UTF-8"), for what is told in its language; absent = not known, then that is English. */
  locale?: string
  /** At a start the first server has so long to answer before the others are connected, ms; absent = all at once. */
  headStartMs?: number
  ulid(): string
  onNews(news: News): void
  /** A person wants to see what a toast is about; `url` is the printer's own page, null when it has none. */
  onOpen(item: { event: PrinterEvent | null; url: string | null }): void
  /**
   * Something about this printer may be another than before: after each reduction (so after each change of its link), when the
   * settings add, change or remove it, and for every printer when a silence is set or lifted. Called several times a second and
   * printer, so it only notes the id.
   */
  onState?(printerId: string): void
  /** A silence was made, changed or ended, or began or ended by its time. */
  onSilences?(): void
}

export interface PrinterView {
  id: string
  name: string
  /** Its capabilities are what the server allows, less what the printer's `commands` setting leaves out. */
  state: PrinterState
}

export interface Engine {
  start(): Promise<void>
  /** Waits for what is being sent, at most `deadlineMs`; everything else is on disk. */
  stop(deadlineMs: number): Promise<void>
  /**
   * Goes on with new settings, by difference: what is the same is not touched, and the same settings do nothing at all. Rules,
   * names and thresholds hold at once; the promise resolves when changed servers and destinations are opened anew. Calls in a
   * row are worked off one after the other. The object must not be changed afterwards. `by`: who changed them, for the notice of it; a file unless told.
   */
  apply(settings: EngineSettings, by?: ChangedBy): Promise<void>
  /**
   * A secret may be another one under the same reference, or be readable now: whoever uses it and has another value connects or
   * opens anew. Without an argument every server and destination is looked through (the key store was unlocked).
   */
  refreshSecrets(of?: { serverId: string } | { destinationId: string }): Promise<void>
  printers(): PrinterView[]
  links(): { serverId: string; observation: LinkObservation; junk: Record<string, number> }[]
  /** The printer's own page; null = it has none, or there is no such printer. */
  webUrl(printerId: string): string | null
  /** A still now, not stored and not yet turned. `cameraId` null = the camera that the settings chose. @throws NoPicture */
  snapshot(printerId: string, cameraId: string | null, signal: AbortSignal): Promise<RawPicture>
  /** After sleep or an unlock: every connection looks again, and what waits is sent. */
  recheck(): void
  handle(wish: Wish): Promise<Outcome>
  /**
   * Sends past all rules, and writes nothing into the history. A test that is delivered also tells that the destination works again: what
   * waits there goes. @param wish which message; absent = the usual test message @throws Error naming what is unknown or switched off
   */
  testDestination(destinationId: string, wish?: TestWish): ReturnType<Destinations['test']>
  /** The message of such a test as the destination would show it. @throws Error naming what is unknown */
  previewTest(destinationId: string, wish: TestWish): Promise<TestPreview>
  /**
   * Follows what this printer prints now ('print') or all it ever prints ('always'), or lets go of it (null): its end, its attentions and its
   * progress are told at this desk, or where its settings say.
   */
  follow(printerId: string, what: Following | null): Outcome
  /** Whether a printer is followed, by its settings or beside them; null = not. */
  following(printerId: string): Following | null
  /** What templates that are not saved yet would tell there, in the place of its own. @throws Error naming what is unknown */
  tryTemplates(destinationId: string, wish: TestWish, templates: MessageTemplates): Promise<TemplateTrial>
  /** Destinations with a template that can't be used, and why: the usual text goes in its place. */
  brokenTemplates(): BrokenTemplate[]
  /**
   * Those that fail now, the longest first: not after a failure or two, but once it is told that they do. One that recovers, is opened
   * anew, switched off or removed is gone from here.
   */
  failing(): FailingDestination[]
  rehearse(rehearsal: Rehearsal): Promise<RehearsalResult>
  /** A rehearsal to several destinations at once. @throws Error naming what is unknown or switched off */
  play(play: Play): Promise<PlayResult>
  /**
   * Sends it once more, whatever became of it, at once: also to a destination that fails or is gone, which is asked with it.
   * False = that event never went to that destination, or is being sent right now.
   */
  sendAgain(eventId: string, destinationId: string): boolean
  /** What was not delivered and is not tried any more, the newest events first. `destinationId` null = everywhere; `limit` 100 unless told. */
  deadLetters(destinationId: string | null, limit?: number): DeadLetterView[]
  /** How many each destination has; those without any are left out. */
  deadLetterCounts(): ReadonlyMap<string, number>
  /** All dead letters of a destination. @returns how many wait again now */
  sendAllAgain(destinationId: string): number
  /** Ends a dead letter: it is listed no more, the history keeps it. False = it is no dead letter. */
  discard(eventId: string, destinationId: string): boolean
  /** @returns how many dead letters were discarded */
  discardAll(destinationId: string): number
  /** A message of a person's own to chosen destinations, whatever they subscribed to. @throws Error for what can't be sent at all */
  broadcast(broadcast: Broadcast): Promise<PlayResult>
  /** There is a newer version of Printbell: told by the rules, once for each version, however often this is called. */
  tellUpdate(version: string): void
  /** @returns how many became seen */
  markSeen(eventIds: string[]): number
  /** What is unseen now. @returns how many were */
  markAllSeen(): Promise<number>
  /** Those in force now. */
  silences(): Silence[]
  /** Those in force, those to come, and those that ended within 30 days. */
  silencesByTime(): SilencesByTime
  /** Also one that is over; null = there is none of this id. */
  silence(id: string): Silence | null
  /** In force at once, or from its start on. An empty `match` pauses all notifications, those of critical events too. @throws SilenceRefused */
  addSilence(silence: NewSilence): Silence
  /** Until 12 h after its end; the start stays once it has begun. @throws SilenceRefused */
  editSilence(id: string, change: SilenceChange): Silence
  /** Over at once; one that has not begun is deleted. False = there is none of this id, or it is over. */
  liftSilence(id: string): boolean
}
