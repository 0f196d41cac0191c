/** Where a plugin runs: a copy of exactly those bytes that were allowed, so that a change meanwhile changes nothing. */
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFiles, type PluginFile } from './files.ts'
import type { PluginPlace } from './process.ts'

/**
 * @param temp a folder for temporary files
 * @param entry plugin-process.mjs; copied too, because it may lie in an archive
 * @throws Error of the file system
 */
export function makePlace(temp: string, entry: URL, files: readonly PluginFile[]): PluginPlace {
  const folder = realpathSync(mkdtempSync(join(temp, 'printbell-plugin-')))
  try {
    const place = { folder, entry: join(folder, 'host.mjs'), cwd: join(folder, 'empty') }
    writeFileSync(place.entry, readFileSync(entry), { mode: 0o600 })
    mkdirSync(place.cwd, { mode: 0o700 })
    writeFiles(files, join(folder, 'plugin'))
    return place
  } catch (error) {
    clearPlace(folder)
    throw error
  }
}

/** Tries for a moment: on Windows a process that just ended may hold its folder. */
export function clearPlace(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 })
}
