import { beforeEach, describe, expect, it } from 'vitest'
import { memoryLog } from '../../../test/support/log.ts'
import { loginItemAutostart, type LoginItems } from './login-items.ts'

let settings: ReturnType<LoginItems['getLoginItemSettings']>
let asked: unknown[]
let set: unknown[]
let broken: boolean
const items: LoginItems = {
  getLoginItemSettings: (options) => {
    asked.push(options)
    return settings
  },
  setLoginItemSettings: (wanted) => {
    if (broken) throw new Error('Operation not permitted')
    set.push(wanted)
    settings = { ...settings, openAtLogin: wanted.openAtLogin }
  },
}
beforeEach(() => {
  settings = { openAtLogin: false }
  asked = []
  set = []
  broken = false
})
const open = (platform: 'win32' | 'darwin', given: { packaged?: boolean; command?: [string, ...string[]] } = {}) =>
  loginItemAutostart({ items, platform, packaged: true, command: ['C:\\Program Files\\Printbell\\Printbell.exe', '--hidden'], log: memoryLog(), ...given })

describe('login items on Windows', () => {
  it('carry path and arguments, and are asked for by the same', async () => {
    expect(await open('win32').set(true)).toEqual({ on: true, possible: true, detail: 'Starts hidden at login.' })
    const item = { path: 'C:\\Program Files\\Printbell\\Printbell.exe', args: ['--hidden'] }
    expect(set).toEqual([{ openAtLogin: true, enabled: true, ...item }])
    expect(asked).toEqual([item, item])
    expect(await open('win32').set(false)).toEqual({ on: false, possible: true, detail: 'Does not start at login.' })
    expect(set.at(-1)).toEqual({ openAtLogin: false, enabled: false, ...item })
  })

  it('put an app path with a space into quotes', async () => {
    await open('win32', { packaged: false, command: ['C:\\e\\electron.exe', 'C:\\My Code\\printbell', '--hidden'] }).set(true)
    expect(set).toEqual([{ openAtLogin: true, enabled: true, path: 'C:\\e\\electron.exe', args: ['"C:\\My Code\\printbell"', '--hidden'] }])
  })

  it('tell when Task Manager switched them off', async () => {
    settings = { openAtLogin: true, executableWillLaunchAtLogin: false }
    expect(await open('win32').facts()).toEqual({ on: false, possible: true, detail: 'Switched off in Task Manager, under "Startup apps".' })
  })
})

describe('login items on macOS', () => {
  it('register the bundle, without arguments', async () => {
    expect(await open('darwin').set(true)).toMatchObject({ on: true })
    expect(set).toEqual([{ openAtLogin: true }])
    expect(asked).toEqual([undefined, undefined])
  })

  it('tell what macOS waits for', async () => {
    settings = { openAtLogin: false, status: 'requires-approval' }
    expect(await open('darwin').set(true)).toEqual({ on: false, possible: true, detail: 'macOS waits for your approval in System Settings, General, Login Items.' })
    settings = { openAtLogin: false, status: 'not-found' }
    expect(await open('darwin').facts()).toEqual({ on: false, possible: true, detail: 'macOS does not find the app. Move Printbell to the Applications folder.' })
  })

  it('are not used in a run from source', async () => {
    expect(await open('darwin', { packaged: false }).set(true)).toEqual({ on: false, possible: false, detail: 'Only the installed app can start at login on macOS.' })
    expect(set).toEqual([])
  })
})

it('a refusal of the system is told, not thrown', async () => {
  broken = true
  expect(await open('darwin').set(true)).toEqual({ on: false, possible: false, detail: 'The system refuses its login items: Operation not permitted' })
})
