import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { channels } from '../engine/channels/registry.ts'
import type { Log, SecretStore } from '../engine/ports.ts'
import { adapters } from '../engine/printers/registry.ts'
import type { EngineSettings } from '../engine/settings/expand.ts'
import type { Kinds } from '../engine/settings/kinds.ts'
import { SettingsError } from '../engine/settings/problems.ts'
import { readSettings } from '../engine/settings/read.ts'
import type { Settings } from '../engine/settings/schema.ts'
import { headlessSecrets } from '../engine/settings/secrets.ts'
import { UserError } from './errors.ts'

/** Everything that is known here. */
export const kinds: Kinds = { adapters, channels }

export interface SettingsFile {
  settings: Settings
  engine: EngineSettings
  warnings: string[]
  /** Required secrets that are not set, in words. */
  unset: string[]
  /** Absolute path. */
  path: string
}

/** Reads and checks a settings file; it is never written. @throws UserError listing everything that is wrong with it */
export async function readSettingsFile(file: string): Promise<SettingsFile> {
  const path = resolve(file)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new UserError(code === 'ENOENT' ? `There is no settings file ${path}. Write one (docs/settings.md shows how), or name another with --settings.` : `The settings file ${path} can't be read (${code ?? (error as Error).message}).`)
  }
  try {
    return { ...readSettings(text, kinds, { path }), path }
  } catch (error) {
    if (error instanceof SettingsError) throw new UserError(error.message)
    throw error
  }
}

/** Where the headless engine finds secrets; relative files start at the settings file's folder. */
export function secretsFor(settingsPath: string, log: Log): SecretStore {
  return headlessSecrets({ env: process.env, base: dirname(settingsPath), log, platform: process.platform })
}
