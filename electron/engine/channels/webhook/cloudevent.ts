/** One event as a CloudEvent 1.0 in structured JSON (cloudevents.io, "CloudEvents 1.0.2" and its JSON format). */
import type { WebhookBody } from './body.ts'

export const CLOUDEVENTS_TYPE = 'application/cloudevents+json'

/** Attributes in lower case, as the specification has them; `source` and `id` together name the event, however often it is sent. */
export interface CloudEvent {
  specversion: '1.0'
  id: string
  source: string
  type: string
  /** Absent when it belongs to no job: an empty one is not allowed. */
  subject?: string
  /** RFC 3339, UTC: when it happened. */
  time: string
  datacontenttype: 'application/json'
  data: WebhookBody
}

export function cloudEvent(data: WebhookBody): CloudEvent {
  const subject = data.job === null ? '' : data.job.path ?? data.job.name
  return {
    specversion: '1.0',
    id: data.id,
    source: data.printer === null ? 'urn:printbell:app' : `urn:printbell:printer:${encodeURIComponent(data.printer.id)}`,
    type: `app.printbell.${data.type}`,
    ...(subject === '' ? {} : { subject }),
    time: new Date(data.time).toISOString(),
    datacontenttype: 'application/json',
    data,
  }
}
