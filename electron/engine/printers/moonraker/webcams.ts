/** The server's list of webcams, and how their addresses are reached from here. */
import { z } from 'zod'
import type { Camera } from '../../events/model.ts'
import type { Orientation } from '../../ports.ts'
import { fromHere } from '../kit/address.ts'
import { RpcError, type Rpc } from './rpc.ts'

const MOST = 32
const text = z.string().nullish().catch(null).transform((value) => (value === undefined || value === null || value.trim() === '' ? null : value.trim().slice(0, 2_000)))
const flag = z.boolean().nullish().catch(null).transform((value) => value ?? false)

const entry = z.object({
  name: z.string().min(1).max(200),
  uid: z.string().min(1).max(200).nullish().catch(null),
  enabled: z.boolean().nullish().catch(null).transform((value) => value ?? true),
  snapshot_url: text, stream_url: text,
  flip_horizontal: flag, flip_vertical: flag,
  rotation: z.number().nullish().catch(null),
})
const list = z.object({ webcams: z.array(z.unknown()) })

export interface Webcam {
  id: string
  name: string
  orientation: Orientation
  /** As Moonraker has it: often relative, or on the loopback address. */
  snapshotUrl: string | null
  streamUrl: string | null
}

/** Flips, then clockwise degrees, as here; other angles than the four are taken for none. */
export function orientationOf(camera: { flip_horizontal: boolean; flip_vertical: boolean; rotation?: number | null | undefined }): Orientation {
  const { rotation } = camera
  return { flipH: camera.flip_horizontal, flipV: camera.flip_vertical, rotate: rotation === 90 || rotation === 180 || rotation === 270 ? rotation : 0 }
}

/** The body of `server.webcams.list` and of `notify_webcams_changed`; switched-off cameras and junk are left out. */
export function parseWebcams(body: unknown): Webcam[] {
  const found = list.safeParse(body)
  if (!found.success) return []
  return found.data.webcams.slice(0, MOST).flatMap((one) => {
    const parsed = entry.safeParse(one)
    if (!parsed.success || !parsed.data.enabled) return []
    const { name, uid, snapshot_url: snapshotUrl, stream_url: streamUrl } = parsed.data
    return [{ id: uid ?? name, name, orientation: orientationOf(parsed.data), snapshotUrl, streamUrl }]
  })
}

/** Cameras of a version that keeps none (before 0.8) are none. @throws RpcError for other refusals, ServerError */
export async function readWebcams(rpc: Rpc, signal: AbortSignal): Promise<Webcam[]> {
  try {
    return parseWebcams(await rpc.call('server.webcams.list', z.unknown(), undefined, { signal }))
  } catch (error) {
    if (error instanceof RpcError && error.noMethod) return []
    throw error
  }
}

/** A camera that speaks WebRTC only has no picture for us. */
export function camerasOf(webcams: readonly Webcam[]): Camera[] {
  return webcams.map(({ id, name, snapshotUrl, streamUrl }) => ({ id, name, canSnapshot: snapshotUrl !== null || isStill(streamUrl) }))
}

function isStill(streamUrl: string | null): boolean {
  return streamUrl !== null && /action=stream|mjpe?g|\.jpe?g/i.test(streamUrl)
}

/**
 * Addresses of one camera's still, best guess first. A relative address belongs to the web server on the usual port, whatever port
 * Moonraker itself is reached by; a proxy below a prefix may serve it there.
 */
export function stillAddresses(camera: Pick<Webcam, 'snapshotUrl' | 'streamUrl'>, base: string): string[] {
  const { protocol, hostname, port } = new URL(base)
  const bases = port === '' || port === '80' || port === '443' ? [base] : /^71[23]\d$/.test(port) ? [`${protocol}//${hostname}`, base] : [base, `${protocol}//${hostname}`]
  const found: string[] = []
  const add = (address: string | null): void => {
    if (address === null) return
    for (const place of bases) {
      const url = fromHere(address, place)
      if (url !== null && !found.includes(url)) found.push(url)
    }
  }
  add(camera.snapshotUrl)
  const stream = camera.streamUrl
  if (stream?.includes('action=stream') === true) add(stream.replace('action=stream', 'action=snapshot'))
  add(stream)
  return found.slice(0, 6)
}
