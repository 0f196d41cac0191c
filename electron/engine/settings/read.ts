/** From the text of a settings file to what the engine runs on, or to everything that is wrong with it. */
import { expandSettings, problemsIn, type EngineSettings } from './expand.ts'
import type { Kinds } from './kinds.ts'
import { loadSettings, valueOf, type ReadBefore } from './load.ts'
import { managedIn, type ManagedDestination } from './managed.ts'
import { migrateSettings } from './migrations.ts'
import { SettingsError, type Problem } from './problems.ts'
import { repair } from './repair.ts'
import type { Settings } from './schema.ts'

export interface ReadSettings {
  settings: Settings
  engine: EngineSettings
  /** Sentences for people; nothing here stops the engine. */
  warnings: string[]
  /** Required secrets that are not set, in words. The engine can start; their servers can't connect yet. */
  unset: string[]
}

/**
 * @param from `path` is only used in texts
 * @throws SettingsError listing every problem: what breaks the schema, and in all that does not, unknown kinds, references that
 *   lead nowhere and secrets that are written out
 */
export function readSettings(text: string, kinds: Kinds, from: { path: string | null; managed?: readonly ManagedDestination[]; before?: ReadBefore | undefined }): ReadSettings {
  let loaded
  try {
    loaded = loadSettings(text, from)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    throw new SettingsError(merged(error.problems, behind(text, kinds, from)), from.path)
  }
  const { engine, warnings, unset } = expandSettings(loaded.settings, kinds, from)
  const { settings } = loaded
  // Those of an administrator are destinations too.
  const nobody = settings.destinations.length === 0 && managedIn(settings, from.managed ?? []).length === 0 ? ['There are no destinations, so nobody is told: add one to "destinations".'] : []
  return { settings, engine, warnings: [...loaded.warnings, ...nobody, ...warnings.filter((warning) => !unset.includes(warning))], unset }
}

/** What else is wrong, behind the mistakes in the form. */
function behind(text: string, kinds: Kinds, from: { path: string | null; managed?: readonly ManagedDestination[] }): Problem[] {
  let value: unknown
  try {
    value = migrateSettings(valueOf(text, from), from.path).settings
  } catch (error) {
    // No JSON, or of a version that nobody here can read: that is all there is to say.
    if (error instanceof SettingsError) return []
    throw error
  }
  const repaired = repair(value)
  return repaired ? problemsIn(repaired.settings, kinds, repaired.uncertain, from.managed ?? []) : []
}

/** Leaves out of `more` what only follows from the mistakes in the form. */
function merged(form: readonly Problem[], more: readonly Problem[]): Problem[] {
  const follows = ({ path }: Problem): boolean => form.some((problem) =>
    path === problem.path || path.startsWith(`${problem.path}.`) || path.startsWith(`${problem.path}[`)
    // "printers[2] has no server": its server or its sources are what could not be read.
    || (/^printers\[\d+\]$/.test(path) && (problem.path.startsWith(`${path}.server`) || problem.path.startsWith(`${path}.sources`))))
  return [...form, ...more.filter((problem) => !follows(problem))]
}
