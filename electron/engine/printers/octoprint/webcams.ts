/** The webcam block of OctoPrint's settings, old (one flat webcam, up to 1.8) and new (several, from 1.9 on). */
import { z } from 'zod'
import type { Camera } from '../../events/model.ts'
import type { Orientation } from '../../ports.ts'
import type { Rest } from '../kit/rest.ts'

const flag = z.boolean().nullish().catch(null).transform((value) => value ?? false)
const text = z.string().nullish().catch(null).transform((value) => (value === undefined || value === null || value.trim() === '' ? null : value.trim()))

const webcam = z.object({
  name: z.string(),
  displayName: z.string().nullish().catch(null),
  canSnapshot: flag, flipH: flag, flipV: flag, rotate90: flag,
  compat: z.object({ snapshot: text, stream: text }).nullish().catch(null),
})

const block = z.object({
  webcamEnabled: z.boolean().catch(true).default(true),
  webcams: z.array(z.unknown()).catch([]).default([]),
  defaultWebcam: text, snapshotWebcam: text,
  snapshotUrl: text, streamUrl: text,
  flipH: flag, flipV: flag, rotate90: flag,
})

const document = z.object({
  webcam: z.unknown(),
  appearance: z.object({ name: text }).optional().catch(undefined),
})

export interface Webcam {
  id: string
  name: string
  canSnapshot: boolean
  orientation: Orientation
  /** As OctoPrint itself would reach it: often on the loopback address. */
  snapshotUrl: string | null
  /** As a browser would: often relative to the server. */
  streamUrl: string | null
}

export interface Webcams {
  enabled: boolean
  list: Webcam[]
  /** The one that `/downloads/camera/current` shows. */
  snapshotId: string | null
  /** What the owner calls the printer; null when unnamed. */
  printerName: string | null
}

/** Flips, then 90 degrees counter-clockwise there (OctoPrint 1.11.8, seen): 270 clockwise here. */
export function orientation(flags: { flipH?: boolean | undefined; flipV?: boolean | undefined; rotate90?: boolean | undefined }): Orientation {
  return { flipH: flags.flipH ?? false, flipV: flags.flipV ?? false, rotate: flags.rotate90 ? 270 : 0 }
}

/** @throws ServerError, among others permission_missing without SETTINGS_READ */
export async function readWebcams(rest: Rest, signal: AbortSignal): Promise<Webcams> {
  const settings = await rest.json('GET', '/api/settings', document, { signal, maxBytes: 8_000_000 })
  return parseWebcams(settings.webcam ?? {}, settings.appearance?.name ?? null)
}

export function parseWebcams(raw: unknown, printerName: string | null): Webcams {
  const found = block.catch(block.parse({})).parse(raw)
  const enabled = found.webcamEnabled
  const list: Webcam[] = []
  for (const entry of found.webcams) {
    const parsed = webcam.safeParse(entry)
    if (!parsed.success) continue
    const { name, displayName, canSnapshot, compat } = parsed.data
    list.push({ id: name, name: displayName ?? name, canSnapshot, orientation: orientation(parsed.data), snapshotUrl: compat?.snapshot ?? null, streamUrl: compat?.stream ?? null })
  }
  if (list.length === 0 && (found.snapshotUrl || found.streamUrl)) {
    list.push({ id: 'default', name: 'Webcam', canSnapshot: true, orientation: orientation(found), snapshotUrl: found.snapshotUrl, streamUrl: found.streamUrl })
  }
  return { enabled, list: enabled ? list : [], snapshotId: found.snapshotWebcam ?? found.defaultWebcam ?? list[0]?.id ?? null, printerName }
}

/** A camera with a stream only can still give a still: its first picture. */
export function camerasOf(webcams: Webcams): Camera[] {
  return webcams.list.map((camera) => ({ id: camera.id, name: camera.name, canSnapshot: camera.canSnapshot || camera.snapshotUrl !== null || camera.streamUrl !== null }))
}
