import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync, openSync, writeSync, closeSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { memoryLog } from '../../../test/support/log.ts'
import { setAsideIfDamaged } from './repair.ts'
import { openHistory } from './sqlite-history.ts'
import { batch, entry, T0 } from './test-support.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-repair-'))
  file = join(folder, 'history.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = () => openHistory({ file, log: memoryLog(), now: () => T0 })
function filled(): void {
  const history = open()
  for (let n = 0; n < 200; n++) history.commit(batch([entry(`E${n}`)]))
  history.close()
}

it('a sound history stays as it is', () => {
  filled()
  expect(setAsideIfDamaged(file, T0)).toBe(null)
  const history = open()
  expect(history.event('E7')?.id).toBe('E7')
  history.close()
})

it('what is no database is kept aside, and a new history begins', () => {
  writeFileSync(file, 'this is no database at all')
  const aside = `${file}.damaged-20260115T120000Z`
  expect(setAsideIfDamaged(file, T0)).toBe(aside)
  expect(readFileSync(aside, 'utf8')).toBe('this is no database at all')
  const history = open()
  expect(history.events({})).toEqual([])
  history.close()
})

it('a torn page in the middle is found, although the file still opens', () => {
  filled()
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(8_192, 0x5a), 0, 8_192, Math.floor(statSync(file).size / 8_192) * 4_096)
  closeSync(handle)
  expect(setAsideIfDamaged(file, T0)).toBe(`${file}.damaged-20260115T120000Z`)
  expect(existsSync(file)).toBe(false)
})

it('a file that ends too early is set aside', () => {
  filled()
  truncateSync(file, 40_000)
  expect(setAsideIfDamaged(file, T0)).toBe(`${file}.damaged-20260115T120000Z`)
})

it('beside a running engine nothing is touched', () => {
  const history = open()
  expect(() => setAsideIfDamaged(file, T0)).toThrow(/already works on the data/)
  history.close()
  expect(existsSync(file)).toBe(true)
})

it('of a folder without a history says so', () => {
  expect(() => setAsideIfDamaged(file, T0)).toThrow(`There is no history to repair: ${file} does not exist.`)
})
