import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makePlaces, placesIn } from './places.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-places-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const posix = { skip: process.platform === 'win32' }

describe('where things lie', () => {
  it('is all below the data folder, as absolute paths', posix, () => {
    expect(placesIn('/home/ann/.local/share/printbell', 'linux')).toEqual({
      data: '/home/ann/.local/share/printbell',
      database: '/home/ann/.local/share/printbell/printbell.db',
      snapshots: '/home/ann/.local/share/printbell/snapshots',
      controlSocket: '/home/ann/.local/share/printbell/control.sock',
      log: '/home/ann/.local/share/printbell/printbell.log',
    })
    expect(placesIn('data', 'linux').database).toBe(join(process.cwd(), 'data', 'printbell.db'))
  })

  it('keeps the socket inside while its path fits into 103 bytes', posix, () => {
    // "/control.sock" is 13 bytes.
    const fits = `/${'d'.repeat(89)}`
    expect(placesIn(fits, 'linux').controlSocket).toBe(`${fits}/control.sock`)
    expect(placesIn(`${fits}d`, 'linux').controlSocket).not.toContain('control.sock')
    // 45 two-byte letters are 90 bytes.
    expect(placesIn(`/${'ü'.repeat(45)}`, 'linux').controlSocket).not.toContain('control.sock')
  })

  it('puts the socket of a deep folder into the user\'s own runtime folder, the same for the same folder, another for another', posix, () => {
    const deep = `/${'deep/'.repeat(30)}data`
    const around = { runtime: folder, temp: '/nowhere' }
    const socket = placesIn(deep, 'linux', around).controlSocket
    expect(socket.startsWith(`${folder}/printbell/`)).toBe(true)
    expect(socket).toMatch(/\/[0-9a-f]{16}\.sock$/)
    expect(placesIn(`${deep}/`, 'linux', around).controlSocket).toBe(socket)
    expect(placesIn(`${deep}2`, 'linux', around).controlSocket).not.toBe(socket)
  })

  it.each<[string, (made: string) => string | undefined]>([
    ['there is none', () => undefined],
    ['it is no absolute path', () => 'run'],
    ['it is not there', (made) => join(made, 'gone')],
    ['others may write into it', (made) => {
      chmodSync(made, 0o777)
      return made
    }],
    ['its path is as long', (made) => `/${'r'.repeat(90)}/${made}`],
  ])('puts it into a folder of the user\'s own below the temporary one where the runtime folder will not do: %s', posix, (_why, runtime) => {
    const made = join(folder, 'runtime')
    mkdirSync(made, { mode: 0o700 })
    const socket = placesIn(`/${'deep/'.repeat(30)}data`, 'linux', { runtime: runtime(made), temp: folder }).controlSocket
    expect(socket.startsWith(`${folder}/printbell-${process.getuid?.()}/`)).toBe(true)
  })

  it('is a named pipe of the folder\'s own on Windows', () => {
    const pipe = placesIn('data', 'win32').controlSocket
    expect(pipe).toMatch(/^\\\\\.\\pipe\\printbell-[0-9a-f]{16}$/)
    expect(placesIn('other', 'win32').controlSocket).not.toBe(pipe)
  })
})

describe('making them', () => {
  it('gives folders that only their owner may open, and does nothing to those that are there', posix, () => {
    const places = placesIn(join(folder, 'a', 'data'))
    makePlaces(places)
    expect((statSync(places.data).mode & 0o777).toString(8)).toBe('700')
    expect((statSync(places.snapshots).mode & 0o777).toString(8)).toBe('700')
    writeFileSync(join(places.data, 'kept'), 'x')
    makePlaces(places)
    expect(statSync(join(places.data, 'kept')).size).toBe(1)
  })

  const deep = (): string => join(folder, 'a long name '.repeat(12))

  it('makes the socket\'s own folder for its owner only', posix, () => {
    const places = placesIn(deep(), 'linux', { runtime: undefined, temp: folder })
    makePlaces(places)
    expect((statSync(join(places.controlSocket, '..')).mode & 0o777).toString(8)).toBe('700')
    makePlaces(places)
  })

  it.each<[string, (path: string, elsewhere: string) => void]>([
    ['is open to others', (path) => {
      mkdirSync(path)
      chmodSync(path, 0o755)
    }],
    ['is a link to elsewhere', (path, elsewhere) => symlinkSync(elsewhere, path)],
    ['is a file', (path) => writeFileSync(path, '')],
  ])('refuses a folder for the socket that %s, for the engine and for who would ask it', posix, (_what, prepare) => {
    const elsewhere = join(folder, 'elsewhere')
    mkdirSync(elsewhere, { mode: 0o700 })
    const own = join(folder, `printbell-${process.getuid?.()}`)
    prepare(own, elsewhere)
    const around = { runtime: undefined, temp: folder }
    expect(() => placesIn(deep(), 'linux', around).controlSocket).toThrow(`${own} is not a folder for you alone, so the engine can't be reached through it. Remove it, or choose a shorter path with --data.`)
    expect(() => makePlaces(placesIn(deep(), 'linux', around))).toThrow('is not a folder for you alone')
    // The history can be read all the same.
    expect(placesIn(deep(), 'linux', around).database).toBe(join(deep(), 'printbell.db'))
    // Where the socket fits into the data folder, nobody asks.
    expect(placesIn(folder, 'linux', around).controlSocket).toBe(join(folder, 'control.sock'))
  })

  it('refuses a folder for the socket that belongs to somebody else', { skip: process.getuid?.() !== 0 }, () => {
    const own = join(folder, 'printbell-0')
    mkdirSync(own, { mode: 0o700 })
    chownSync(own, 12_345, 12_345)
    expect(() => placesIn(deep(), 'linux', { runtime: undefined, temp: folder }).controlSocket).toThrow(`${own} is not a folder for you alone`)
  })

  it('names the folder, the cause and the cure when it can not', posix, () => {
    writeFileSync(join(folder, 'file'), '')
    const data = join(folder, 'file', 'data')
    expect(() => makePlaces(placesIn(data))).toThrow(`the data folder ${data} can't be made: ENOTDIR. Choose another with --data.`)
  })
})
