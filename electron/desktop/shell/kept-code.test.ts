import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import Module from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keptCode } from './kept-code.ts'

let folder = ''
let file = ''
let folderOfKept = ''
let kept = ''
const said = (): unknown => (globalThis as { said?: unknown }).said

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-kept-'))
  file = join(folder, 'app.cjs')
  folderOfKept = join(folder, 'window', 'kept-code')
  kept = join(folderOfKept, 'app')
})
afterEach(() => {
  delete (globalThis as { said?: unknown }).said
  rmSync(folder, { recursive: true, force: true })
})

const source = (word: string): string => `const { basename } = require('node:path')\nfunction tell() { globalThis.said = '${word} ' + basename(__filename) }\ntell()\n`
const writeModule = (path: string, text: string): void => writeFileSync(path, Module.wrap(text))
/** One run that keeps its code. @returns what the module said */
function once(): unknown {
  const code = keptCode(file, folderOfKept)
  code.run()
  code.keep()
  return said()
}

describe('code that was kept', () => {
  it('runs as the module that it is, with and without it', () => {
    writeModule(file, source('one'))
    expect(once()).toBe('one app.cjs')
    delete (globalThis as { said?: unknown }).said
    expect(existsSync(kept)).toBe(true)
    expect(once()).toBe('one app.cjs')
  })
  it('is written once, for as long as it fits', () => {
    writeModule(file, source('one'))
    once()
    const before = statSync(kept, { bigint: true })
    once()
    const after = statSync(kept, { bigint: true })
    expect([after.ino, after.mtimeNs]).toEqual([before.ino, before.mtimeNs])
  })
  it('is nobody else\'s to read', () => {
    writeModule(file, source('one'))
    once()
    expect(statSync(kept).mode & 0o777).toBe(0o600)
  })
  it('never runs in place of another source of the same length', () => {
    writeModule(file, source('one'))
    once()
    writeModule(file, source('two'))
    expect(once()).toBe('two app.cjs')
    expect(once()).toBe('two app.cjs')
  })
  it.each([['cut off', (bytes: Buffer) => bytes.subarray(0, 40)], ['changed in one byte', (bytes: Buffer) => {
    bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1
    return bytes
  }], ['empty', () => Buffer.alloc(0)]])('that is %s is not used, and written anew', (_what, damage) => {
    writeModule(file, source('one'))
    once()
    const whole = readFileSync(kept)
    const damaged = Buffer.from(damage(Buffer.from(whole)))
    writeFileSync(kept, damaged)
    expect(once()).toBe('one app.cjs')
    expect(readFileSync(kept).equals(damaged)).toBe(false)
    expect(readFileSync(kept).length).toBeGreaterThan(40)
  })
  it('is not kept where nothing may be', () => {
    writeModule(file, source('one'))
    const code = keptCode(file, null)
    code.run()
    code.keep()
    expect([said(), existsSync(kept)]).toEqual(['one app.cjs', false])
  })
  it('fails with the words of the module', () => {
    writeModule(file, 'throw new Error(\'no tray\')\n')
    expect(() => keptCode(file, folderOfKept).run()).toThrow('no tray')
  })
})

describe('a module that loads a part of itself later', () => {
  it('shares its values with it', () => {
    writeModule(join(folder, 'part.cjs'), 'exports.sum = require(\'./app.cjs\').one + 1\n')
    writeModule(file, 'exports.one = 1\nglobalThis.said = { made: 0 }\nglobalThis.said.made += 1\nglobalThis.said.sum = () => require(\'./part.cjs\').sum\n')
    keptCode(file, folderOfKept).run()
    expect((said() as { sum(): number }).sum()).toBe(2)
    expect((said() as { made: number }).made).toBe(1)
  })
  it('has the code of its parts kept too, each for itself', () => {
    const part = join(folder, 'part.cjs')
    writeModule(part, 'exports.word = \'one\'\n')
    writeModule(file, 'globalThis.said = () => require(\'./part.cjs\').word\n')
    const kept = (): string[] => readdirSync(folderOfKept).sort()
    const run = (use: boolean): unknown => {
      const code = keptCode(file, folderOfKept)
      code.run()
      const word = use ? (said() as () => string)() : null
      code.keep()
      return word
    }
    run(false)
    expect(kept()).toEqual(['app'])
    expect([run(true), kept()]).toEqual(['one', ['app', 'part']])
    writeModule(part, 'exports.word = \'two\'\n')
    expect([run(true), run(true)]).toEqual(['two', 'two'])
  })
})
