/**
 * What parameters stand for, made of one message. Everything comes from the event as it was stored, so that a retry tells the same;
 * nothing is asked of the printer. octoprint.md 7.2 lists the plugin's variables; those behind it are Printbell's own.
 */
import type { Message } from '../../delivery/message.ts'
import { sentence } from '../../delivery/text.ts'
import type { PrinterEvent } from '../../events/model.ts'
import type { Sending } from '../channel.ts'
import type { OctoPrintWebhooksConfig } from './config.ts'
import { extraOf, SAMPLE_CONTEXT, SAMPLE_EXTRA } from './extra.ts'
import { fill, type Variables } from './params.ts'
import type { SecretValues } from './secrets.ts'
import type { Topic } from './topics.ts'

/** What a test pretends (octoprint.md 7.8). */
const SAMPLE_MILESTONE = 50

/** @param login the OAuth answer, whose fields win over everything else; null = there is none */
export function variablesOf(sending: Pick<Sending, 'message' | 'deliveryKey'>, topic: Topic, config: OctoPrintWebhooksConfig, secrets: SecretValues, login: Readonly<Record<string, unknown>> | null): Variables {
  const { message } = sending
  const base = {
    topic: topic.topic,
    apiSecret: secrets.apiSecret,
    deviceIdentifier: config.deviceIdentifier === '' ? message.printer?.name ?? 'Printbell' : config.deviceIdentifier,
    extra: message.kind === 'test' ? SAMPLE_EXTRA : extraOf(message, topic),
    currentTime: Math.floor(message.occurredAt / 1000),
    percentCompleteMilestone: message.kind === 'test' ? SAMPLE_MILESTONE : milestoneOf(message, config.progressEvery) ?? 0,
    ...contextOf(message),
    appearance: { name: message.printer?.name ?? 'Printbell' },
    secrets: secrets.secrets,
    eventName: message.event?.native?.name ?? message.type,
    eventType: message.type,
    severity: message.severity,
    title: message.title,
    body: message.body,
    printer: message.printer === null ? null : { id: message.printer.id, name: message.printer.name, kind: message.printer.serverKind },
    late: message.late,
    deliveryKey: sending.deliveryKey,
    ...login,
  }
  // A message is a template too; what it is filled with is not looked through again.
  return { ...base, message: topic.text === null ? inOwnWords(message) : fill(topic.text, base), ...login }
}

function inOwnWords({ title, body }: Message): string {
  return body === '' ? title : `${sentence(title)} ${body}`
}

const OF_CONTEXT = ['state', 'job', 'currentZ', 'progress', 'offsets', 'meta'] as const

/** Frozen with the event; what was not is worked out from the event itself. What is not known at all is no variable and becomes empty. */
function contextOf(message: Message): Record<string, unknown> {
  const { event } = message
  const frozen = message.kind === 'test' ? SAMPLE_CONTEXT : event?.context ?? {}
  const known = event === null || message.kind === 'test' ? {} : fromEvent(event)
  return Object.fromEntries(OF_CONTEXT.flatMap((name) => {
    const value = frozen[name] === undefined || (frozen[name] === null && name !== 'currentZ') ? known[name] : frozen[name]
    return value === undefined ? [] : [[name, value]]
  }))
}

/** OctoPrint's shapes, as far as one event tells. */
function fromEvent(event: PrinterEvent): Record<string, unknown> {
  const { job } = event
  if (job === undefined) return {}
  const { name, path, origin, size } = job.file
  return {
    job: { file: { name, path, display: name, origin, size, date: null }, estimatedPrintTime: null, averagePrintTime: null, lastPrintTime: null, filament: null, user: job.user },
    progress: {
      completion: percentOf(event.progress), filepos: null, printTime: event.printTime ?? null, printTimeLeft: event.remaining ?? null, printTimeLeftOrigin: null,
    },
  }
}

/** A fraction as OctoPrint's percent. */
function percentOf(fraction: number | null | undefined): number | null {
  return fraction === null || fraction === undefined ? null : Number((fraction * 100).toFixed(4))
}

/**
 * The highest step that lies behind, in %: never 100, whose news is the end. Null = not known.
 * @param every size of a step in %; 0 = whatever the printer's own setting brings
 */
export function milestoneOf(message: Pick<Message, 'event' | 'type' | 'progress'>, every: number): number | null {
  const percent = percentOf(message.progress)
  if (percent === null) return null
  const step: unknown = message.type === 'job.progress' ? message.event?.context?.step : undefined
  if (every === 0) return typeof step === 'number' ? Math.round(step * 100) : Math.min(99, Math.floor(percent))
  const below = Math.min(percent, 99.9999)
  return Math.floor(below / every + 1e-9) * every
}
