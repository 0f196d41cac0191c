/** One raw still: from OctoPrint itself where it can, else from the camera's own addresses. */
import { NoPicture, type RawPicture } from '../adapter.ts'
import { hostOf, NetError, readBounded } from '../net.ts'
import type { Contact } from './contact.ts'
import { firstJpeg, isJpeg, MAX_PICTURE_BYTES } from './jpeg.ts'
import { RestError } from './rest.ts'
import { orientation, readWebcams, type Webcam, type Webcams } from './webcams.ts'

/** A dead camera takes OctoPrint's own snapshotTimeout (5 s by default); the caller's signal is usually shorter. */
const DEADLINE_MS = 15_000

interface Try {
  url: string
  /** The key goes to OctoPrint only, never to a camera. */
  headers: Record<string, string>
}

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
  const tries = settings.snapshotUrl === undefined ? triesFor(rest.base, rest.headers(), camera, webcams) : [{ url: settings.snapshotUrl, headers: {} }]
  let failed: NoPicture | null = null
  for (const one of tries) {
    try {
      const bytes = await fetchStill(contact, one, signal)
      return { bytes, orientation: camera?.orientation ?? orientation({}), takenAt: ports.clock.now() }
    } catch (error) {
      if (!(error instanceof NoPicture)) throw error
      // The first refusal says most: what follows are guesses at addresses.
      failed ??= error
      if (signal.aborted) break
    }
  }
  throw failed ?? new NoPicture('no_camera', 'No webcam of OctoPrint has an address for stills.')
}

/** What a refused picture says about the camera itself, and not about the key or the settings. */
const CAMERA_FAULTS: ReadonlySet<NoPicture['cause_']> = new Set(['timeout', 'not_a_picture', 'server_error', 'unreachable'])

/** Tells the engine when a camera stops or starts answering, as snapshots find out. */
export function watchCameras(contact: Contact): (cameraId: string | null, signal: AbortSignal) => Promise<RawPicture> {
  const up = new Map<string, boolean>()
  return async (cameraId, signal) => {
    const id = () => cameraId ?? contact.settings.camera ?? contact.webcams?.snapshotId ?? 'default'
    const tell = (works: boolean, cause: string | null) => {
      if ((up.get(id()) ?? true) === works) return
      up.set(id(), works)
      if (contact.up) contact.observe([{ kind: 'signal', sourceId: contact.sourceId, at: contact.ports.clock.now(), signal: { type: 'camera', camera: id(), up: works, cause } }])
    }
    try {
      const picture = await snapshot(contact, cameraId, signal)
      tell(true, null)
      return picture
    } catch (error) {
      if (error instanceof NoPicture && CAMERA_FAULTS.has(error.cause_)) tell(false, error.cause_)
      throw error
    }
  }
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

export function triesFor(base: string, headers: Record<string, string>, camera: Webcam | null, webcams: Webcams | null): Try[] {
  const tries: Try[] = []
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

/**
 * A camera's address as it is reached from here: relative ones belong to the server's origin ("/webcam/?action=stream",
 * as the browser resolves it), and what OctoPrint calls 127.0.0.1 is OctoPrint's own computer. Null when it is no http.
 */
export function fromHere(address: string | null, base: string): string | null {
  if (address === null) return null
  let url: URL
  try {
    url = new URL(address, `${base}/`)
  } catch {
    return null
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  if (/^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/.test(url.hostname)) url.hostname = new URL(base).hostname
  return url.href
}

async function fetchStill(contact: Contact, one: Try, signal: AbortSignal): Promise<Uint8Array> {
  const { rest } = contact
  const host = hostOf(one.url)
  let answer: Awaited<ReturnType<typeof rest.open>>
  try {
    answer = await rest.open(one.url, { headers: one.headers, deadlineMs: DEADLINE_MS, signal })
  } catch (error) {
    throw asNoPicture(error, host)
  }
  try {
    const { status, headers, stream } = answer
    if (status === 401 || status === 403) throw new NoPicture('not_permitted', one.url.startsWith(`${rest.base}/`) ? 'The API key may not see the webcam: it lacks the permission WEBCAM in OctoPrint.' : `The camera at ${host} asks for a login.`)
    if (status < 200 || status >= 300) throw new NoPicture(status === 404 ? 'no_camera' : 'server_error', status === 500 ? 'OctoPrint could not get a picture from its webcam.' : `The camera at ${host} answered with status ${status}.`)
    const bytes = (headers['content-type'] ?? '').startsWith('multipart/')
      ? await firstJpeg(stream, headers['content-type'] ?? '', answer.signal)
      : await readBounded(stream, MAX_PICTURE_BYTES, answer.signal, host)
    if (!isJpeg(bytes)) throw new NoPicture('not_a_picture', `The camera at ${host} sent something that is no JPEG picture.`)
    return bytes
  } catch (error) {
    throw asNoPicture(answer.why() ?? error, host)
  } finally {
    answer.done()
    answer.stream.destroy()
  }
}

function asNoPicture(error: unknown, host: string): NoPicture {
  if (error instanceof NoPicture) return error
  const cause = error instanceof NetError || error instanceof RestError ? error.cause_ : null
  if (cause === 'timeout' || cause === 'aborted') return new NoPicture('timeout', `The camera at ${host} was too slow.`)
  if (cause === 'too_large') return new NoPicture('too_large', `The camera at ${host} sent more than 10 MB.`)
  return new NoPicture('unreachable', error instanceof Error && cause !== null ? error.message : `The camera at ${host} cannot be reached.`)
}
