import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { differences } from './ensure-installed.mjs'
import { nodeProblem } from './node-version.mjs'
import { bar, startProgress } from './progress.mjs'
import { sourceFiles, stampOf } from './stamp.mjs'

describe('whether the packages are installed', () => {
  const wanted = { packages: { '': { version: '0.1.0' }, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' }, 'node_modules/mac-only': { version: '3.0.0', optional: true } } }

  it('asks for all but the optional ones when nothing is installed', () => {
    expect(differences(wanted, null)).toEqual(['node_modules/a', 'node_modules/b'])
  })
  it('is content with the same versions, the optional one absent', () => {
    expect(differences(wanted, { packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } } })).toEqual([])
  })
  it('sees another version, of an optional package too', () => {
    const installed = { packages: { 'node_modules/a': { version: '1.0.1' }, 'node_modules/b': { version: '2.0.0' }, 'node_modules/mac-only': { version: '2.9.0' } } }
    expect(differences(wanted, installed)).toEqual(['node_modules/a', 'node_modules/mac-only'])
  })
})

describe('the Node version', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '26.1.0'])('%s will do', (version) => {
    expect(nodeProblem(version)).toBeNull()
  })
  it.each(['18.20.1', '20.18.9', '16.0.0'])('%s is too old, and the message says what to do', (version) => {
    expect(nodeProblem(version)).toContain('needs Node 20.19')
    expect(nodeProblem(version)).toContain('nodejs.org')
  })
  it('is the one that package.json asks for', () => {
    expect(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).engines.node).toBe('>=20.19')
  })
})

describe('the progress display', () => {
  const stream = (isTTY) => ({ isTTY, columns: 80, text: '', write(text) { this.text += text } })

  it('draws a bar of fixed width', () => {
    expect(bar(0)).toBe('[------------------------]')
    expect(bar(0.5)).toBe('[############------------]')
    expect(bar(7)).toBe('[########################]')
  })
  it('writes few lines where no terminal is', () => {
    const out = stream(false)
    let now = 0
    const progress = startProgress('Installing', { stream: out, now: () => now, quietMs: 10_000 })
    for (now = 0; now <= 21_000; now += 1_000) progress.update(now / 1_000, 21)
    progress.done()
    expect(out.text.split('\n')).toEqual(['Installing ...', 'Installing [###########-------------] 10/21  10 s', 'Installing [#######################-] 20/21  20 s', 'Installing: done (22 s)', ''])
  })
  it('rewrites one line on a terminal', () => {
    const out = stream(true)
    const progress = startProgress('Building', { stream: out, now: () => 0 })
    progress.update(1, 2)
    progress.done()
    expect(out.text.match(/\n/g)).toHaveLength(1)
  })
})

describe('the stamp of the sources', () => {
  let folder
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'printbell-stamp-'))
    mkdirSync(join(folder, 'src', 'deep'), { recursive: true })
    writeFileSync(join(folder, 'src', 'a.ts'), 'a')
    writeFileSync(join(folder, 'src', 'deep', 'b.ts'), 'b')
    writeFileSync(join(folder, 'src', 'a.test.ts'), 'test')
    writeFileSync(join(folder, 'one.json'), '{}')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('covers files and folders, but no tests', () => {
    expect(sourceFiles(folder, ['src', 'one.json', 'missing'])).toEqual(['one.json', 'src/a.ts', 'src/deep/b.ts'])
  })
  it('changes with a content, a name and the salt, and with nothing else', () => {
    const before = stampOf(folder, ['src'])
    writeFileSync(join(folder, 'src', 'a.test.ts'), 'changed')
    expect(stampOf(folder, ['src'])).toBe(before)
    expect(stampOf(folder, ['src'], 'salt')).not.toBe(before)
    writeFileSync(join(folder, 'src', 'deep', 'b.ts'), 'bb')
    const changed = stampOf(folder, ['src'])
    expect(changed).not.toBe(before)
    writeFileSync(join(folder, 'src', 'c.ts'), '')
    expect(stampOf(folder, ['src'])).not.toBe(changed)
  })
})
