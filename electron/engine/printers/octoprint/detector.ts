/**
 * What a failure detector inside OctoPrint says. OctoPrint knows no such thing, and detectors that exist talk to clouds of their own; so a plugin
 * (or a script of a few lines) that wants to be heard sends plugin messages under this name (docs/printers/octoprint.md).
 */
import { z } from 'zod'
import type { Signal } from '../../events/model.ts'
import { once } from '../../once.ts'
import { NoPicture, type RawPicture } from '../adapter.ts'
import { firstStill } from '../kit/camera.ts'
import type { Contact } from './contact.ts'
import { orientation } from './webcams.ts'

/** The name of the plugin message. */
export const DETECTOR = 'failure_detector'

const LONGEST_TEXT = 2_000
const LONGEST_PATH = 500

const verdictSchema = once(() => z.object({
  verdict: z.enum(['suspected', 'detected']),
  /** How sure it is, 0..1. */
  score: z.number().min(0).max(1).nullish().catch(null),
  /** It paused the print for that. */
  paused: z.boolean().catch(false),
  text: z.string().transform((text) => text.slice(0, LONGEST_TEXT)).nullish().catch(null),
  /** Below OctoPrint's own address, from the first slash on. */
  picture: z.string().max(LONGEST_PATH).regex(/^\/(?!\/)/).nullish().catch(null),
}))

/** @returns null for a message that is no verdict */
export function verdictOf(data: unknown): Extract<Signal, { type: 'failure_suspected' | 'failure_detected' }> | null {
  const parsed = verdictSchema().safeParse(data)
  if (!parsed.success) return null
  const { verdict, score, paused, text, picture } = parsed.data
  return { type: verdict === 'detected' ? 'failure_detected' : 'failure_suspected', paused, score: score ?? null, text: text ?? null, picture: picture ?? null }
}

/**
 * The picture that a detector judged: it stands as the detector showed it, whatever the camera's orientation.
 * @param picture a path of this very server
 * @throws NoPicture
 */
export async function evidence(contact: Contact, picture: string, signal: AbortSignal): Promise<RawPicture> {
  const { rest, ports } = contact
  if (!/^\/(?!\/)/.test(picture)) throw new NoPicture('no_camera', 'The failure detector names a picture that is not on this server.')
  const bytes = await firstStill(rest, [{ url: `${rest.base}${picture}`, headers: rest.headers() }], signal, 'The failure detector has no picture.')
  return { bytes, orientation: orientation({}), takenAt: ports.clock.now() }
}
