/** A hash of files, to know whether something must be made again. */
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { globFiles } from './glob-files.mjs'

/**
 * All files under the given files and folders, sorted, tests left out.
 * @param {string} root
 * @param {readonly string[]} places relative to root; missing ones count as empty
 * @returns {string[]} relative paths with forward slashes
 */
export function sourceFiles(root, places) {
  const found = []
  for (const place of places) {
    const path = join(root, place)
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat?.isFile()) found.push(path)
    else if (stat) found.push(...globFiles(path, /./))
  }
  return [...new Set(found.map((path) => relative(root, path).split(sep).join('/')))].filter((path) => !/\.test\.[cm]?[jt]s$/.test(path)).sort()
}

/**
 * @param {string} root
 * @param {readonly string[]} places
 * @param {string} [salt] what else the result depends on (the Node version)
 * @returns {string} hexadecimal
 */
export function stampOf(root, places, salt = '') {
  const hash = createHash('sha256').update(salt)
  for (const path of sourceFiles(root, places)) hash.update(`\0${path}\0`).update(readFileSync(join(root, path)))
  return hash.digest('hex')
}

/** What a build of everything is made of. */
const SOURCES = ['electron', 'renderer', 'resources', 'package.json', 'package-lock.json', 'tsconfig.json', 'electron.vite.config.ts', 'scripts/lib/entries.mjs', 'scripts/lib/bundling.mjs', 'scripts/lib/build-now.mjs']

/**
 * Another one for another build: whether to build, and which build it is, are the same question.
 * @param {string} root
 * @returns {string} hexadecimal
 */
export function buildStamp(root) {
  return stampOf(root, SOURCES)
}
