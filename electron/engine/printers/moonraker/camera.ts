/** One raw still from one of the server's webcams. */
import { NoPicture, type RawPicture } from '../adapter.ts'
import { firstStill, watchCameras } from '../kit/camera.ts'
import type { Contact } from './contact.ts'
import { stillAddresses, type Webcam } from './webcams.ts'

const UPRIGHT = { flipH: false, flipV: false, rotate: 0 } as const

/**
 * A still of the named camera; null = the settings' choice, else the first one that has stills. No credential goes to a camera.
 * @throws NoPicture
 */
export async function snapshot(contact: Pick<Contact, 'rest' | 'settings' | 'ports' | 'webcams'>, cameraId: string | null, signal: AbortSignal): Promise<RawPicture> {
  const { rest, settings, ports, webcams } = contact
  if (signal.aborted) throw new NoPicture('timeout', 'There was no time left for a picture.')
  if (settings.snapshotUrl !== undefined) {
    return { bytes: await firstStill(rest, [{ url: settings.snapshotUrl, headers: {} }], signal, ''), orientation: UPRIGHT, takenAt: ports.clock.now() }
  }
  if (webcams === null) throw new NoPicture('unreachable', 'Moonraker has not told its webcams yet.')
  const wanted = cameraId ?? settings.camera ?? null
  const camera = wanted === null ? firstOf(webcams) : webcams.find((one) => one.id === wanted || one.name === wanted)
  if (!camera) throw new NoPicture('no_camera', wanted === null ? 'Moonraker has no webcam.' : `Moonraker has no webcam named "${wanted}".`)
  const tries = stillAddresses(camera, rest.base).map((url) => ({ url, headers: {} }))
  const bytes = await firstStill(rest, tries, signal, `The webcam "${camera.name}" has no address for stills.`)
  return { bytes, orientation: camera.orientation, takenAt: ports.clock.now() }
}

function firstOf(webcams: readonly Webcam[]): Webcam | undefined {
  return webcams.find((one) => one.snapshotUrl !== null) ?? webcams[0]
}

/** Tells the engine when a camera stops or starts answering, as snapshots find out. */
export function watchedStills(contact: Contact): (cameraId: string | null, signal: AbortSignal) => Promise<RawPicture> {
  return watchCameras({
    idOf: (cameraId) => cameraId ?? contact.settings.camera ?? firstOf(contact.webcams ?? [])?.id ?? 'default',
    take: (cameraId, signal) => snapshot(contact, cameraId, signal),
    observe: (observation) => contact.observe([observation]),
    up: () => contact.link.up,
    now: () => contact.ports.clock.now(),
    sourceId: contact.sourceId,
  })
}
