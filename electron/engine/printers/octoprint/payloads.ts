/**
 * Shapes of what OctoPrint sends, as loose as they can be: unknown fields are ignored, and a field of a wrong type counts
 * as absent (`wrongFields` names it), so that one odd plugin never blinds us for the rest of a frame. Texts and lists are cut to
 * what a person may read: a server's word is stored and sent on. Seen with 1.11.8; 2.0's differences noted.
 */
import { z } from 'zod'

const maybeNumber = z.number().nullish().catch(undefined)
/** Error texts, prompts, paths, lines of the terminal. */
const LONGEST_TEXT = 2_000
/** Files, users, events, codes. */
const LONGEST_NAME = 200
const MOST_CHOICES = 20
const MOST_HEATERS = 32
const LONGEST_HEATER = 32

/** At most `longest` UTF-16 units, and no half of a character at the end. */
function cut(text: string, longest: number): string {
  return text.length <= longest ? text : text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '')
}
const text = z.string().transform((given) => cut(given, LONGEST_TEXT))
const name = z.string().transform((given) => cut(given, LONGEST_NAME))
const maybeText = text.nullish().catch(undefined)
const maybeName = name.nullish().catch(undefined)
const maybeFlag = z.boolean().optional().catch(undefined)

export const flagsSchema = z.object({
  operational: maybeFlag,
  printing: maybeFlag,
  cancelling: maybeFlag,
  pausing: maybeFlag,
  resuming: maybeFlag,
  finishing: maybeFlag,
  closedOrError: maybeFlag,
  error: maybeFlag,
  paused: maybeFlag,
  ready: maybeFlag,
})
export type Flags = z.infer<typeof flagsSchema>

export const stateSchema = z.object({
  text: maybeText,
  error: maybeText,
  flags: flagsSchema.optional().catch(undefined),
})
export type StateBlock = z.infer<typeof stateSchema>

export const jobSchema = z.object({
  file: z
    .object({ name: maybeName, path: maybeText, display: maybeName, origin: maybeName, size: maybeNumber })
    .nullish()
    .catch(undefined),
  user: maybeName,
})

export const progressSchema = z.object({
  /** Percent 0..100; null when unknown; negative (-100) when the file has no size. */
  completion: maybeNumber,
  filepos: maybeNumber,
  printTime: maybeNumber,
  printTimeLeft: maybeNumber,
})

export interface HeaterBlock {
  actual: number | null | undefined
  target: number | null | undefined
}

const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const numberOf = (value: unknown): number | null | undefined => (typeof value === 'number' || value === null ? value : undefined)

/**
 * One entry of `temps`, or `temperature` of GET /api/printer: heater names beside `time`. `cut` = some were left out, because
 * they are too many or their names too long.
 */
export const temperaturesSchema = z.custom<Record<string, unknown>>(isFields).transform((all) => {
  const heaters: Record<string, HeaterBlock> = {}
  let left = MOST_HEATERS
  let wasCut = false
  for (const [heaterName, value] of Object.entries(all)) {
    // Read by hand: these come with every frame.
    if (heaterName === 'time' || !isFields(value)) continue
    if (left === 0 || heaterName.length > LONGEST_HEATER || heaterName === '__proto__') {
      wasCut = true
      if (left === 0) break
    } else {
      heaters[heaterName] = { actual: numberOf(value['actual']), target: numberOf(value['target']) }
      left--
    }
  }
  return { heaters, cut: wasCut }
})
export type Temperatures = z.infer<typeof temperaturesSchema>

/** `current` and `history` (the same shape, with complete temps and logs). 2.0 adds and renames fields we don't use. */
export const currentSchema = z.object({
  state: stateSchema.optional().catch(undefined),
  job: jobSchema.nullish().catch(undefined),
  progress: progressSchema.nullish().catch(undefined),
  currentZ: maybeNumber,
  temps: z.array(z.unknown()).optional().catch(undefined),
  logs: z.array(text).optional().catch(undefined),
})
export type CurrentFrame = z.infer<typeof currentSchema>

export const eventSchema = z.object({ type: z.string().min(1).transform((given) => cut(given, LONGEST_NAME)), payload: z.unknown() })

/** Union of the payloads of the job events, Error and PrinterStateChanged; each field only where its event has it. */
export const payloadSchema = z.object({
  name: maybeName,
  path: maybeText,
  origin: maybeName,
  size: maybeNumber,
  user: maybeName,
  time: maybeNumber,
  reason: maybeName,
  error: maybeText,
  progress: maybeNumber,
  firmwareError: maybeText,
  consequence: maybeName,
  state_id: maybeName,
  new: maybeNumber,
})
export type Payload = z.infer<typeof payloadSchema>

export const pluginSchema = z.object({ plugin: name, data: z.unknown() })
export const promptSchema = z.object({
  action: name,
  text: maybeText,
  choices: z.array(name).transform((all) => all.slice(0, MOST_CHOICES)).nullish().catch(undefined),
})
/** `{}` is sent when the notification is taken away. */
export const notificationSchema = z.object({ message: maybeText })

/** GET /api/job. `state` is the text alone; `error` only when there is one. */
export const restJobSchema = z.object({
  job: jobSchema.nullish().catch(undefined),
  progress: progressSchema.nullish().catch(undefined),
  state: maybeText,
  error: maybeText,
})

/** GET /api/printer?exclude=sd; answers 409 while the printer is off. */
export const restPrinterSchema = z.object({
  state: stateSchema.optional().catch(undefined),
  temperature: temperaturesSchema.optional().catch(undefined),
})

/**
 * Names of the fields that were there and could not be read: present in `raw`, absent in what a schema of this file made of it.
 * The names are the schema's own, never the server's.
 */
export function wrongFields(raw: unknown, parsed: object, within = ''): string[] {
  if (typeof raw !== 'object' || raw === null) return []
  const given = raw as Record<string, unknown>
  return Object.entries(parsed).flatMap(([field, value]: [string, unknown]) => {
    const was = given[field]
    if (was === undefined || was === null) return []
    if (value === undefined) return [`${within}${field}`]
    // Heaters have names of the server's.
    if (typeof value !== 'object' || value === null || Array.isArray(value) || field === 'temperature' || field === 'payload') return []
    return wrongFields(was, value, `${within}${field}.`)
  })
}
