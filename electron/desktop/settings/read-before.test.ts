import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryLog, type MemoryLog } from '../../../test/support/log.ts'
import { channels } from '../../engine/channels/registry.ts'
import { adapters } from '../../engine/printers/registry.ts'
import { loadSettings } from '../../engine/settings/load.ts'
import { keptReadings } from './read-before.ts'
import { readText } from './reading.ts'

const TEXT = JSON.stringify({ version: 1, printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'octoprint', url: 'http://octopi.local' } }], destinations: [{ id: 'desk', label: 'Desk', channel: 'desktop' }] })
const OTHER = TEXT.replace('MK4', 'MK3')
const BUILD = 'ab12 33.2.1'

let folder: string
let file: string
let log: MemoryLog
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-readings-'))
  file = join(folder, 'window', 'kept-settings')
  log = memoryLog()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const of = (text: string): ReturnType<typeof loadSettings>['settings'] => loadSettings(text, { path: null }).settings

/** A start of that build which reads these texts. */
function start(build: string | null, ...texts: string[]): void {
  const readings = keptReadings({ file, build, log })
  for (const text of texts) readings.read(text, readings.of(text) ?? of(text))
  readings.keep()
}

describe('what the last start read', () => {
  it('is known to the next one, as the schema made it', () => {
    start(BUILD, TEXT)
    expect(keptReadings({ file, build: BUILD, log }).of(TEXT)).toStrictEqual(of(TEXT))
  })

  it('is of this very text only', () => {
    start(BUILD, TEXT)
    expect(keptReadings({ file, build: BUILD, log }).of(OTHER)).toBeNull()
    expect(keptReadings({ file, build: BUILD, log }).of(`${TEXT}\n`)).toBeNull()
  })

  it('is of this very build only', () => {
    start(BUILD, TEXT)
    expect(keptReadings({ file, build: 'ab12 33.2.2', log }).of(TEXT)).toBeNull()
    expect(keptReadings({ file, build: 'cd34 33.2.1', log }).of(TEXT)).toBeNull()
  })

  it('is an object of one\'s own each time', () => {
    start(BUILD, TEXT)
    const readings = keptReadings({ file, build: BUILD, log })
    const first = readings.of(TEXT)
    first?.printers.splice(0)
    expect(readings.of(TEXT)?.printers).toHaveLength(1)
  })

  it('gives way to what is read now', () => {
    start(BUILD, TEXT)
    start(BUILD, OTHER)
    const readings = keptReadings({ file, build: BUILD, log })
    expect([readings.of(TEXT), readings.of(OTHER)]).toStrictEqual([null, of(OTHER)])
  })

  it('is written once, not at each start', () => {
    start(BUILD, TEXT)
    const { mtimeMs } = statSync(file)
    start(BUILD, TEXT)
    expect(statSync(file).mtimeMs).toBe(mtimeMs)
  })

  it('is passed over when a byte of it changed, or when it was cut', () => {
    start(BUILD, TEXT)
    const whole = readFileSync(file, 'utf8')
    for (const damaged of [whole.replace('"enabled":true', '"enabled":null'), whole.slice(0, -10), whole.slice(0, 20), '', '\n', '[]']) {
      writeFileSync(file, damaged)
      expect(keptReadings({ file, build: BUILD, log }).of(TEXT)).toBeNull()
    }
  })

  it('is nobody else\'s to read', () => {
    start(BUILD, TEXT)
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('is not kept where nobody knows the build', () => {
    start(null, TEXT)
    expect(() => statSync(file)).toThrow('ENOENT')
    start(BUILD, TEXT)
    expect(keptReadings({ file, build: null, log }).of(TEXT)).toBeNull()
  })

  it('that can not be written is told to the log, and stops nobody', () => {
    writeFileSync(join(folder, 'window'), 'a file where a folder should be')
    start(BUILD, TEXT)
    expect(log.lines).toMatchObject([{ level: 'warn', message: 'what the settings say could not be kept for the next start, which reads them anew' }])
  })
})

describe('the reading of a settings file', () => {
  const kinds = { adapters, channels }
  const read = (text: string, build: string | null = BUILD): ReturnType<typeof readText> => {
    const readings = keptReadings({ file, build, log })
    const reading = readText(text, kinds, null, [], readings)
    readings.keep()
    return reading
  }
  const FULL = readFileSync(new URL('../../engine/settings/fixtures/v1.json', import.meta.url), 'utf8')

  it.each([['with everything in it', FULL], ['with a server that stands in its printer', TEXT], ['that says nothing', '{"version":1}']])('%s is the same at the second start as at the first', (_name, text) => {
    const first = read(text)
    expect(first.is).toBe('good')
    expect(read(text)).toStrictEqual(first)
    expect(keptReadings({ file, build: BUILD, log }).of(text)).not.toBeNull()
  })

  it('takes what is known for what the schema would say', () => {
    read(TEXT)
    const before = { of: (text: string) => ({ ...of(text), notifyMyself: true }), read: () => undefined }
    const reading = readText(TEXT, kinds, null, [], before)
    expect(reading).toMatchObject({ is: 'good', settings: { notifyMyself: true }, engine: { notifyMyself: true } })
  })

  it.each([
    ['holds a secret', TEXT.replace('"url"', '"apiKey":"0123456789abcdef","url"')],
    ['names no kind that there is', TEXT.replace('octoprint"', 'octoprunt"')],
    ['is no JSON', TEXT.slice(1)],
  ])('keeps nothing of one that %s', (_what, text) => {
    expect(read(text).is).toBe('damaged')
    expect(() => statSync(file)).toThrow('ENOENT')
  })

  it('looks at kinds and references each time, also where the text is known', () => {
    read(TEXT)
    const reading = readText(TEXT, { adapters: new Map(), channels }, null, [], keptReadings({ file, build: BUILD, log }))
    expect(reading).toMatchObject({ is: 'damaged', problems: [{ path: 'printers[0].server.kind' }] })
  })
})
