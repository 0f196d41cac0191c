import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * All files under a folder whose path fits, sorted.
 * @param {string} folder absolute
 * @param {RegExp} pattern
 * @returns {string[]} absolute paths
 */
export function globFiles(folder, pattern) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((path) => pattern.test(path))
    .sort()
}
