/** Brings settings of an older version to the present one, on a copy: a given file is never rewritten. */
import { SettingsError } from './problems.ts'

/** Makes version n+1 out of version n (n = its index + 1). It may change what it is given: that is a copy. */
export type Migration = (settings: Record<string, unknown>) => Record<string, unknown>

/** Only ever appended to; a released step never changes. */
export const MIGRATIONS: readonly Migration[] = []

/**
 * @param path for the error text; null when the settings came from no file
 * @returns settings of the present version, and the version found
 * @throws SettingsError when the version is missing, no version, or newer than this program
 */
export function migrateSettings(value: unknown, path: string | null, steps: readonly Migration[] = MIGRATIONS): { settings: Record<string, unknown>; from: number } {
  const current = steps.length + 1
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SettingsError([{ path: '', message: 'is not an object', cure: `Begin with { "version": ${current} }.` }], path)
  }
  const { version } = value as { version?: unknown }
  if (version === undefined) throw new SettingsError([{ path: 'version', message: 'is missing', cure: `Add "version": ${current}.` }], path)
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    throw new SettingsError([{ path: 'version', message: 'is not a version', cure: `Use ${current}.` }], path)
  }
  if (version > current) {
    throw new SettingsError([{ path: 'version', message: `is ${version}, which this Printbell does not know (it knows up to ${current})`, cure: 'Update Printbell, or use settings written for this version.' }], path)
  }
  let settings = structuredClone(value) as Record<string, unknown>
  for (let n = version; n < current; n++) {
    settings = { ...steps[n - 1]?.(settings), version: n + 1 }
  }
  return { settings, from: version }
}

