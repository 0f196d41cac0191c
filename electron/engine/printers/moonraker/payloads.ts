/**
 * What Moonraker sends, read as loosely as it can be: a field of a wrong type counts as absent, texts are cut to what a person may read.
 * Deltas come four times a second, so plain readers do it here; rows of the history, which come seldom, are parsed with zod.
 */
import { z } from 'zod'
import type { JobFile } from '../../events/model.ts'

/** Messages, prompts, reasons. UTF-16 units */
export const LONGEST_TEXT = 2_000
/** Names of objects, choices, devices, users. */
export const LONGEST_NAME = 200

export type Fields = Readonly<Record<string, unknown>>

/** At most `longest` UTF-16 units, and no half of a character at the end. */
export function cut(text: string, longest: number): string {
  return text.length <= longest ? text : text.slice(0, longest).replace(/[\uD800-\uDBFF]$/, '')
}

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

export function textOf(value: unknown, longest = LONGEST_TEXT): string | null {
  return typeof value === 'string' ? cut(value, longest) : null
}

export function flagOf(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null
}

/** The human reason is the first line that says anything; what follows tells which command helps (seen in every state_message). */
export function firstLine(text: string | null): string | null {
  return text?.split('\n').map((line) => line.trim()).find((line) => line !== '') ?? null
}

/** Names of the G-code folder are paths; a person calls a file by the last part. `size` in bytes, where known. */
export function fileOf(path: string, size: number | null): JobFile {
  return { name: path.slice(path.lastIndexOf('/') + 1) || path, path, origin: 'gcodes', size }
}

const maybeNumber = z.number().nullish().catch(null)

/** One row of server.history.list, or `job` of notify_history_changed. Times in epoch seconds, the server's clock. */
const rowSchema = z.object({
  job_id: z.string().min(1).max(64),
  filename: z.string().transform((name) => cut(name, LONGEST_TEXT)),
  status: z.string().transform((status) => cut(status, LONGEST_NAME)),
  start_time: z.number(),
  end_time: maybeNumber,
  print_duration: maybeNumber,
  total_duration: maybeNumber,
  user: z.string().transform((name) => cut(name, LONGEST_NAME)).nullish().catch(null),
  metadata: z.unknown(),
})
export type HistoryRow = z.output<typeof rowSchema>

export function rowOf(row: unknown): HistoryRow | null {
  const parsed = rowSchema.safeParse(row)
  return parsed.success ? parsed.data : null
}

/** Moonraker's own words for "nobody who logged in" (0.11.0, seen). */
const NOBODY: ReadonlySet<string> = new Set(['_TRUSTED_USER_', '_API_KEY_USER_', 'No User', ''])

export function userOf(row: HistoryRow): string | null {
  return row.user == null || NOBODY.has(row.user) ? null : row.user
}

/** Seconds that it printed: without heating and pauses where anything was extruded, else all of it. */
export function printTimeOf(printed: number | null | undefined, total: number | null | undefined): number | null {
  return printed != null && printed > 0 ? printed : (total ?? null)
}

/** What is used of server.files.metadata. Bytes, layers, mm, seconds. */
export interface Metadata {
  startByte: number | null
  endByte: number | null
  estimated: number | null
  layers: number | null
  layerHeight: number | null
  firstLayerHeight: number | null
  objectHeight: number | null
  size: number | null
}

export function metadataOf(body: unknown): Metadata | null {
  if (!isFields(body)) return null
  return {
    startByte: numberOf(body['gcode_start_byte']),
    endByte: numberOf(body['gcode_end_byte']),
    estimated: numberOf(body['estimated_time']),
    layers: numberOf(body['layer_count']),
    layerHeight: numberOf(body['layer_height']),
    firstLayerHeight: numberOf(body['first_layer_height']),
    objectHeight: numberOf(body['object_height']),
    size: numberOf(body['size']),
  }
}
