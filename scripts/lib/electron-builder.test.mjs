import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { APP_ID } from '../../electron/desktop/toasts/identity.ts'
import { externals } from './entries.mjs'
import { updatesConfig } from '../package.mjs'
import { root } from './paths.mjs'

const config = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8'), { strict: true, uniqueKeys: true })

describe('what is packed', () => {
  it('is known to Windows by the name that the toasts carry, and has its shortcut in the Start menu', () => {
    expect(config.appId).toBe(APP_ID)
    expect(config.nsis).toMatchObject({ createStartMenuShortcut: true, shortcutName: 'Printbell' })
  })

  it('lives in the menu bar of macOS and may look around in the local network', () => {
    const { LSUIElement, NSLocalNetworkUsageDescription, NSBonjourServices } = config.mac.extendInfo
    expect(LSUIElement).toBe(true)
    expect(NSLocalNetworkUsageDescription).toMatch(/printer servers in your network/)
    expect(NSBonjourServices).toEqual(['_octoprint._tcp', '_moonraker._tcp', '_prusalink._tcp', '_http._tcp'])
  })

  it('has its fuses set', () => {
    expect(config.electronFuses).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
      grantFileProtocolExtraPrivileges: false,
      loadBrowserProcessSpecificV8Snapshot: false,
    })
    expect(config.asar).toBe(true)
  })

  it('keeps outside of the archive what can only be loaded or started from a file', () => {
    expect(config.asarUnpack).toEqual(['**/*.node', 'node_modules/node-notifier/vendor/**'])
    expect(externals).toEqual(['@photostructure/sqlite', '@jsquash/jpeg', 'node-notifier', 'libphonenumber-js', 'liquidjs', 'luxon'])
    expect(existsSync(join(root, 'node_modules/node-notifier/vendor/snoreToast'))).toBe(true)
  })

  it('leaves the native parts of other systems out, and says so in the list of all systems', () => {
    // A system's own list that only leaves out would let everything else in.
    expect([config.linux.files, config.mac.files, config.win.files]).toEqual([undefined, undefined, undefined])
    expect(config.files).toContain('!node_modules/@photostructure/sqlite/prebuilds/!(${platform}-${arch})/**')
    expect(existsSync(join(root, 'node_modules/@photostructure/sqlite/prebuilds'))).toBe(true)
  })

  it('takes from node_modules what the bundles do not hold, and no more', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(Object.keys(dependencies).sort()).toEqual([...externals].sort())
  })

  it('carries where newer versions come from and whose signature they have, and nothing without a key', () => {
    const PRINTBELL_UPDATES_KEY = 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE='
    expect(updatesConfig({}, 'linux')).toEqual([])
    expect(updatesConfig({ PRINTBELL_UPDATES_URL: 'https://updates.example.org/printbell' }, 'linux')).toEqual([])
    expect(updatesConfig({ PRINTBELL_UPDATES_KEY, PRINTBELL_UPDATES_URL: 'https://updates.example.org/printbell', PRINTBELL_UPDATES_PUBLISHER: 'Printbell maintainers', CSC_LINK: 'x' }, 'linux')).toEqual([
      `-c.extraMetadata.updates.key=${PRINTBELL_UPDATES_KEY}`, '-c.extraMetadata.updates.url=https://updates.example.org/printbell', '-c.extraMetadata.updates.publisher=Printbell maintainers',
    ])
    expect(updatesConfig({ PRINTBELL_UPDATES_KEY, CSC_LINK: 'x' }, 'darwin').at(-1)).toBe('-c.extraMetadata.updates.signed=true')
    expect(() => updatesConfig({ PRINTBELL_UPDATES_KEY: 'x' })).toThrow('PRINTBELL_UPDATES_KEY is no public key of ed25519')
    expect(() => updatesConfig({ PRINTBELL_UPDATES_KEY, PRINTBELL_UPDATES_URL: 'updates' })).toThrow('PRINTBELL_UPDATES_URL is no address.')
    // Names with spaces are changed by some forges on the way; the lists name the files.
    expect(config.nsis.artifactName).toBe('${productName}-Setup-${version}.${ext}')
  })

  it('has an icon of each form', () => {
    expect([config.mac.icon, config.win.icon, config.linux.icon]).toEqual(['resources/icons/app.icns', 'resources/icons/app.ico', 'resources/icons/app'])
    for (const path of ['app.icns', 'app.ico', 'app/512x512.png']) expect(existsSync(join(root, 'resources/icons', path))).toBe(true)
  })

  it('is called on Linux as notification services are told', () => {
    expect(config.linux.executableName).toBe('printbell')
    expect(readFileSync(join(root, 'electron/engine/channels/desktop/linux.ts'), 'utf8')).toContain(`DESKTOP_ENTRY = '${config.linux.executableName}'`)
  })

  it('holds the app and the files that its links open', () => {
    const { main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    expect(main).toBe('dist/app/main/main.mjs')
    expect(config.files).toEqual(expect.arrayContaining(['package.json', 'dist/app/**']))
    expect(config.extraResources.map((one) => one.from ?? one)).toEqual(['README.md', 'LICENSE', 'docs', 'resources/sounds'])
  })
})
