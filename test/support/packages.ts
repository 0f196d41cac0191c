/**
 * Packages for the tests of the packed app, made once for all of them from this checkout and kept until a source changes: this version, and an older one. Both
 * carry a key for updates that was made for these tests, and an address where nobody is.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withLock } from '../../scripts/lib/lock.mjs'
import { cache, root } from '../../scripts/lib/paths.mjs'
import { stampOf } from '../../scripts/lib/stamp.mjs'
import { makePackages } from '../../scripts/package.mjs'
import { publicText } from '../../scripts/sign-updates.mjs'

export interface Packed {
  out: string
  version: string
  /** The one package with this ending. Absolute. */
  file(ending: string): string
}

export interface Packages {
  now: Packed
  older: Packed
  /** By which what they take for an update has to be signed. */
  key: KeyObject
}

export const OLDER = '0.0.9'
const SOURCES = ['electron', 'renderer', 'resources', 'docs', 'scripts', 'README.md', 'LICENSE', 'package.json', 'package-lock.json', 'tsconfig.json', 'electron-builder.yml', 'electron.vite.config.ts', 'test/support/packages.ts']

export async function packagesForTests(): Promise<Packages> {
  const all = join(cache, 'packages')
  mkdirSync(all, { recursive: true })
  const folder = join(all, stampOf(root, SOURCES).slice(0, 16))
  const keyFile = join(folder, 'key.pem')
  await withLock(join(all, 'lock'), async () => {
    if (existsSync(keyFile)) return
    for (const name of readdirSync(all)) if (name !== 'lock') rmSync(join(all, name), { recursive: true, force: true })
    const { privateKey } = generateKeyPairSync('ed25519')
    const env = { ...process.env, PRINTBELL_UPDATES_KEY: publicText(privateKey), PRINTBELL_UPDATES_URL: 'http://127.0.0.1:9/printbell' }
    await makePackages({ targets: ['dir', 'deb', 'tar.gz', 'AppImage'], out: join(folder, 'now'), env, say: () => undefined })
    await makePackages({ targets: ['deb', 'AppImage'], out: join(folder, 'older'), version: OLDER, env, say: () => undefined })
    rmSync(join(folder, 'older', 'linux-unpacked'), { recursive: true, force: true })
    // The last one: without it nothing of this folder counts.
    writeFileSync(keyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }))
  })
  const packed = (name: string, version: string): Packed => {
    const out = join(folder, name)
    return { out, version, file: (ending) => join(out, readdirSync(out).find((one) => one.endsWith(ending)) ?? `no ${ending}`) }
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return { now: packed('now', version), older: packed('older', OLDER), key: createPrivateKey(readFileSync(keyFile, 'utf8')) }
}
