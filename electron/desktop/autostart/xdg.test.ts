import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryLog } from '../../../test/support/log.ts'
import { startCommand } from './command.ts'
import { xdgAutostart, xdgFolders } from './xdg.ts'

let root: string
let folder: string
let system: string
let file: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'printbell-autostart-'))
  folder = join(root, 'config', 'autostart')
  system = join(root, 'system', 'autostart')
  file = join(folder, 'printbell.desktop')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const open = (program = '/opt/Printbell/printbell') => xdgAutostart({ folder, systemFolders: [system], command: [program, '--hidden'], log: memoryLog() })
const put = (path: string, text: string): void => {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
}

describe('start at login on Linux', () => {
  it('is off at first, on when turned on, and off again', async () => {
    expect(await open().facts()).toEqual({ on: false, possible: true, detail: 'Does not start at login.' })
    expect(await open().set(true)).toEqual({ on: true, possible: true, detail: 'Starts hidden at login.' })
    expect(readFileSync(file, 'utf8')).toContain('\nExec=/opt/Printbell/printbell --hidden\n')
    expect(await open().facts()).toMatchObject({ on: true })
    expect(await open().set(false)).toMatchObject({ on: false, possible: true })
    expect(readdirSync(folder)).toEqual([])
  })

  it('touches no other file', async () => {
    put(join(folder, 'other.desktop'), 'theirs')
    await open().set(true)
    await open().set(false)
    expect(readdirSync(folder)).toEqual(['other.desktop'])
    expect(readFileSync(join(folder, 'other.desktop'), 'utf8')).toBe('theirs')
  })

  it('respects that the desktop\'s own settings switched it off, and comes on again when asked', async () => {
    await open().set(true)
    writeFileSync(file, `${readFileSync(file, 'utf8')}Hidden=true\n`)
    expect(await open().facts()).toEqual({ on: false, possible: true, detail: 'Switched off in the settings of this desktop.' })
    await open().repair()
    expect(await open().facts()).toMatchObject({ on: false })
    expect(await open().set(true)).toMatchObject({ on: true })
  })

  it('says when the file starts another Printbell', async () => {
    await open('/home/me/Print Bell.AppImage').set(true)
    expect(await open().facts()).toEqual({ on: true, possible: true, detail: 'Starts another Printbell at login: /home/me/Print Bell.AppImage. Turn it off and on again to start this one.' })
  })

  it('names this program when the other is gone, and leaves one alone that is there', async () => {
    const other = join(root, 'other')
    writeFileSync(other, '')
    await open(other).set(true)
    await open().repair()
    expect(readFileSync(file, 'utf8')).toContain(`Exec=${other} --hidden`)
    rmSync(other)
    await open().repair()
    expect(readFileSync(file, 'utf8')).toContain('Exec=/opt/Printbell/printbell --hidden')
  })

  it('does not begin to start at login by repairing', async () => {
    await open().repair()
    expect(existsSync(file)).toBe(false)
  })

  it('hides a file of the system instead of removing what is not ours', async () => {
    put(join(system, 'printbell.desktop'), '[Desktop Entry]\nExec=/opt/Printbell/printbell --hidden\n')
    expect(await open().facts()).toMatchObject({ on: true })
    expect(await open().set(false)).toMatchObject({ on: false })
    expect(readFileSync(file, 'utf8')).toContain('Hidden=true')
    expect(existsSync(join(system, 'printbell.desktop'))).toBe(true)
  })

  it('replaces a link and does not write through it', async () => {
    put(join(root, 'elsewhere'), 'theirs')
    mkdirSync(folder, { recursive: true })
    symlinkSync(join(root, 'elsewhere'), file)
    await open().set(true)
    expect(lstatSync(file).isSymbolicLink()).toBe(false)
    expect(readFileSync(join(root, 'elsewhere'), 'utf8')).toBe('theirs')
  })

  it('tells why the file could not be written', async () => {
    put(join(root, 'config'), 'a file in the way')
    const facts = await open().set(true)
    expect(facts).toMatchObject({ on: false, possible: true, detail: expect.stringMatching(/^The autostart file could not be written: ENOTDIR/) as string })
    expect(await open().facts()).toMatchObject({ on: false })
  })

  it('is not possible for a path that the file can\'t name', async () => {
    expect(await open('/opt/a=b').facts()).toEqual({ on: false, possible: false, detail: 'The path of Printbell holds a "=", which an autostart file can\'t name. Move it to another folder.' })
    await open('/opt/a=b').set(true)
    expect(existsSync(file)).toBe(false)
  })
})

it('the folder is the one of the XDG specification', () => {
  expect(xdgFolders({}, '/home/me')).toEqual({ folder: '/home/me/.config/autostart', systemFolders: ['/etc/xdg/autostart'] })
  expect(xdgFolders({ XDG_CONFIG_HOME: '/c', XDG_CONFIG_DIRS: '/a:rel:/b' }, '/home/me')).toEqual({ folder: '/c/autostart', systemFolders: ['/a/autostart', '/b/autostart'] })
  expect(xdgFolders({ XDG_CONFIG_HOME: 'relative' }, '/home/me').folder).toBe('/home/me/.config/autostart')
})

describe('what the login starts', () => {
  const program = { platform: 'linux' as NodeJS.Platform, env: {}, execPath: '/opt/Printbell/printbell', appPath: '/opt/Printbell/resources/app.asar', packaged: true }
  it.each([
    ['the packaged app', {}, ['/opt/Printbell/printbell', '--hidden']],
    ['an AppImage, by its own file', { env: { APPIMAGE: '/home/me/Printbell.AppImage' } }, ['/home/me/Printbell.AppImage', '--hidden']],
    ['a portable Windows build, by its own file', { platform: 'win32' as const, env: { PORTABLE_EXECUTABLE_FILE: 'D:\\Printbell.exe' } }, ['D:\\Printbell.exe', '--hidden']],
    ['a run from source, by Electron and the app', { packaged: false, execPath: '/e/electron', appPath: '/src/printbell', env: { APPIMAGE: '/an/editor.AppImage' } }, ['/e/electron', '/src/printbell', '--hidden']],
  ])('%s', (_name, given, command) => {
    expect(startCommand({ ...program, ...given })).toEqual(command)
  })
})
