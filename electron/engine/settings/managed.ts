/**
 * Destinations that an administrator gives to every user of a computer: a file beside the settings, read and never written. A user may call one
 * otherwise, and switch it off; whoever changes more of it gets a copy of his own. What can't be used of the file is told, and the rest goes on.
 */
import { dirname, isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { once } from '../once.ts'
import type { Kinds } from './kinds.ts'
import { expandDestination, type ResolvedDestination } from './expand.ts'
import { valueOf } from './load.ts'
import { problemText, problemsOf, SettingsError, type Problem } from './problems.ts'
import { destination, type DestinationSettings, type Settings } from './schema.ts'

export interface ManagedDestination {
  /** As the file has it; the paths of its secrets are whole. */
  settings: DestinationSettings
  /** Null = its channel is not installed here: it is shown, and gets nothing. */
  resolved: ResolvedDestination | null
}

export interface ManagedReading {
  destinations: ManagedDestination[]
  /** What can't be used, each with its cure. */
  problems: string[]
  /** What is there and lacks something, as of destinations of one's own. */
  warnings: string[]
  /** Required secrets that are not set. */
  unset: string[]
}

const fileSchema = once(() => z.strictObject({ $schema: z.string().optional(), version: z.literal(1), destinations: z.array(z.looseObject({})).default([]) }))

/** Where an administrator's files lie: for all users of the computer, then for this data folder. */
export function managedPlaces(platform: NodeJS.Platform, env: Readonly<Record<string, string | undefined>>, dataFolder: string): string[] {
  const all = platform === 'win32' ? `${env.ProgramData ?? 'C:\\ProgramData'}\\Printbell\\managed.json` : platform === 'darwin' ? '/Library/Application Support/Printbell/managed.json' : '/etc/printbell/managed.json'
  return [all, `${dataFolder}${platform === 'win32' ? '\\' : '/'}managed.json`]
}

/** @param files in their order; of two of one id the first counts */
export function readManaged(files: readonly { path: string; text: string }[], kinds: Kinds): ManagedReading {
  const reading: ManagedReading = { destinations: [], problems: [], warnings: [], unset: [] }
  for (const { path, text } of files) {
    const inFile = (said: string): string => `The administrator's file ${path}: ${said}`
    const told = (problem: Problem): void => void reading.problems.push(inFile(problemText(problem).trim()))
    const file = fileOf(text, path, told)
    for (const [index, given] of (file?.destinations ?? []).entries()) {
      const one = readOne(given, index, path, kinds, told)
      if (one === null) continue
      if (reading.destinations.some(({ settings }) => settings.id === one.settings.id)) told({ path: `destinations[${index}].id`, message: `is "${one.settings.id}", which another one has already`, cure: 'Give each its own id.' })
      else {
        reading.destinations.push({ settings: one.settings, resolved: one.resolved })
        reading.warnings.push(...one.warnings.map(inFile))
        reading.unset.push(...one.unset.map(inFile))
      }
    }
  }
  return reading
}

function fileOf(text: string, path: string, told: (problem: Problem) => void): z.output<ReturnType<typeof fileSchema>> | null {
  let value: unknown
  try {
    value = valueOf(text, { path })
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    error.problems.forEach(told)
    return null
  }
  const file = fileSchema().safeParse(value)
  if (file.success) return file.data
  problemsOf(file.error, fileSchema(), value).forEach(told)
  return null
}

function readOne(given: unknown, index: number, path: string, kinds: Kinds, told: (problem: Problem) => void): (ManagedDestination & Pick<ManagedReading, 'warnings' | 'unset'>) | null {
  const shape = destination().safeParse(given)
  if (!shape.success) {
    problemsOf(shape.error, destination(), given, ['destinations', index]).forEach(told)
    return null
  }
  const settings = { ...shape.data, config: withWholePaths(shape.data, path, kinds) }
  const found = { problems: [] as Problem[], warnings: [] as string[], unset: [] as string[] }
  const resolved = expandDestination(settings, index, kinds, found)
  found.problems.forEach(told)
  return found.problems.length > 0 ? null : { settings, resolved, warnings: found.warnings, unset: found.unset }
}

/** The files of its secrets lie beside the administrator's file, not beside the settings. */
function withWholePaths({ channel, config }: DestinationSettings, path: string, kinds: Kinds): Record<string, unknown> {
  const secrets = kinds.channels.get(channel)?.secretFields ?? {}
  return Object.fromEntries(Object.entries(config).map(([name, value]) => {
    const file: unknown = Object.hasOwn(secrets, name) && typeof value === 'object' && value !== null ? Reflect.get(value, 'file') : undefined
    return [name, typeof file === 'string' && !isAbsolute(file) ? { file: resolve(dirname(path), file) } : value]
  }))
}

/** Those that hold for a user of these settings: called as he calls them, off where he says so. One whose id the user has himself is left out. */
export function managedIn({ destinations, managed }: Pick<Settings, 'destinations' | 'managed'>, given: readonly ManagedDestination[]): ManagedDestination[] {
  return given.filter(({ settings: { id } }) => !destinations.some((own) => own.id === id)).map(({ settings, resolved }) => {
    const { label = settings.label, enabled = settings.enabled } = managed[settings.id] ?? {}
    return { settings: { ...settings, label, enabled }, resolved: resolved && { ...resolved, label, enabled } }
  })
}
