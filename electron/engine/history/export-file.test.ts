import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'vite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { exportToFile, type ExportJob } from './export-file.ts'
import { startExport } from './start-export.ts'
import { batch, decision, entry, job, T0, temporaryHistory } from './test-support.ts'

let store: ReturnType<typeof temporaryHistory>
let target: string
beforeEach(() => {
  store = temporaryHistory()
  target = join(store.folder, 'out.txt')
})
afterEach(() => store.remove())

const asked = (over: Partial<ExportJob> = {}): ExportJob => ({ database: store.file, target, format: 'csv', filter: {}, ...over })
const never = new AbortController().signal
const told = async (over: Partial<ExportJob> = {}): Promise<string> => {
  await exportToFile(asked(over), () => undefined, never)
  return readFileSync(target, 'utf8')
}

describe('as a table', () => {
  test('one line an event, newest first, with the words people read', async () => {
    store.history.commit(batch([
      entry('E1', { draft: { type: 'job.started', severity: 'info', job: job('j1', 'cube.gcode') } }),
      entry('E2', { draft: { type: 'attention.filament_runout', severity: 'critical', progress: 0.629, occurredAt: T0 + 1_000, late: true, text: 'M600', reason: 'printer' } }),
    ]))
    store.history.acknowledge(['E2'], T0 + 2_000, { until: T0 + 3_602_000, note: 'On my way', by: 'window' })
    expect(await told()).toBe([
      '\ufefftime,printer,what happened,severity,file,progress in percent,words of the printer,reason,found out,late,seen,acknowledged,acknowledged until,note,type,printer id,print,event id',
      '2026-01-15T12:00:01.000Z,MK3 left,filament ran out,critical,,62,M600,printer,2026-01-15T12:00:00.000Z,yes,2026-01-15T12:00:02.000Z,2026-01-15T12:00:02.000Z,2026-01-15T13:00:02.000Z,On my way,attention.filament_runout,p1,,E2',
      '2026-01-15T12:00:00.000Z,MK3 left,print started,info,cube.gcode,,,,2026-01-15T12:00:00.000Z,no,,,,,job.started,p1,j1,E1',
      '',
    ].join('\r\n'))
  })

  test.each([
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['cr\r', '"cr\r"'],
    ['=1+2', "'=1+2"],
    ['+49 170', "'+49 170"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ['a=b', 'a=b'],
    ['Größe', 'Größe'],
  ])('the words %j stand as %j', async (text, cell) => {
    store.history.commit(batch([entry('E1', { draft: { text } })]))
    expect(await told()).toContain(`,print done,success,,,${cell},,`)
  })
})

test('JSON lines of a filter hold the events that fit, with their decisions', async () => {
  store.history.commit(batch([entry('E1', { decisions: [decision()] }), entry('E2', { draft: { printerId: 'p2' } }), entry('E3', { decisions: [decision()] })], {
    suppressed: [{ at: T0, printerId: 'p1', type: 'job.paused', reason: 'short_pause', detail: '', dedupeKey: null }],
  }))
  const lines = (await told({ format: 'jsonl', filter: { printerIds: ['p1'] } })).trimEnd().split('\n').map((line) => JSON.parse(line) as { line: string; event?: { id: string } })
  expect(lines.map(({ line, event }) => event?.id ?? line)).toEqual(['history', 'E3', 'decision', 'E1', 'decision'])
  expect(await told({ format: 'jsonl' })).toContain('"line":"suppressed"')
})

test('a filter by words finds by the names of kinds, as the window does', async () => {
  store.history.commit(batch([entry('E1', { draft: { type: 'attention.filament_runout' } }), entry('E2')]))
  expect((await told({ filter: { text: 'filament' } })).trimEnd().split('\r\n')).toHaveLength(2)
  expect((await told({ filter: { text: 'leer' }, language: 'de' })).trimEnd().split('\r\n')).toHaveLength(2)
  expect((await told({ filter: { text: 'leer' } })).trimEnd().split('\r\n')).toHaveLength(1)
})

test('what was there stays until the new one is whole, also when it can not be made', async () => {
  store.history.commit(batch([entry('E1')]))
  writeFileSync(target, 'old')
  await expect(exportToFile(asked({ database: `${store.file}.nope` }), () => undefined, never)).rejects.toThrow('There is no history yet')
  await expect(exportToFile(asked(), () => undefined, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
  expect(readFileSync(target, 'utf8')).toBe('old')
  expect(readdirSync(store.folder).filter((name) => name.endsWith('.part'))).toEqual([])
  expect(await told()).toContain('E1')
})

describe('in its thread', () => {
  let built = ''
  /** The worker is plain JavaScript in a build; here it is bundled into node_modules, from where it finds its packages. */
  beforeAll(async () => {
    const cache = fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url))
    await mkdir(cache, { recursive: true })
    built = await mkdtemp(join(cache, 'export-test-'))
    const entryFile = fileURLToPath(new URL('./export-worker.ts', import.meta.url))
    await build({ configFile: false, logLevel: 'silent', build: { ssr: entryFile, outDir: built, emptyOutDir: false, rollupOptions: { output: { entryFileNames: 'history-export.mjs' } } } })
  }, 60_000)
  afterAll(() => rm(built, { recursive: true, force: true }))
  const worker = (): URL => pathToFileURL(join(built, 'history-export.mjs'))

  test('it tells how far it is, and the engine writes meanwhile', async () => {
    store.history.commit(batch(Array.from({ length: 4_500 }, (_, n) => entry(`E${n}`))))
    const progress: number[] = []
    const running = startExport(asked(), { entry: worker(), onProgress: (events) => progress.push(events) })
    store.history.commit(batch([entry('meanwhile')]))
    const end = await running.ended
    expect(end.what).toBe('saved')
    expect(progress.slice(0, 4)).toEqual([1_000, 2_000, 3_000, 4_000])
    expect(readFileSync(target, 'utf8').trimEnd().split('\r\n').length).toBe((end.what === 'saved' ? end.events : 0) + 1)
  })

  test('it ends when it is cancelled and leaves nothing', async () => {
    store.history.commit(batch(Array.from({ length: 4_500 }, (_, n) => entry(`E${n}`))))
    const running = startExport(asked(), { entry: worker(), onProgress: () => running.cancel() })
    running.cancel()
    expect(await running.ended).toEqual({ what: 'cancelled' })
    expect(existsSync(target)).toBe(false)
    expect(readdirSync(store.folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('it says why it can not, and a worker that is not there is no crash', async () => {
    const missing = await startExport(asked({ target: join(store.folder, 'no', 'where.csv') }), { entry: worker(), onProgress: () => undefined }).ended
    expect(missing).toMatchObject({ what: 'failed' })
    expect((missing as { why: string }).why).toContain('ENOENT')
    expect((await startExport(asked(), { entry: new URL('nothing.mjs', worker()), onProgress: () => undefined }).ended).what).toBe('failed')
  })
})
