/** One raw still: from OctoPrint itself where it can, else from the camera's own addresses. */
import { NoPicture, type RawPicture } from '../adapter.ts'
import { fromHere } from '../kit/address.ts'
import { firstStill, watchCameras, type StillTry } from '../kit/camera.ts'
import type { Contact } from './contact.ts'
import { orientation, readWebcams, type Webcam, type Webcams } from './webcams.ts'

/**
 * A still of the named camera; null = the settings' choice, else OctoPrint's.
 * Order: `/downloads/camera/current` (when it shows that camera), its snapshot address, its stream's snapshot, the first
 * picture of its stream.
 * @throws NoPicture
 */
export async function snapshot(contact: Contact, cameraId: string | null, signal: AbortSignal): Promise<RawPicture> {
  const { rest, settings, ports } = contact
  if (signal.aborted) throw new NoPicture('timeout', 'There was no time left for a picture.')
  const webcams = await known(contact, signal)
  const wanted = cameraId ?? settings.camera ?? webcams?.snapshotId ?? null
  const camera = webcams === null ? null : wanted === null ? webcams.list[0] ?? null : webcams.list.find((one) => one.id === wanted) ?? null
  if (settings.snapshotUrl === undefined && webcams !== null) {
    if (!webcams.enabled) throw new NoPicture('no_camera', 'The webcam is switched off in OctoPrint.')
    if (camera === null) throw new NoPicture('no_camera', wanted === null ? 'OctoPrint has no webcam.' : `OctoPrint has no webcam named "${wanted}".`)
  }
  const tries: StillTry[] = settings.snapshotUrl === undefined ? triesFor(rest.base, rest.headers(), camera, webcams) : [{ url: settings.snapshotUrl, headers: {} }]
  const bytes = await firstStill(rest, tries.map((one) => ({ ...one, refused: (status) => refused(status, one.url.startsWith(`${rest.base}/`)) })), signal, 'No webcam of OctoPrint has an address for stills.')
  return { bytes, orientation: camera?.orientation ?? orientation({}), takenAt: ports.clock.now() }
}

/** What a status means here; null = the same as for any camera. */
function refused(status: number, own: boolean): NoPicture | null {
  if (own && (status === 401 || status === 403)) return new NoPicture('not_permitted', 'The API key may not see the webcam: it lacks the permission WEBCAM in OctoPrint.')
  return status === 500 ? new NoPicture('server_error', 'OctoPrint could not get a picture from its webcam.') : null
}

/** Tells the engine when a camera stops or starts answering, as snapshots find out. */
export function watchedStills(contact: Contact): (cameraId: string | null, signal: AbortSignal) => Promise<RawPicture> {
  return watchCameras({
    idOf: (cameraId) => cameraId ?? contact.settings.camera ?? contact.webcams?.snapshotId ?? 'default',
    take: (cameraId, signal) => snapshot(contact, cameraId, signal),
    observe: (observation) => contact.observe([observation]),
    up: () => contact.up,
    now: () => contact.ports.clock.now(),
    sourceId: contact.sourceId,
  })
}

/** The cameras; read now when they were not yet. Null when the key may not read settings: then only the default one is left. */
async function known(contact: Contact, signal: AbortSignal): Promise<Webcams | null> {
  if (contact.webcams || contact.settings.snapshotUrl !== undefined) return contact.webcams
  try {
    contact.webcams = await readWebcams(contact.rest, signal)
  } catch (error) {
    contact.ports.log.debug('the webcam settings cannot be read', { error: error instanceof Error ? error.message : String(error) })
  }
  return contact.webcams
}

export function triesFor(base: string, headers: Record<string, string>, camera: Webcam | null, webcams: Webcams | null): StillTry[] {
  const tries: StillTry[] = []
  const current = { url: `${base}/downloads/camera/current`, headers: { ...headers, Accept: 'image/jpeg' } }
  if (camera === null) return [current]
  if (camera.canSnapshot && camera.id === webcams?.snapshotId) tries.push(current)
  const add = (address: string | null) => {
    if (address !== null && !tries.some((one) => one.url === address)) tries.push({ url: address, headers: {} })
  }
  add(fromHere(camera.snapshotUrl, base))
  const stream = fromHere(camera.streamUrl, base)
  if (stream?.includes('action=stream')) add(stream.replace('action=stream', 'action=snapshot'))
  add(stream)
  return tries
}
