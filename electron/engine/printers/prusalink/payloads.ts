/**
 * Shapes of what PrusaLink answers, as loose as they can be: unknown fields are ignored, a field of a wrong type counts as absent. Texts are
 * cut to what a person may read. Seen with 0.8.1 on a Pi; of Buddy boards by documentation.
 */
import { z } from 'zod'

const LONGEST_TEXT = 2_000
const LONGEST_NAME = 200
const MOST_CAMERAS = 16

/** At most `longest` UTF-16 units, and no half of a character at the end. */
function cut(text: string, longest: number): string {
  return text.length <= longest ? text : text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '')
}
const maybeNumber = z.number().nullish().catch(undefined)
const maybeText = z.string().transform((given) => cut(given, LONGEST_TEXT)).nullish().catch(undefined)
const maybeName = z.string().transform((given) => cut(given, LONGEST_NAME)).nullish().catch(undefined)
const id = z.number().int().nonnegative()

const condition = z.object({ ok: z.boolean(), message: maybeText }).nullish().catch(undefined)

const statusJob = z.object({
  id,
  /** Percent 0..100. */
  progress: maybeNumber,
  /** Seconds. */
  time_remaining: maybeNumber, time_printing: maybeNumber,
})
export type StatusJob = z.output<typeof statusJob>

/** GET /api/v1/status */
export const statusSchema = z.object({
  printer: z.object({
    state: z.string().transform((given) => cut(given, LONGEST_NAME)),
    temp_nozzle: maybeNumber, target_nozzle: maybeNumber, temp_bed: maybeNumber, target_bed: maybeNumber,
    axis_z: maybeNumber,
    /** Only on a Pi. */
    status_printer: condition,
  }),
  /** Null = there is none. One that is there and can't be read is no missing one: that would end a print. */
  job: z.unknown().default(null).transform((given): StatusJob | null | 'unreadable' => (given === null ? null : statusJob.safeParse(given).data ?? 'unreadable')),
  camera: z.object({ id: z.union([z.string(), z.number()]).transform(String) }).nullish().catch(undefined),
})
export type Status = z.output<typeof statusSchema>

/** GET /api/v1/job; 204 when there is none. */
export const jobSchema = z.object({
  id,
  state: maybeName,
  file: z.object({
    /** On a Buddy board the short name of the card, "SHAPE-~1.GCO". */
    name: maybeName, display_name: maybeName,
    /** The file's on a Pi, its folder's on a Buddy board. */
    path: maybeText,
    size: maybeNumber,
  }).nullish().catch(undefined),
})
export type JobAnswer = z.output<typeof jobSchema>

/** GET /api/version */
export const versionSchema = z.object({ text: maybeName, server: maybeName, original: maybeName, firmware: maybeName, hostname: maybeName })

/** GET /api/v1/info */
export const infoSchema = z.object({ name: maybeName, hostname: maybeName, serial: maybeName, location: maybeName })

const cameraSchema = z.object({
  camera_id: z.union([z.string(), z.number()]).transform((given) => cut(String(given), LONGEST_NAME)),
  config: z.object({ name: maybeName }).nullish().catch(undefined),
  connected: z.boolean().nullish().catch(undefined),
})
/** GET /api/v1/cameras; 404 on a Buddy board. */
export const camerasSchema = z.object({ camera_list: z.array(z.unknown()) })
  .transform(({ camera_list }) => camera_list.slice(0, MOST_CAMERAS).flatMap((one) => {
    const { success, data } = cameraSchema.safeParse(one)
    return success ? [data] : []
  }))
export type CameraEntry = z.output<typeof cameraSchema>
