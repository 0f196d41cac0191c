import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import afterPack from './after-pack.mjs'

let folder
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'after-pack-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function packed(platform, env) {
  const ran = []
  await afterPack({ electronPlatformName: platform, appOutDir: folder, packager: { appInfo: { productFilename: 'Printbell' } } }, { env, run: async (command, args) => void ran.push([command, ...args]) })
  return ran
}

describe('a packed app', () => {
  it('is signed for itself on macOS where nobody signs it', async () => {
    expect(await packed('darwin', {})).toEqual([['codesign', '--force', '--deep', '--sign', '-', join(folder, 'Printbell.app')]])
  })

  it.each([['darwin', { CSC_LINK: 'x' }], ['darwin', { CSC_NAME: 'x' }], ['linux', {}], ['win32', {}]])('is left to others on %s with %j', async (platform, env) => {
    expect(await packed(platform, env)).toEqual([])
  })

  it.each([['linux', 'resources'], ['darwin', 'Printbell.app/Contents/Resources']])('does not carry the greeting of Electron on %s', async (platform, place) => {
    mkdirSync(join(folder, place), { recursive: true })
    writeFileSync(join(folder, place, 'default_app.asar'), '')
    await packed(platform, { CSC_NAME: 'x' })
    expect(existsSync(join(folder, place, 'default_app.asar'))).toBe(false)
  })
})
