/** Stills from a camera's address, and telling when a camera stops or starts answering. */
import type { Observation } from '../../events/model.ts'
import { NoPicture, type RawPicture } from '../adapter.ts'
import { hostOf, NetError, readBounded } from '../net.ts'
import { firstJpeg, isJpeg, MAX_PICTURE_BYTES } from './jpeg.ts'
import type { Rest } from './rest.ts'
import { ServerError } from './server-error.ts'

/** A dead camera makes a server wait (OctoPrint: 5 s); the caller's signal is usually shorter. */
const DEADLINE_MS = 15_000

/** An address that may have a still. */
export interface StillTry {
  url: string
  /** Sent with the request; a server's key goes to the server only, never to a camera. */
  headers: Record<string, string>
  /** What a status that is no 2xx means here; null or absent = the usual words about a camera. */
  refused?(status: number): NoPicture | null
}

/**
 * One JPEG from an address: as it is, or the first one of an MJPEG stream.
 * @throws NoPicture
 */
export async function fetchStill(rest: Pick<Rest, 'open'>, one: StillTry, signal: AbortSignal): Promise<Uint8Array> {
  const host = hostOf(one.url)
  let answer: Awaited<ReturnType<typeof rest.open>>
  try {
    answer = await rest.open(one.url, { headers: one.headers, deadlineMs: DEADLINE_MS, signal })
  } catch (error) {
    throw asNoPicture(error, host)
  }
  try {
    const { status, headers, stream } = answer
    if (status < 200 || status >= 300) throw one.refused?.(status) ?? refusedStill(status, host)
    const bytes = (headers['content-type'] ?? '').startsWith('multipart/')
      ? await firstJpeg(stream, headers['content-type'] ?? '', answer.signal)
      : await readBounded(stream, MAX_PICTURE_BYTES, answer.signal, host)
    return asJpeg(bytes, host)
  } catch (error) {
    throw asNoPicture(answer.why() ?? error, host)
  } finally {
    answer.done()
    answer.stream.destroy()
  }
}

/** @throws NoPicture of the first address when none has a picture: it says most, for what follows are often guesses */
export async function firstStill(rest: Pick<Rest, 'open'>, tries: readonly StillTry[], signal: AbortSignal, none: string): Promise<Uint8Array> {
  let failed: NoPicture | null = null
  for (const one of tries) {
    try {
      return await fetchStill(rest, one, signal)
    } catch (error) {
      if (!(error instanceof NoPicture)) throw error
      failed ??= error
      if (signal.aborted) break
    }
  }
  throw failed ?? new NoPicture('no_camera', none)
}

/** The bytes, when they are a JPEG. @throws NoPicture */
export function asJpeg(bytes: Uint8Array, host: string): Uint8Array {
  if (!isJpeg(bytes)) throw new NoPicture('not_a_picture', `The camera at ${host} sent something that is no JPEG picture.`)
  return bytes
}

/** What a camera's status means when nothing more is known of it. */
export function refusedStill(status: number, host: string): NoPicture {
  if (status === 401 || status === 403) return new NoPicture('not_permitted', `The camera at ${host} asks for a login.`)
  return new NoPicture(status === 404 ? 'no_camera' : 'server_error', `The camera at ${host} answered with status ${status}.`)
}

/** Names whatever a picture failed with. */
export function asNoPicture(error: unknown, host: string): NoPicture {
  if (error instanceof NoPicture) return error
  const cause = error instanceof NetError || error instanceof ServerError ? error.cause_ : null
  if (cause === 'timeout' || cause === 'aborted') return new NoPicture('timeout', `The camera at ${host} was too slow.`)
  if (cause === 'too_large') return new NoPicture('too_large', `The camera at ${host} sent more than 10 MB.`)
  return new NoPicture('unreachable', error instanceof Error && cause !== null ? error.message : `The camera at ${host} cannot be reached.`)
}

/** What a refused picture says about the camera itself, and not about the key or the settings. */
const CAMERA_FAULTS: ReadonlySet<NoPicture['cause_']> = new Set(['timeout', 'not_a_picture', 'server_error', 'unreachable'])

export interface CameraWatchParts {
  /** The name a camera is told by; null = the one that is taken without a choice. Asked after the picture. */
  idOf(cameraId: string | null): string
  take(cameraId: string | null, signal: AbortSignal): Promise<RawPicture>
  /** Passes an observation on; only called while the link is up. */
  observe(observation: Observation): void
  up(): boolean
  now(): number
  sourceId: string
}

/** Takes pictures, and tells the engine when a camera stops or starts answering, as they find out. */
export function watchCameras(parts: CameraWatchParts): (cameraId: string | null, signal: AbortSignal) => Promise<RawPicture> {
  const works = new Map<string, boolean>()
  return async (cameraId, signal) => {
    const tell = (up: boolean, cause: string | null) => {
      const camera = parts.idOf(cameraId)
      if ((works.get(camera) ?? true) === up) return
      works.set(camera, up)
      if (parts.up()) parts.observe({ kind: 'signal', sourceId: parts.sourceId, at: parts.now(), signal: { type: 'camera', camera, up, cause } })
    }
    try {
      const picture = await parts.take(cameraId, signal)
      tell(true, null)
      return picture
    } catch (error) {
      if (error instanceof NoPicture && CAMERA_FAULTS.has(error.cause_)) tell(false, error.cause_)
      throw error
    }
  }
}
