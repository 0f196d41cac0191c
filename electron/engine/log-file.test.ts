import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { logFile } from './log-file.ts'

const LIMIT = 5_000_000
const line = (n: number): string => `${String(n).padStart(99, '.')}\n`

describe('the log\'s file', () => {
  let folder: string
  let file: string
  const troubles: string[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'printbell-log-'))
    file = join(folder, 'printbell.log')
    troubles.length = 0
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const open = () => logFile(file, (text) => troubles.push(text))

  it('goes on where it ended while it is below 5 MB', () => {
    writeFileSync(file, 'before\n')
    open().write('after\n')
    expect(readFileSync(file, 'utf8')).toBe('before\nafter\n')
    expect(existsSync(`${file}.1`)).toBe(false)
  })

  it('that is above 5 MB at the start is set aside as .1, in the place of an older one', () => {
    writeFileSync(`${file}.1`, 'oldest\n')
    writeFileSync(file, 'x'.repeat(LIMIT + 1))
    open().write('fresh\n')
    expect(readFileSync(file, 'utf8')).toBe('fresh\n')
    expect(statSync(`${file}.1`).size).toBe(LIMIT + 1)
  })

  it('that grows above 5 MB is set aside, and not a line is lost', () => {
    const to = open()
    // 100 bytes a line: line 50000 fills it to the byte, the next one would be too much.
    for (let n = 1; n <= 50_010; n++) to.write(line(n))
    expect(statSync(`${file}.1`).size).toBe(LIMIT)
    expect(readFileSync(`${file}.1`, 'utf8').endsWith(line(50_000))).toBe(true)
    expect(readFileSync(file, 'utf8').split('\n').filter((text) => text !== '').map((text) => Number(text.replaceAll('.', '')))).toEqual([50_001, 50_002, 50_003, 50_004, 50_005, 50_006, 50_007, 50_008, 50_009, 50_010])
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
    expect(troubles).toEqual([])
  })

  it('counts what was there before, and bytes, not characters', () => {
    writeFileSync(file, 'x'.repeat(LIMIT - 10))
    const to = open()
    to.write('üüüü\n')
    expect(existsSync(`${file}.1`)).toBe(false)
    to.write('üüüü\n')
    expect(statSync(`${file}.1`).size).toBe(LIMIT - 1)
    expect(readFileSync(file, 'utf8')).toBe('üüüü\n')
  })

  it('goes on in the old file where it can not be set aside, and says so once', () => {
    writeFileSync(file, 'x'.repeat(LIMIT))
    mkdirSync(join(`${file}.1`, 'in the way'), { recursive: true })
    const to = open()
    to.write('one\n')
    to.write('two\n')
    expect(readFileSync(file, 'utf8').endsWith('xone\ntwo\n')).toBe(true)
    expect(troubles).toEqual([expect.stringContaining(`The log can't be set aside as ${file}.1 (E`)])
  })
})
