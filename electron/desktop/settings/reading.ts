/** From the text of the settings file to what the app runs on, or to why it can't be used. Pure. */
import type { EngineSettings } from '../../engine/settings/expand.ts'
import { parseJson } from '../../engine/settings/json.ts'
import type { Kinds } from '../../engine/settings/kinds.ts'
import type { ReadBefore } from '../../engine/settings/load.ts'
import type { ManagedDestination } from '../../engine/settings/managed.ts'
import { migrateSettings } from '../../engine/settings/migrations.ts'
import { problemText, SettingsError, type Problem } from '../../engine/settings/problems.ts'
import { readSettings, type ReadSettings } from '../../engine/settings/read.ts'
import { SETTINGS_VERSION, type Settings } from '../../engine/settings/schema.ts'
import { withoutInline } from './inline.ts'
import type { Raw } from './store.ts'

export type Reading =
  | { is: 'absent' }
  /** `raw` is of the present version and without inline servers, but holds no default that the file does not. */
  | { is: 'good'; raw: Raw; settings: Settings; engine: EngineSettings }
  /** It may not be written: another program understands it better, or nobody could read it. */
  | { is: 'newer'; problem: Problem }
  | { is: 'damaged'; why: string; problems: readonly Problem[] }

/**
 * @param path for texts
 * @param before is asked first, and told what was read
 */
export function readText(text: string, kinds: Kinds, path: string | null, managed: readonly ManagedDestination[] = [], before?: ReadBefore): Reading {
  const read = (given: string): ReadSettings => {
    const all = readSettings(given, kinds, { path, managed, before })
    before?.read(given, all.settings)
    return all
  }
  try {
    // First, and whole: it names everything that is wrong in one round.
    const asWritten = read(text)
    const migrated = migrateSettings(parseJson(text), path).settings
    const raw = withoutInline(migrated)
    const { settings, engine } = raw === migrated ? asWritten : read(JSON.stringify(raw))
    return { is: 'good', raw, settings, engine }
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    const version = versionOf(text)
    if (version !== null && version > SETTINGS_VERSION) {
      return { is: 'newer', problem: { path: '', message: `can't be changed: ${path ?? 'the file'} is of a newer Printbell (version ${version}, this one knows ${SETTINGS_VERSION}) and is left as it is`, cure: 'Update Printbell. Until then it runs without these settings.' } }
    }
    return { is: 'damaged', why: error.problems.map((problem) => problemText(problem).trim()).join(' '), problems: error.problems }
  }
}

function versionOf(text: string): number | null {
  try {
    const value = parseJson(text)
    const version: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'version') : null
    return Number.isInteger(version) ? (version as number) : null
  } catch {
    return null
  }
}

/**
 * Problems as the form of the changed thing tells them: "printers[2].thresholds.layers[0]" becomes "thresholds.layers[0]" there.
 * What lies elsewhere is a problem of the whole, with its place in words.
 */
export function relativeTo(at: string, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => {
    if (at === '' || problem.path === '') return problem
    if (problem.path === at) return { ...problem, path: '' }
    if (problem.path.startsWith(`${at}.`)) return { ...problem, path: problem.path.slice(at.length + 1) }
    return { ...problem, path: '', message: `${problem.path} ${problem.message}` }
  })
}
