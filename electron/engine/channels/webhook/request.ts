/** The bytes of one message, as each format has them. Bytes, because what is signed must be what is sent. */
import type { Picture } from '../../delivery/message.ts'
import type { Sending } from '../channel.ts'
import { picturePart } from '../kit/picture-part.ts'
import { fillTemplate, parseTemplate } from '../../delivery/templates/liquid.ts'
import { PICTURE_NAME, webhookBody } from './body.ts'
import { CLOUDEVENTS_TYPE, cloudEvent } from './cloudevent.ts'
import type { WebhookConfig } from './config.ts'
import { TEMPLATE_NAMES, templateValues } from './values.ts'

export interface Payload {
  bytes: Buffer
  contentType: string
  /** For whoever looks at a test: the text without the bytes of a picture. */
  shown: string
}

/** @throws TemplateProblem */
export async function payloadOf(config: WebhookConfig, sending: Pick<Sending, 'message' | 'deliveryKey'>, picture: Picture | null): Promise<Payload> {
  const inside = config.pictureAs === 'base64'
  const { text, contentType } = textOf(config, sending, picture)
  const shown = inside && picture !== null ? textOf(config, sending, { ...picture, jpeg: new Uint8Array(0) }).text : text
  if (picture === null || inside) return { bytes: Buffer.from(text), contentType, shown }
  return { ...(await inTwoParts(text, contentType, picture)), shown }
}

function textOf(config: WebhookConfig, sending: Pick<Sending, 'message' | 'deliveryKey'>, picture: Picture | null): { text: string; contentType: string } {
  const show = { context: config.includeContext, base64: config.pictureAs === 'base64' }
  if (config.format === 'template') {
    const template = parseTemplate(config.template, TEMPLATE_NAMES)
    return { text: fillTemplate(template, templateValues(sending, picture, show)), contentType: config.contentType }
  }
  const data = webhookBody(sending, picture, show)
  return config.format === 'cloudevents' ? { text: JSON.stringify(cloudEvent(data)), contentType: CLOUDEVENTS_TYPE } : { text: JSON.stringify(data), contentType: 'application/json' }
}

async function inTwoParts(text: string, contentType: string, picture: Picture): Promise<Pick<Payload, 'bytes' | 'contentType'>> {
  const form = new FormData()
  form.append('event', new Blob([text], { type: contentType }), 'event.json')
  form.append('picture', picturePart(picture), PICTURE_NAME)
  // Written out by what writes forms anyway; it chooses the boundary and says it in the type.
  const written = new Response(form)
  return { bytes: Buffer.from(await written.arrayBuffer()), contentType: written.headers.get('content-type') ?? 'multipart/form-data' }
}
