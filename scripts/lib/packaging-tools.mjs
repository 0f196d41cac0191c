/** Tools that electron-builder otherwise downloads, put together from what the system has. For packages that are only looked at and tried. */
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A tool's name, and the Debian package that has it. */
const NEEDED = { 'dpkg-deb': 'dpkg', mksquashfs: 'squashfs-tools', unsquashfs: 'squashfs-tools', 'desktop-file-validate': 'desktop-file-utils', '7za': 'p7zip-full' }

/** As electron-builder calls it: that of the Electron for tests. */
const ARCH = 'x64'
/** Length of the stand-in runtime: the file system lies behind it. Bytes. */
const RUNTIME_LENGTH = 4096

/** @returns {string | null} absolute */
function toolPath(name) {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null
}

/** What is missing, as a sentence; null = nothing. */
export function toolsMissing() {
  const missing = Object.entries(NEEDED).filter(([name]) => toolPath(name) === null)
  if (missing.length === 0) return null
  return `Packages are made here with the system's own tools, and ${missing.map(([name]) => name).join(', ')} ${missing.length === 1 ? 'is' : 'are'} not there. Install ${[...new Set(missing.map(([, debian]) => debian))].join(', ')}.`
}

/**
 * What stands before the file system of an AppImage: the real runtime mounts it, this one unpacks it, starts it and takes it away again.
 * --appimage-extract unpacks into ./squashfs-root, as the real one does.
 */
function standInRuntime() {
  const script = `#!/bin/sh
# A stand-in for the runtime of an AppImage, for tests: it unpacks where the real one mounts.
me=$(readlink -f "$0")
if [ "$1" = --appimage-extract ]; then exec unsquashfs -q -n -f -o ${RUNTIME_LENGTH} -d squashfs-root "$me" >/dev/null; fi
into=$(mktemp -d)
trap 'rm -rf "$into"' EXIT
unsquashfs -q -n -f -o ${RUNTIME_LENGTH} -d "$into/root" "$me" >/dev/null || exit 1
APPIMAGE=$me APPDIR=$into/root ARGV0=$0
export APPIMAGE APPDIR ARGV0
"$into/root/AppRun" "$@" &
child=$!
trap 'kill -TERM $child 2>/dev/null' TERM INT
wait $child
status=$?
wait $child 2>/dev/null
exit $status
`
  if (script.length > RUNTIME_LENGTH) throw new Error('the stand-in runtime is longer than its place')
  return script + '#'.repeat(RUNTIME_LENGTH - script.length - 1) + '\n'
}

/**
 * @param {string} folder made, and filled
 * @returns {Record<string, string>} variables that electron-builder heeds
 */
export function systemTools(folder) {
  const images = join(folder, 'appimage')
  mkdirSync(join(images, 'runtimes'), { recursive: true })
  mkdirSync(join(images, 'lib', ARCH), { recursive: true })
  for (const name of ['mksquashfs', 'desktop-file-validate']) if (!existsSync(join(images, name))) symlinkSync(toolPath(name), join(images, name))
  const runtime = join(images, 'runtimes', `runtime-${ARCH}`)
  writeFileSync(runtime, standInRuntime())
  chmodSync(runtime, 0o755)
  return {
    CUSTOM_FPM_PATH: join(import.meta.dirname, 'fpm-by-dpkg.mjs'),
    APPIMAGE_TOOLS_PATH: images,
    ELECTRON_BUILDER_7ZIP_PATH: toolPath('7za'),
    // Made to be looked at: packing as small as possible takes minutes.
    ELECTRON_BUILDER_COMPRESSION_LEVEL: '1',
  }
}
