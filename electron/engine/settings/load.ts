/** From the text of a settings file to settings that keep the schema. Kinds and references are expand.ts's. */
import { JsonSyntaxError, parseJson } from './json.ts'
import { migrateSettings } from './migrations.ts'
import { SettingsError, problemsOf } from './problems.ts'
import type { Settings } from './schema.ts'
import { settingsSchema } from './schema.ts'

export interface Loaded {
  settings: Settings
  /** Sentences for people; nothing here stops the engine. */
  warnings: string[]
}

/** What the schema made of texts before. It would make the same of them again, so it need not be asked. */
export interface ReadBefore {
  /** Null = it was not read before. Each time an object of one's own. */
  of(text: string): Settings | null
  /** This text was read, and everything in it can be used. */
  read(text: string, settings: Settings): void
}

/**
 * @param from `path` is only used in texts; null when the settings come from no file
 * @throws SettingsError listing every problem
 */
export function loadSettings(text: string, from: { path: string | null; before?: ReadBefore | undefined }): Loaded {
  const settings = from.before?.of(text) ?? null
  return settings === null ? parseSettings(valueOf(text, from), from) : loaded(settings)
}

/** @throws SettingsError naming the place where it ends to be JSON */
export function valueOf(text: string, from: { path: string | null }): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error
    throw new SettingsError([{ path: '', message: `is not valid JSON at line ${error.line}, column ${error.column}`, cure: `There, ${error.expected}.` }], from.path)
  }
}

/** The same for settings that are an object already (the desktop's store). */
export function parseSettings(value: unknown, from: { path: string | null }): Loaded {
  const migrated = migrateSettings(value, from.path)
  const parsed = settingsSchema().safeParse(migrated.settings)
  if (!parsed.success) throw new SettingsError(problemsOf(parsed.error, settingsSchema(), migrated.settings), from.path)
  return loaded(parsed.data)
}

function loaded(settings: Settings): Loaded {
  return { settings, warnings: settings.printers.length === 0 ? ['There are no printers: add one to "printers".'] : [] }
}
