import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { ChannelKind } from '../engine/channels/channel.ts'
import { loadPluginKinds, type Plugins } from '../engine/channels/plugins/index.ts'
import { isPluginKind } from '../engine/channels/plugins/kind.ts'
import { channels } from '../engine/channels/registry.ts'
import type { Log, SecretStore } from '../engine/ports.ts'
import { adapters } from '../engine/printers/registry.ts'
import type { EngineSettings } from '../engine/settings/expand.ts'
import type { Kinds } from '../engine/settings/kinds.ts'
import { managedPlaces, readManaged } from '../engine/settings/managed.ts'
import { SettingsError } from '../engine/settings/problems.ts'
import { readSettings } from '../engine/settings/read.ts'
import type { Settings } from '../engine/settings/schema.ts'
import { headlessSecrets } from '../engine/settings/secrets.ts'
import { UserError } from './errors.ts'
import { quietLog } from '../engine/quiet-log.ts'

/** Everything that is built in. */
export const kinds: Kinds = { adapters, channels, mayBeMissing: isPluginKind }

/** Everything that is known with this data folder: what is built in, and the user's own plugins. */
export interface KnownKinds extends Kinds {
  adapters: typeof adapters
  channels: ReadonlyMap<string, ChannelKind>
  plugins: Plugins
}

/** @param data the data folder; need not be there */
export async function kindsWith(data: string): Promise<KnownKinds> {
  const plugins = await loadPluginKinds(join(resolve(data), 'channels'), { log: quietLog })
  return { adapters, mayBeMissing: isPluginKind, channels: new Map([...channels, ...plugins.kinds.map((kind) => [kind.kind, kind] as const)]), plugins }
}

export interface SettingsFile {
  settings: Settings
  /** Those it was read with. */
  kinds: KnownKinds
  engine: EngineSettings
  warnings: string[]
  /** Required secrets that are not set, in words. */
  unset: string[]
  /** Absolute path. */
  path: string
}

/** Reads and checks a settings file; it is never written. @throws UserError listing everything that is wrong with it */
export async function readSettingsFile({ settings, data, managed }: { settings: string; data: string; managed?: string }): Promise<SettingsFile> {
  const path = resolve(settings)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new UserError(code === 'ENOENT' ? `There is no settings file ${path}. Write one (docs/settings.md shows how), or name another with --settings.` : `The settings file ${path} can't be read (${code ?? (error as Error).message}).`)
  }
  const known = await kindsWith(data)
  try {
    const given = readManaged(managedFiles(managed === undefined ? managedPlaces(process.platform, process.env, resolve(data)) : [resolve(managed)], managed !== undefined), known)
    const read = readSettings(text, known, { path, managed: given.destinations })
    return { ...read, kinds: known, warnings: [...known.plugins.problems, ...given.problems, ...given.warnings, ...read.warnings], unset: [...given.unset, ...read.unset], path }
  } catch (error) {
    if (error instanceof SettingsError) throw new UserError(error.message)
    throw error
  }
}

/** Where the headless engine finds secrets; relative files start at the settings file's folder. */
export function secretsFor(settingsPath: string, log: Log): SecretStore {
  return headlessSecrets({ env: process.env, base: dirname(settingsPath), log, platform: process.platform })
}

/** Those of an administrator's files that are there. @param must a file that was asked for by name @throws UserError when that one is not there */
function managedFiles(paths: readonly string[], must: boolean): { path: string; text: string }[] {
  return paths.flatMap((path) => {
    try {
      return [{ path, text: readFileSync(path, 'utf8') }]
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT' && !must) return []
      throw new UserError(`The administrator's file ${path} can't be read (${code ?? 'unknown error'}). Let your user read it, or leave --managed out.`)
    }
  })
}
