/**
 * Shapes of what OctoPrint sends, as loose as they can be: unknown fields are ignored, and a field of a wrong type counts
 * as absent, so that one odd plugin never blinds us for the rest of a frame. Seen with 1.11.8; 2.0's differences noted.
 */
import { z } from 'zod'

const maybeNumber = z.number().nullish().catch(undefined)
const maybeText = z.string().nullish().catch(undefined)
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
    .object({ name: maybeText, path: maybeText, display: maybeText, origin: maybeText, size: maybeNumber })
    .nullish()
    .catch(undefined),
  user: maybeText,
})

export const progressSchema = z.object({
  /** Percent 0..100; null when unknown; negative (-100) when the file has no size. */
  completion: maybeNumber,
  filepos: maybeNumber,
  printTime: maybeNumber,
  printTimeLeft: maybeNumber,
})

const heaterSchema = z.object({ actual: maybeNumber, target: maybeNumber })
export type HeaterBlock = z.infer<typeof heaterSchema>

/** One entry of `temps`, or `temperature` of GET /api/printer: heater names beside `time`. */
export const temperaturesSchema = z.record(z.string(), z.unknown()).transform((all) => {
  const heaters: Record<string, HeaterBlock> = {}
  for (const [name, value] of Object.entries(all)) {
    if (name === 'time' || typeof value !== 'object' || value === null) continue
    const heater = heaterSchema.safeParse(value)
    if (heater.success) heaters[name] = heater.data
  }
  return heaters
})

/** `current` and `history` (the same shape, with complete temps and logs). 2.0 adds and renames fields we don't use. */
export const currentSchema = z.object({
  state: stateSchema.optional().catch(undefined),
  job: jobSchema.nullish().catch(undefined),
  progress: progressSchema.nullish().catch(undefined),
  currentZ: maybeNumber,
  temps: z.array(z.unknown()).optional().catch(undefined),
  logs: z.array(z.string()).optional().catch(undefined),
})
export type CurrentFrame = z.infer<typeof currentSchema>

export const eventSchema = z.object({ type: z.string().min(1), payload: z.unknown() })

/** Union of the payloads of the job events, Error and PrinterStateChanged; each field only where its event has it. */
export const payloadSchema = z.object({
  name: maybeText,
  path: maybeText,
  origin: maybeText,
  size: maybeNumber,
  user: maybeText,
  time: maybeNumber,
  reason: maybeText,
  error: maybeText,
  progress: maybeNumber,
  firmwareError: maybeText,
  consequence: maybeText,
  state_id: maybeText,
  new: maybeNumber,
})
export type Payload = z.infer<typeof payloadSchema>

export const pluginSchema = z.object({ plugin: z.string(), data: z.unknown() })
export const promptSchema = z.object({ action: z.string(), text: maybeText, choices: z.array(z.string()).nullish().catch(undefined) })
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
