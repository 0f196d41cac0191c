import { mkdtempSync, rmSync, readdirSync, readFileSync, statSync, writeFileSync, symlinkSync, lstatSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Secret } from '../engine/settings/secret.ts'
import { keepKey } from './pair.ts'

const posix = { skip: process.platform === 'win32' }
const key = new Secret('CANARY-pair-key')

describe('the file of a key', posix, () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'printbell-pair-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8)

  it('is closed to others, also where an open one was there before', async () => {
    const file = join(folder, 'p1.key')
    writeFileSync(file, 'old\n')
    chmodSync(file, 0o644)
    await keepKey(file, key)
    expect(modeOf(file)).toBe('600')
    expect(readFileSync(file, 'utf8')).toBe('CANARY-pair-key\n')
    expect(readdirSync(folder)).toEqual(['p1.key'])
  })

  it('never holds the new key while it is open: who had the old one open reads the old one', async () => {
    const file = join(folder, 'p1.key')
    writeFileSync(file, 'old\n', { mode: 0o644 })
    const before = statSync(file).ino
    await keepKey(file, key)
    expect(statSync(file).ino).not.toBe(before)
  })

  it('is made with its folder, for the owner only', async () => {
    const file = join(folder, 'deep', 'er', 'p1.key')
    await keepKey(file, key)
    expect(modeOf(file)).toBe('600')
    expect(modeOf(join(folder, 'deep'))).toBe('700')
  })

  it('takes the place of a link and leaves alone what the link names', async () => {
    const other = join(folder, 'other')
    writeFileSync(other, 'kept\n')
    symlinkSync(other, join(folder, 'p1.key'))
    await keepKey(join(folder, 'p1.key'), key)
    expect(readFileSync(other, 'utf8')).toBe('kept\n')
    expect(lstatSync(join(folder, 'p1.key')).isSymbolicLink()).toBe(false)
  })

  it('leaves no half of itself behind when it can not be written, and says so', async () => {
    const file = join(folder, 'p1.key')
    // A folder of that name can't be replaced by a file.
    await keepKey(join(file, 'inside'), key)
    await expect(keepKey(file, key)).rejects.toThrow(`The key can't be kept in ${file} (E`)
    expect(readdirSync(folder)).toEqual(['p1.key'])
  })
})
