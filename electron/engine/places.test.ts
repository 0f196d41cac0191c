import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
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

  it('puts the socket of a deep folder into the temporary one, the same for the same folder, another for another', posix, () => {
    const deep = `/${'deep/'.repeat(30)}data`
    const socket = placesIn(deep, 'linux').controlSocket
    expect(socket.startsWith(`${tmpdir()}/printbell-`)).toBe(true)
    expect(socket).toMatch(/printbell-[0-9a-f]{16}\.sock$/)
    expect(placesIn(`${deep}/`, 'linux').controlSocket).toBe(socket)
    expect(placesIn(`${deep}2`, 'linux').controlSocket).not.toBe(socket)
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

  it('names the folder, the cause and the cure when it can not', posix, () => {
    writeFileSync(join(folder, 'file'), '')
    const data = join(folder, 'file', 'data')
    expect(() => makePlaces(placesIn(data))).toThrow(`the data folder ${data} can't be made: ENOTDIR. Choose another with --data.`)
  })
})
