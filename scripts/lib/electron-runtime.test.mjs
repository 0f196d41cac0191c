import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { demoWay } from './demo-way.mjs'
import { describeMissing, missingLibraries } from './electron-libraries.mjs'
import { binaryIn, findElectron, firstCause, versionOf } from './electron-runtime.mjs'
import { hasTestRuntime, TEST_RUNTIME, userCache } from './electron-test-runtime.mjs'
import { electronArguments, noDisplay, runElectron, statusOf } from './run-electron.mjs'

describe('where an Electron lies', () => {
  let folder
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'printbell-electron-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('is named by the system', () => {
    expect(['linux', 'win32', 'darwin'].map(binaryIn)).toEqual(['electron', 'electron.exe', 'Electron.app/Contents/MacOS/Electron'])
  })

  it('is known with its version, once it is whole', () => {
    writeFileSync(join(folder, 'version'), 'v45.5.0\n')
    expect(versionOf(folder, 'linux')).toBeNull()
    writeFileSync(join(folder, 'electron'), '')
    expect(versionOf(folder, 'linux')).toBe('45.5.0')
    expect(versionOf(folder, 'win32')).toBeNull()
    rmSync(join(folder, 'version'))
    expect(versionOf(folder, 'linux')).toBe('')
  })

  it('is refused with the cure when the variable names none', async () => {
    await expect(findElectron({ env: { ELECTRON_OVERRIDE_DIST_PATH: folder }, say: () => {} })).rejects.toThrow(`ELECTRON_OVERRIDE_DIST_PATH names ${folder}, where no Electron is. Correct it or unset it.`)
  })

  it('for tests exists for Linux on x64 only, and its package is pinned by version and sum', () => {
    expect([hasTestRuntime('linux', 'x64'), hasTestRuntime('linux', 'arm64'), hasTestRuntime('win32', 'x64'), hasTestRuntime('darwin', 'arm64')]).toEqual([true, false, false, false])
    expect(TEST_RUNTIME.package).toMatch(/@\d+\.\d+\.\d+$/)
    expect(Buffer.from(TEST_RUNTIME.sha512, 'base64')).toHaveLength(64)
  })

  it('made for tests is kept in the user\'s cache, outside of the checkout', () => {
    expect(userCache({ env: {}, platform: 'linux', home: '/home/me' })).toBe(join('/home/me', '.cache', 'printbell'))
    expect(userCache({ env: { XDG_CACHE_HOME: '/big/cache' }, platform: 'linux', home: '/home/me' })).toBe(join('/big/cache', 'printbell'))
    expect(userCache({ env: { XDG_CACHE_HOME: 'relative' }, platform: 'linux', home: '/home/me' })).toBe(join('/home/me', '.cache', 'printbell'))
    expect(userCache({ env: {}, platform: 'darwin', home: '/Users/me' })).toBe(join('/Users/me', 'Library', 'Caches', 'printbell'))
  })

  it('that could not be downloaded is told by the line that says why', () => {
    expect(firstCause('\nRequestError: getaddrinfo ENOTFOUND example.org\n    at x (y.js:1:1)\n')).toBe('RequestError: getaddrinfo ENOTFOUND example.org')
    expect(firstCause('something\nelse\n')).toBe('else')
  })
})

describe('missing libraries', () => {
  const ldd = '\tlinux-vdso.so.1 (0x0)\n\tlibgtk-3.so.0 => not found\n\tlibgdk-3.so.0 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x0)\n\tlibnss3.so => not found\n\tlibgtk-3.so.0 => not found\n'

  it('are read from ldd, each once', () => {
    expect(missingLibraries(ldd)).toEqual(['libgtk-3.so.0', 'libgdk-3.so.0', 'libnss3.so'])
    expect(missingLibraries('')).toEqual([])
  })

  it('are told with the packages that hold them, and their newer names', () => {
    expect(describeMissing(missingLibraries(ldd))).toBe([
      "Electron can't start: this system lacks libgtk-3.so.0, libgdk-3.so.0, libnss3.so.",
      'On Debian and Ubuntu install them:',
      '  sudo apt-get install --no-install-recommends libgtk-3-0 libnss3',
      'Since Debian 13 and Ubuntu 24.04 some are called otherwise: libgtk-3-0t64.',
    ].join('\n'))
  })

  it('that nobody listed are named all the same', () => {
    expect(describeMissing(['libmystery.so.1'])).toBe("Electron can't start: this system lacks libmystery.so.1.\nWhich package holds libmystery.so.1 is not known here: ask your system's package search.")
  })
})

describe('what Electron is called with', () => {
  it('is the app and its arguments', () => {
    expect(electronArguments({ app: '/app', args: ['--hidden'], platform: 'linux', uid: 1000 })).toEqual({ args: ['/app', '--hidden'], note: null })
    expect(electronArguments({ app: '/app', args: [], platform: 'win32', uid: null })).toEqual({ args: ['/app'], note: null })
    expect(electronArguments({ app: '/app', args: [], platform: 'darwin', uid: 0 })).toEqual({ args: ['/app'], note: null })
  })

  it('leaves the sandbox out for root on Linux, and says so', () => {
    const { args, note } = electronArguments({ app: '/app', args: ['--demo'], platform: 'linux', uid: 0 })
    expect(args).toEqual(['--no-sandbox', '/app', '--demo'])
    expect(note).toContain('ordinary user')
  })

  it('needs a display on Linux alone', () => {
    expect(noDisplay({}, 'linux')).toContain('npm run headless -- watch')
    expect(noDisplay({ DISPLAY: ':0' }, 'linux')).toBeNull()
    expect(noDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBeNull()
    expect(noDisplay({}, 'win32')).toBeNull()
    expect(noDisplay({}, 'darwin')).toBeNull()
  })
})

describe('the end of Electron', () => {
  it('is told as a shell tells it', () => {
    expect([statusOf(0, null), statusOf(3, null), statusOf(null, null), statusOf(null, 'SIGTERM'), statusOf(null, 'SIGKILL')]).toEqual([0, 3, 1, 143, 137])
  })

  it('is passed on, and so are signals on the way', async () => {
    expect(await runElectron(process.execPath, ['-e', 'process.exit(7)'])).toBe(7)
    await expect(runElectron('/nonexistent/electron', [])).rejects.toThrow('Electron could not be started')
    // The child says by its status that it heard the signal which this process got.
    const ended = runElectron(process.execPath, ['-e', `process.on('SIGHUP', () => process.exit(9)); setInterval(() => {}, 1000); process.kill(${process.pid}, 'SIGHUP')`])
    expect(await ended).toBe(9)
    expect(process.listenerCount('SIGHUP')).toBe(0)
  })
})

describe('the demo', () => {
  const display = { DISPLAY: ':0' }

  it('is the app where there is a display', () => {
    expect(demoWay([], display, 'linux')).toEqual({ way: 'desktop', args: [], why: null })
    expect(demoWay(['--data', '/tmp/x'], {}, 'win32')).toEqual({ way: 'desktop', args: ['--data', '/tmp/x'], why: null })
  })

  it('is played in the terminal without one, and says why', () => {
    expect(demoWay([], {}, 'linux')).toEqual({ way: 'headless', args: [], why: 'There is no display here, so the demo is played in this terminal.' })
  })

  it.each([[['--headless'], []], [['--json'], ['--json']], [['--seconds', '5'], ['--seconds', '5']], [['--seconds=5'], ['--seconds=5']], [['--headless', '--json'], ['--json']]])('is played in the terminal when that is asked for: %s', (given, args) => {
    expect(demoWay(given, display, 'linux')).toEqual({ way: 'headless', args, why: null })
  })
})
