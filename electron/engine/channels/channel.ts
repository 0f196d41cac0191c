/** The contract every way to reach a person or system fulfils. One folder per kind, one line in registry.ts. */
import type { z } from 'zod'
import type { Outcome } from '../commands/wish.ts'
import type { Language } from '../delivery/languages/language.ts'
import type { ActionId, Message, Picture } from '../delivery/message.ts'
import type { EventType, PrinterState } from '../events/model.ts'
import type { Clock, Log, Net, Random } from '../ports.ts'
import type { FieldCondition, Secret, SecretFields } from '../settings/secret.ts'

export interface ChannelPorts {
  /** In which the destination is told something now, for what is no message; absent = English. A message names its own. */
  language?(): Language
  clock: Clock
  random: Random
  /** With the destination's own proxy and certificate authority already in it. */
  net: Net
  log: Log
  /** What this destination remembers over restarts; no secrets. */
  memory: ChannelMemory
  /** A smaller copy; null = it can't be made. `longestEdge` in px. */
  shrink(picture: Picture, longestEdge: number): Promise<Picture | null>
  /**
   * A person pressed a button of ours. `eventId` is the event of the message the button stood on (null: a summary or notice).
   * The engine checks printer, job key and age; the channel only reports.
   */
  pressed(press: { eventId: string | null; action: ActionId; destinationId: string }): void
  /**
   * Sends G-code to a printer as a person's command would be, checked against its settings and state. Never rejects.
   * `busy`: nothing was sent, another command is under way; `not_allowed`: the printer's settings forbid it, or it is not watched.
   * Absent = this engine sends no commands for channels.
   */
  command?(printerId: string, lines: readonly string[]): Promise<{ result: Outcome['result'] | 'busy' | 'not_allowed'; detail: string }>
}

/**
 * A destination's own notes: the far side's id of a message that is edited later, a chat that moved. On disk when the call returns;
 * small, readable by anybody who can read the database, so never a secret. The newest 2 000 are kept.
 */
export interface ChannelMemory {
  get(key: string): string | null
  /** @param value at most 4 kB */
  set(key: string, value: string): void
  delete(key: string): void
  /** Keys that begin so, the newest first. */
  keys(prefix: string): string[]
}

export interface ChannelCapabilities {
  image: 'upload' | 'url' | 'none'
  /** Characters of title and body together that the far side shows; null = no limit. */
  maxText: number | null
  maxImageBytes: number | null
  /** A sent message can be updated in place (the picture may come later). */
  canUpdate: boolean
  actions: boolean
  /** The far side takes an idempotency key, so that a repeated send is heard once. */
  idempotencyKey: boolean
  /** Reaches this desk only; not counted as a remote destination. */
  local: boolean
  /** What the far side takes: `burst` messages at once, then one each `everyMs`. Absent = no limit is known. */
  rate?: { burst: number; everyMs: number }
  /** What one try may take, ms; absent = 30 s. */
  deadlineMs?: number
  /** How many tries at once; absent = 4. 1 keeps the order of messages. */
  parallel?: number
  /** Starts programs on this computer: such a destination never arrives switched on by an import. */
  runsPrograms?: true
  /** Shows how printers stand, beside what happens: `tellPrinters` and `tellState` are called. */
  state?: true
  /** For programs, which count: each event is told by itself, however many come at once. */
  everyEvent?: true
}

export interface FieldError {
  /** Path within the config ("url"). */
  field: string
  message: string
}

export interface Prerequisite {
  name: string
  /** What it is for and how to set it. */
  help: string
  met: boolean
  /** It is needed only while each of these fields of the config has one of these values; else it is a hint. Absent = always. */
  when?: FieldCondition
}

/** A destination's config as the channel sees it: cleaned, secrets resolved by field name. */
export interface DestinationConfig<C = unknown> {
  destinationId: string
  label: string
  config: C
  secrets: Readonly<Record<string, Secret>>
}

export interface Sending {
  message: Message
  /** Null = none (yet). */
  picture: Picture | null
  /** Stable over retries of the same event to the same destination. */
  deliveryKey: string
  /** 1 for the first try. */
  attempt: number
  /** True when this destination already got this message and it now changes (a picture came). */
  update: boolean
  /** Aborts at the deadline or at the engine's end. */
  signal: AbortSignal
}

/**
 * What came of one try. Never thrown for a foreseeable failure.
 * `why` and `detail` are shown and stored: no address, no secret.
 */
export type Verdict = (
  /** `unchanged`: an update found nothing that it could change. */
  | { result: 'delivered'; detail: string; unchanged?: true }
  /**
   * Try again; `after` = the far side's own wish in ms, else the back-off decides. `busy` = it works and only takes no more for now (429):
   * that is no failure of the destination, and neither is any wish of its own.
   */
  | { result: 'retry'; after: number | null; why: string; busy?: true }
  /** `message`: only this one can't be sent. `destination`: nothing can until someone changes the config. */
  | { result: 'rejected'; scope: 'message' | 'destination'; why: string }
  | { result: 'gone'; why: string }
) & { exchange?: Exchange }

/** What was said and answered, for whoever looks at a test: lines without addresses, secrets and people's numbers. */
export interface Exchange {
  request: readonly string[]
  answer: readonly string[]
}

/** Where a kind stands in the list of destinations: what is at this desk, what reaches people, what reaches programs. */
export type ChannelGroup = 'computer' | 'people' | 'systems'

/** How to get what the form asks for. Each step is a sentence; links are the service's own pages. */
export interface ChannelGuide {
  steps: readonly string[]
  links: readonly { label: string; url: string }[]
}

/** Linking an account: what the person does now, then what it brought for the form. */
export type ChannelPairStep =
  | { step: 'wait'; text: string; url: string | null; endsAt: number | null }
  | { step: 'done'; config: Readonly<Record<string, unknown>>; secrets: Readonly<Record<string, Secret>>; text: string }
  | { step: 'failed'; text: string }

/** A printer as it stands now. */
export interface PrinterNow {
  id: string
  name: string
  serverKind: string
  /** Its capabilities are what the server allows, less what the printer's settings leave out. */
  state: PrinterState
}

/** One configured destination in use. */
export interface Channel {
  sendPrinterNotification(sending: Sending): Promise<Verdict>
  /** A failure detector's alert (Obico's separate duty); same as above for most channels. */
  sendFailureAlert(sending: Sending): Promise<Verdict>
  /** The usual test message (its `kind` is 'test'), or an event that a person chose to test with: the real answer is shown either way. */
  sendTestMessage(sending: Sending): Promise<Verdict>
  /**
   * The printers that are watched now: what is shown of any other goes. Called once after the opening, before the first `tellState`, and
   * whenever one comes or goes; never where a destination is opened only to be tested. Returns at once, never throws.
   */
  tellPrinters?(printerIds: readonly string[]): void
  /** How a printer stands: each once after the opening, then what changed, at most once a second and printer. Returns at once, never throws. */
  tellState?(printer: PrinterNow): void
  /** Take down what is still shown (toasts) and let go of connections; within 1 s. */
  close(): Promise<void>
}

export interface ChannelKind<C = unknown> {
  readonly kind: string
  readonly displayName: string
  readonly configSchema: z.ZodType<C>
  readonly secretFields: SecretFields
  readonly capabilities: ChannelCapabilities
  /** The cleaned config, or what is wrong with each field. */
  validateConfig(input: unknown): { ok: true; config: C } | { ok: false; errors: FieldError[] }
  /** What must be there outside of the config; secret values are never returned. */
  prerequisites(): Prerequisite[]
  /** Which event types it can carry. */
  supportedFeatures(): ReadonlySet<EventType>
  /** What a destination of this kind hears unless told otherwise; absent = the defaults of a toast or of a remote destination (settings/defaults.ts). */
  readonly defaultEvents?: readonly EventType[]
  /** Whether a destination of this config sends pictures; absent = whenever the channel can. */
  wantsPicture?(config: Readonly<Record<string, unknown>>): boolean
  readonly group: ChannelGroup
  readonly guide: ChannelGuide
  /** The fields whose value must not be the same as at another destination of this kind ("topic"); empty = there is none. */
  readonly primary: readonly string[]
  /** What a new destination begins with, where that is another than the schema's default: those that are there keep the default. */
  readonly fresh?: Readonly<Record<string, unknown>>
  /** Whether an event's `context` must be frozen for this config (DESIGN section 4); absent = never. */
  needsContext?(config: Readonly<Record<string, unknown>>): boolean
  /** Links an account with what the form holds so far. Ends with `done` or `failed`, or when `signal` aborts. */
  pair?(destination: DestinationConfig<Readonly<Record<string, unknown>>>, ports: ChannelPorts, signal: AbortSignal): AsyncIterable<ChannelPairStep>
  /** Opens one destination. Cheap; connects lazily. */
  open(destination: DestinationConfig<C>, ports: ChannelPorts): Channel
}
