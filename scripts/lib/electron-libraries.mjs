/** What Electron's binary needs of the system, told in the names of Debian and Ubuntu. Linux only. */
import { run } from './run.mjs'

/** Shared library (the beginning of its file's name) and the package that holds it. */
const PACKAGES = [
  ['libgtk-3', 'libgtk-3-0'], ['libgdk-3', 'libgtk-3-0'], ['libgdk_pixbuf', 'libgdk-pixbuf-2.0-0'], ['libnss', 'libnss3'], ['libsmime3', 'libnss3'], ['libnspr4', 'libnspr4'],
  ['libasound', 'libasound2'], ['libgbm', 'libgbm1'], ['libdrm', 'libdrm2'], ['libatk-bridge', 'libatk-bridge2.0-0'], ['libatk-1', 'libatk1.0-0'], ['libatspi', 'libatspi2.0-0'],
  ['libcups', 'libcups2'], ['libdbus-1', 'libdbus-1-3'], ['libglib-2', 'libglib2.0-0'], ['libgobject-2', 'libglib2.0-0'], ['libgio-2', 'libglib2.0-0'], ['libgmodule-2', 'libglib2.0-0'],
  ['libpango', 'libpango-1.0-0'], ['libcairo', 'libcairo2'], ['libxkbcommon', 'libxkbcommon0'], ['libexpat', 'libexpat1'], ['libudev', 'libudev1'], ['libxcb', 'libxcb1'],
  ['libX11', 'libx11-6'], ['libXcomposite', 'libxcomposite1'], ['libXdamage', 'libxdamage1'], ['libXext', 'libxext6'], ['libXfixes', 'libxfixes3'], ['libXrandr', 'libxrandr2'], ['libXrender', 'libxrender1'],
]
/** Their names end in "t64" since Debian 13 and Ubuntu 24.04. */
const RENAMED = new Set(['libgtk-3-0', 'libasound2', 'libatk-bridge2.0-0', 'libatk1.0-0', 'libatspi2.0-0', 'libcups2', 'libglib2.0-0'])

/**
 * @param {string} output of `ldd`
 * @returns {string[]} names of the libraries that were not found, each once
 */
export function missingLibraries(output) {
  return [...new Set([...output.matchAll(/^\s*(\S+) => not found/gm)].map((match) => match[1]))]
}

/**
 * @param {string[]} libraries file names ("libgtk-3.so.0")
 * @returns {string} cause and cure
 */
export function describeMissing(libraries) {
  const packages = [...new Set(libraries.map((library) => PACKAGES.find(([beginning]) => library.startsWith(beginning))?.[1]).filter((name) => name !== undefined))]
  const unknown = libraries.filter((library) => !PACKAGES.some(([beginning]) => library.startsWith(beginning)))
  const lines = [`Electron can't start: this system lacks ${libraries.join(', ')}.`]
  if (packages.length > 0) {
    lines.push('On Debian and Ubuntu install them:', `  sudo apt-get install --no-install-recommends ${packages.join(' ')}`)
    const renamed = packages.filter((name) => RENAMED.has(name))
    if (renamed.length > 0) lines.push(`Since Debian 13 and Ubuntu 24.04 some are called otherwise: ${renamed.map((name) => `${name}t64`).join(' ')}.`)
  }
  if (unknown.length > 0) lines.push(`Which package holds ${unknown.join(', ')} is not known here: ask your system's package search.`)
  return lines.join('\n')
}

/**
 * @param {string} binary
 * @throws Error naming the packages, when a library is missing. Where there is no `ldd`, nothing is found out.
 */
export async function requireLibraries(binary) {
  const { output } = await run('ldd', [binary])
  const missing = missingLibraries(output)
  if (missing.length > 0) throw new Error(describeMissing(missing))
}
