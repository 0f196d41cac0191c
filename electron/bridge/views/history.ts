/** What the window shows of the history. Made by desktop/view/history.ts. */
import { z } from 'zod'
import { epoch, eventType, id, pictureUrl, severity } from './common.ts'

/** AND between fields, OR within one; absent = any. */
export const historyFilter = z.strictObject({
  text: z.string().max(500).optional(),
  printerIds: z.array(id).optional(),
  /** Selectors of event kinds: "job.done", "attention.*". */
  types: z.array(z.string()).optional(),
  severities: z.array(severity).optional(),
  since: epoch.optional(),
  until: epoch.optional(),
  unseen: z.boolean().optional(),
  jobKey: z.string().optional(),
  /** What goes, went or was to go there; what was dropped did not. */
  destinationId: id.optional(),
})
export type HistoryFilter = z.infer<typeof historyFilter>

export const historyRow = z.strictObject({
  id,
  seq: z.number().int(),
  type: eventType,
  severity,
  printerId: z.string(),
  printerName: z.string(),
  /** What happened, without the printer's name ("Filament ran out"). */
  title: z.string(),
  file: z.string().nullable(),
  at: epoch,
  late: z.boolean(),
  seen: z.boolean(),
  acknowledged: z.boolean(),
  picture: pictureUrl.nullable(),
})
export type HistoryRow = z.infer<typeof historyRow>

export const historyPage = z.strictObject({
  rows: z.array(historyRow),
  /** Give as `before` for the next page; null = no more. */
  next: z.number().int().nullable(),
})

/** How a row of the decision trace is marked. */
export const traceMark = z.enum(['ok', 'no', 'wait', 'info'])

export const delivery = z.strictObject({
  destinationId: z.string(),
  label: z.string(),
  channel: z.string(),
  /** null = nothing was sent or will be. */
  outcome: z.enum(['delivered', 'waiting', 'held', 'retrying', 'failed', 'expired', 'cancelled', 'dropped']),
  /** In words ("shown by dunst 1.9.0", "try 3 at 14:56", "not subscribed"). */
  detail: z.string(),
  at: epoch.nullable(),
  attempts: z.array(z.strictObject({ at: epoch, ms: z.number(), number: z.number().int(), result: z.string(), detail: z.string() })),
  /** One line per stage that judged, the last one decided. */
  trace: z.array(z.strictObject({ mark: traceMark, stage: z.string(), text: z.string(), at: epoch })),
  /** The profile that decided last, as long as it is there; absent = by what is ticked. */
  profile: z.strictObject({ id, name: z.string() }).optional(),
  canSendAgain: z.boolean(),
})
export type DeliveryView = z.infer<typeof delivery>

export const eventDetails = z.strictObject({
  row: historyRow,
  /** Self-sufficient text (R60). */
  body: z.string(),
  /** The printer's own words, where there are. */
  text: z.string().nullable(),
  observedAt: epoch,
  seenAt: epoch.nullable(),
  acknowledgedAt: epoch.nullable(),
  /** The newest word on it; null = nobody ever said more than that. `over`: its time is over. */
  acknowledgement: z.strictObject({ until: epoch.nullable(), note: z.string().nullable(), over: z.boolean() }).nullable(),
  jobKey: z.string().nullable(),
  progress: z.number().nullable(),
  picture: z.strictObject({ url: pictureUrl, width: z.number().nullable(), height: z.number().nullable(), takenAt: epoch }).nullable(),
  /** Why there is no picture; null where there is one or none was wanted. */
  noPicture: z.string().nullable(),
  native: z.string().nullable(),
  deliveries: z.array(delivery),
  /** What was swallowed around it: what it would have been ("Paused"), and why it was not told. */
  suppressed: z.array(z.strictObject({ at: epoch, type: eventType, title: z.string(), text: z.string() })),
  /** Only actions that make sense now. */
  can: z.strictObject({ acknowledge: z.boolean(), markSeen: z.boolean(), markUnseen: z.boolean() }),
})
export type EventDetails = z.infer<typeof eventDetails>

/** About what somebody heard nothing. */
export const whyQuestion = z.strictObject({
  /** "" for what is about Printbell itself. */
  printerId: z.string(),
  type: eventType,
  at: epoch,
  /** null = everywhere. */
  destinationId: id.nullable(),
})
export type WhyQuestionView = z.infer<typeof whyQuestion>

export const whyAnswer = z.strictObject({
  verdict: z.enum(['delivered', 'waiting', 'failed', 'dropped', 'suppressed', 'unseen', 'not_watched', 'nothing']),
  /** Whole sentences; the answer comes first. */
  sentences: z.array(z.string()).min(1),
  /** null = none was seen. */
  event: z.strictObject({ id, at: epoch, title: z.string() }).nullable(),
  destinations: z.array(z.strictObject({
    destinationId: z.string(), label: z.string(), kind: z.enum(['delivered', 'waiting', 'failed', 'dropped']), mark: traceMark,
    /** Whole sentences. */
    text: z.string(),
    trace: z.array(z.strictObject({ mark: traceMark, stage: z.string(), text: z.string(), at: epoch })),
  })),
  /** What else happened about then, the nearest first; `eventId` null = it was swallowed. */
  near: z.array(z.strictObject({ eventId: id.nullable(), at: epoch, type: eventType, text: z.string() })),
})
export type WhyAnswerView = z.infer<typeof whyAnswer>

export const exportResult = z.discriminatedUnion('result', [
  z.strictObject({ result: z.literal('saved'), file: z.string(), events: z.number().int() }),
  z.strictObject({ result: z.literal('cancelled') }),
  z.strictObject({ result: z.literal('failed'), why: z.string() }),
])
