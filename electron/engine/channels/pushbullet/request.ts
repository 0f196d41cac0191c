/** What Pushbullet gets (docs.pushbullet.com, "Create Push" and "Upload Request"): JSON, and for a picture a form to where it says. */
import { z } from 'zod'
import type { Message, Picture } from '../../delivery/message.ts'
import { picturePart } from '../kit/picture-part.ts'
import type { PushbulletConfig } from './config.ts'

export const BASE = 'https://api.pushbullet.com/v2'
export const PICTURE = { file_name: 'snapshot.jpg', file_type: 'image/jpeg' } as const

/** Where a file is to go, and where it lies then. Older answers bring fields that the form must repeat. */
const place = z.object({ upload_url: z.url(), file_url: z.url(), data: z.record(z.string(), z.string()).catch({}).default({}) })
export type Place = z.output<typeof place>

/** @returns null for an answer that names no place of Pushbullet's own: the picture goes nowhere else */
export function placeOf(json: unknown): Place | null {
  const parsed = place.safeParse(json)
  if (!parsed.success) return null
  const { protocol, hostname } = new URL(parsed.data.upload_url)
  return protocol === 'https:' && (hostname === 'pushbullet.com' || hostname.endsWith('.pushbullet.com')) ? parsed.data : null
}

export function formOf({ data }: Place, picture: Picture): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(data)) form.append(name, value)
  form.append('file', picturePart(picture), PICTURE.file_name)
  return form
}

/** One push. Whoever asks for it twice with the same `guid` gets the first one back. */
export function pushOf({ title, body }: Message, { device, channelTag, click }: PushbulletConfig, guid: string, fileUrl: string | null): Record<string, string> {
  const link = click === '' ? {} : { url: click }
  return {
    // A file has no link of its own, so it stands under the words.
    ...(fileUrl === null ? { type: click === '' ? 'note' : 'link', ...link } : { type: 'file', ...PICTURE, file_url: fileUrl }),
    title,
    body: fileUrl === null || click === '' ? body : [body, click].filter((part) => part !== '').join('\n'),
    ...(device === '' ? {} : { device_iden: device }),
    ...(channelTag === '' ? {} : { channel_tag: channelTag }),
    guid,
  }
}
