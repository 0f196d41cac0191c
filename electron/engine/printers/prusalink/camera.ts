/** Stills: of PrusaLink's own cameras (a Pi), or of an address in the settings (a Buddy board knows no camera). */
import type { Camera } from '../../events/model.ts'
import type { Orientation } from '../../ports.ts'
import { NoPicture, type RawPicture } from '../adapter.ts'
import { asJpeg, asNoPicture, fetchStill, watchCameras } from '../kit/camera.ts'
import { MAX_PICTURE_BYTES } from '../kit/jpeg.ts'
import { ServerError } from '../kit/server-error.ts'
import { parseJson } from '../net.ts'
import type { Contact } from './contact.ts'
import { camerasSchema, type CameraEntry } from './payloads.ts'
import { judge, type PrusaLinkRest } from './rest.ts'
import type { PrusaLinkSettings } from './settings.ts'

/** The name of the camera that the settings' snapshot address stands for. */
export const OWN_CAMERA = 'snapshot-address'
/** A photo lies ready there, so this is the way only. */
const DEADLINE_MS = 8_000
/** PrusaLink turns and mirrors the picture itself. */
const AS_IT_IS: Orientation = { flipH: false, flipV: false, rotate: 0 }

/** The cameras PrusaLink knows; none on a Buddy board (404). @throws ServerError */
export async function readCameras(rest: PrusaLinkRest, signal: AbortSignal): Promise<CameraEntry[]> {
  const answer = await rest.call('GET', '/api/v1/cameras', { signal })
  if (answer.status === 404) return []
  const wrong = judge(answer, rest.host)
  if (wrong) throw wrong
  const parsed = camerasSchema.safeParse(parseJson(answer.body))
  if (!parsed.success) throw new ServerError('not_this_server', `${rest.host} told its cameras in a way PrusaLink would not.`, answer.status)
  return parsed.data
}

/** Null = not known yet. One that is set up and not plugged in is no camera now. */
export function camerasOf(known: readonly CameraEntry[] | null, settings: PrusaLinkSettings): Camera[] | null {
  if (settings.snapshotUrl !== undefined) return [{ id: OWN_CAMERA, name: 'Camera', canSnapshot: true }]
  return known?.map((one) => ({ id: one.camera_id, name: one.config?.name ?? one.camera_id, canSnapshot: one.connected ?? false })) ?? null
}

/**
 * The last photo of a camera; null = the settings' choice, else PrusaLink's first one.
 * @throws NoPicture
 */
export async function snapshot(contact: Contact, cameraId: string | null, signal: AbortSignal): Promise<RawPicture> {
  const { rest, settings, ports } = contact
  if (signal.aborted) throw new NoPicture('timeout', 'There was no time left for a picture.')
  const bytes = settings.snapshotUrl === undefined
    ? await ownStill(rest, cameraId ?? settings.camera ?? null, signal)
    : await fetchStill(rest, { url: settings.snapshotUrl, headers: {} }, signal)
  return { bytes, orientation: AS_IT_IS, takenAt: ports.clock.now() }
}

async function ownStill(rest: PrusaLinkRest, camera: string | null, signal: AbortSignal): Promise<Uint8Array> {
  const path = camera === null ? '/api/v1/cameras/snap' : `/api/v1/cameras/${encodeURIComponent(camera)}/snap`
  try {
    const { status, body } = await rest.call('GET', path, { signal, maxBytes: MAX_PICTURE_BYTES, deadlineMs: DEADLINE_MS, headers: { Accept: 'image/jpeg' } })
    if (status === 200) return asJpeg(body, rest.host)
    throw refused(status, rest.host, camera)
  } catch (error) {
    throw asNoPicture(error, rest.host)
  }
}

/** Sources: 0.8.1, read. 304 is never asked for, but a cache in between may give it. */
function refused(status: number, host: string, camera: string | null): NoPicture {
  if (status === 204) return new NoPicture('server_error', `The camera of PrusaLink on ${host} has not taken a photo yet.`)
  if (status === 304) return new NoPicture('server_error', `The camera of PrusaLink on ${host} has no newer photo.`)
  if (status === 404) return new NoPicture('no_camera', camera === null ? `PrusaLink on ${host} has no camera. Give the snapshot address of one in the printer's settings.` : `PrusaLink on ${host} has no camera "${camera}" that is plugged in.`)
  if (status === 401 || status === 403) return new NoPicture('not_permitted', `PrusaLink on ${host} does not accept the API key or password.`)
  return new NoPicture('server_error', `PrusaLink on ${host} answered with status ${status} instead of a photo.`)
}

/** Tells the engine when a camera stops or starts answering, as snapshots find out. */
export function watchedStills(contact: Contact): (cameraId: string | null, signal: AbortSignal) => Promise<RawPicture> {
  return watchCameras({
    idOf: (cameraId) => (contact.settings.snapshotUrl === undefined ? cameraId ?? contact.settings.camera ?? contact.cameras?.[0]?.camera_id ?? 'default' : OWN_CAMERA),
    take: (cameraId, signal) => snapshot(contact, cameraId, signal),
    observe: (observation) => contact.observe([observation]),
    up: () => contact.link.up,
    now: () => contact.ports.clock.now(),
    sourceId: contact.sourceId,
  })
}
