/** The JSON that a webhook gets: one object per event. docs/channels/webhook.md is the promise; change both together. */
import { ownContext } from '../../events/context.ts'
import type { Picture } from '../../delivery/message.ts'
import type { Sending } from '../channel.ts'

export const BODY_VERSION = 1
export const PICTURE_NAME = 'snapshot.jpg'

/** Every field is always there; what is not known is null. Times are epoch milliseconds. */
export interface WebhookBody {
  version: typeof BODY_VERSION
  id: string
  time: number
  type: string
  severity: string
  late: boolean
  event: {
    id: string | null
    type: string
    severity: string
    occurredAt: number
    observedAt: number | null
    late: boolean
    byUs: boolean
    isWarning: boolean
    isPaused: boolean
    reason: string | null
    text: string | null
    code: string | null
    progress: number | null
    remaining: number | null
    printTime: number | null
    layer: number | null
    heater: { name: string; actual: number | null; target: number | null } | null
    attention: { kind: string; text: string | null; choices: string[]; since: number } | null
  }
  message: { kind: string; title: string; body: string }
  printer: { id: string; name: string; kind: string } | null
  job: {
    key: string
    name: string
    path: string | null
    origin: string | null
    size: number | null
    user: string | null
    startedAt: number | null
    endedAt: number | null
    alertedAt: number | null
  } | null
  image: { name: string; type: 'image/jpeg'; width: number; height: number; bytes: number; takenAt: number; base64?: string } | null
  native: { name: string; payload: unknown; synthesised: boolean } | null
  context: Record<string, unknown> | null
}

/** What of an event is shown beside what always is. */
export interface Shown {
  /** How things stood with the printer. */
  context: boolean
  /** The picture itself, inside. */
  base64: boolean
}

/** @param picture what is really sent with it */
export function webhookBody(sending: Pick<Sending, 'message' | 'deliveryKey'>, picture: Picture | null, shown: Shown = { context: false, base64: false }): WebhookBody {
  const { message } = sending
  const { event } = message
  const { job } = message
  return {
    version: BODY_VERSION,
    id: event?.id ?? sending.deliveryKey,
    time: message.occurredAt,
    type: message.type,
    severity: message.severity,
    late: message.late,
    event: {
      id: event?.id ?? null,
      type: message.type,
      severity: message.severity,
      occurredAt: message.occurredAt,
      observedAt: event?.observedAt ?? null,
      late: message.late,
      byUs: event?.byUs ?? false,
      isWarning: message.isWarning,
      isPaused: message.isPaused,
      reason: event?.reason ?? null,
      text: event?.text ?? null,
      code: event?.code ?? null,
      progress: message.progress,
      remaining: message.remaining,
      printTime: event?.printTime ?? null,
      layer: event?.layer ?? null,
      heater: event?.heater ? { name: event.heater.name, actual: event.heater.actual, target: event.heater.target } : null,
      attention: event?.attention ? { kind: event.attention.kind, text: event.attention.text, choices: [...event.attention.choices], since: event.attention.since } : null,
    },
    message: { kind: message.kind, title: message.title, body: message.body },
    printer: message.printer && { id: message.printer.id, name: message.printer.name, kind: message.printer.serverKind },
    job: job && {
      key: job.key,
      name: job.name,
      path: event?.job?.file.path ?? null,
      origin: event?.job?.file.origin ?? null,
      size: event?.job?.file.size ?? null,
      user: event?.job?.user ?? null,
      startedAt: job.startedAt,
      endedAt: job.endedAt,
      alertedAt: job.alertedAt,
    },
    image: picture && {
      name: PICTURE_NAME, type: 'image/jpeg', width: picture.width, height: picture.height, bytes: picture.jpeg.byteLength, takenAt: picture.takenAt,
      ...(shown.base64 ? { base64: Buffer.from(picture.jpeg).toString('base64') } : {}),
    },
    native: event?.native ? { name: event.native.name, payload: event.native.payload ?? null, synthesised: event.native.synthesised === true } : null,
    // What was frozen for another destination is not sent here unasked.
    context: shown.context ? (event?.context ?? null) : ownContext(event?.context),
  }
}
