/** Start at login on Linux: one file of ours in the autostart folder. Touches no other. */
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Log } from '../../engine/ports.ts'
import type { Autostart, AutostartFacts } from './autostart.ts'
import { execValue, programOf, readEntry, renderEntry, renderOff } from './desktop-entry.ts'

export interface XdgParts {
  /** Absolute; made when it is not there. */
  folder: string
  /** Where the system keeps its own autostart files. */
  systemFolders: readonly string[]
  /** Program and arguments. */
  command: readonly [string, ...string[]]
  log: Log
}

const FILE = 'printbell.desktop'

/** Folders by the XDG Base Directory Specification: a path that is not absolute counts as not set. */
export function xdgFolders(env: Readonly<Record<string, string | undefined>>, home: string): Pick<XdgParts, 'folder' | 'systemFolders'> {
  const absolute = (path: string | undefined): path is string => path !== undefined && isAbsolute(path)
  const config = env['XDG_CONFIG_HOME']
  const system = (env['XDG_CONFIG_DIRS'] ?? '').split(':').filter(absolute)
  return { folder: join(absolute(config) ? config : join(home, '.config'), 'autostart'), systemFolders: (system.length === 0 ? ['/etc/xdg'] : system).map((folder) => join(folder, 'autostart')) }
}

export function xdgAutostart({ folder, systemFolders, command, log }: XdgParts): Autostart {
  const file = join(folder, FILE)

  async function read(): Promise<AutostartFacts> {
    let wanted: string
    try {
      wanted = execValue(command)
    } catch (error) {
      return { on: false, possible: false, detail: messageOf(error) }
    }
    const entry = await entryInForce()
    if (entry === null || !entry.on) return { on: false, possible: true, detail: entry === null ? 'Does not start at login.' : 'Switched off in the settings of this desktop.' }
    if (entry.exec === wanted) return { on: true, possible: true, detail: 'Starts hidden at login.' }
    return { on: true, possible: true, detail: `Starts another Printbell at login: ${programOf(entry.exec ?? '') ?? 'unknown'}. Turn it off and on again to start this one.` }
  }

  /** A file in the person's own folder hides the system's. */
  async function entryInForce(): Promise<ReturnType<typeof readEntry> | null> {
    for (const candidate of [file, ...systemFolders.map((system) => join(system, FILE))]) {
      const text = await textOf(candidate)
      if (text !== null) return readEntry(text)
    }
    return null
  }

  async function write(text: string): Promise<void> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const fresh = `${file}.new`
    await writeFile(fresh, text, { mode: 0o644 })
    // Renamed, so that nobody reads half a file, and so that a link is replaced and not followed.
    await rename(fresh, file)
  }

  async function set(on: boolean): Promise<AutostartFacts> {
    try {
      if (on) await write(renderEntry(execValue(command)))
      else if (await anyExists(systemFolders.map((system) => join(system, FILE)))) await write(renderOff(execValue(command)))
      else await rm(file, { force: true })
    } catch (error) {
      log.warn('start at login could not be changed', { error, file })
      return { ...(await read()), detail: `The autostart file could not be written: ${messageOf(error)}` }
    }
    return await read()
  }

  return {
    facts: read,
    set,
    async repair() {
      const text = await textOf(file)
      const entry = text === null ? null : readEntry(text)
      if (entry === null || !entry.on || entry.exec === null) return
      const program = programOf(entry.exec)
      if (program === null || !isAbsolute(program) || await anyExists([program])) return
      log.info('the autostart file named a program that is gone; it names this one now', { before: program })
      await set(true)
    },
  }
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

async function anyExists(paths: readonly string[]): Promise<boolean> {
  for (const path of paths) {
    try {
      await access(path)
      return true
    } catch (error) {
      if (!isMissing(error)) return true
    }
  }
  return false
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
