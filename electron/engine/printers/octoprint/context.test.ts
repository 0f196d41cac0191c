import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { memoryLog } from '../../../../test/support/log.ts'
import { settle } from '../../../../test/support/clock.ts'
import { keepContext, metadataOf, type FileRef, type KeptContext } from './context.ts'

interface Line {
  t: number
  dir: string
  data: Record<string, unknown>
}

function recording(name: string): Line[] {
  return readFileSync(new URL(`../../../../test/recordings/octoprint/${name}.jsonl`, import.meta.url), 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line) as Line)
}

const record = (path: string): Record<string, unknown> => ({ name: path, path, origin: 'local', hash: `hash of ${path}` })

function setUp(readFile: (file: FileRef) => Promise<Record<string, unknown>> = async ({ path }) => record(path)) {
  const read: FileRef[] = []
  const world = { stopped: false }
  const log = memoryLog()
  const kept = keepContext({
    readFile: (file) => {
      read.push(file)
      return readFile(file)
    },
    beside: (work) => void work,
    stopped: () => world.stopped,
    log,
  })
  return { kept, read, world, log }
}

/** Plays frames up to and with the first event of this name. */
async function playTo(kept: KeptContext, name: string, event: string): Promise<void> {
  for (const { dir, data } of recording(name)) {
    if (dir !== 'in') continue
    kept.frame(data)
    await settle()
    if ((data['event'] as { type?: string } | undefined)?.type === event) return
  }
  throw new Error(`no ${event} in ${name}`)
}

const flags = (...set: string[]): Record<string, boolean> => ({
  operational: false, printing: false, cancelling: false, pausing: false, resuming: false, finishing: false, closedOrError: false, error: false, paused: false, ready: false, sdReady: false,
  ...Object.fromEntries(set.map((flag) => [flag, true])),
})

describe('what OctoPrint told, as a plugin inside it would see it', () => {
  it('is nothing before the first state', () => {
    const { kept } = setUp()
    expect(kept.now()).toBeNull()
    kept.frame({ connected: { version: '1.11.8' } })
    kept.frame(null)
    kept.frame(['current'])
    expect(kept.now()).toBeNull()
  })

  it('02: at the start has the file and state of that start, though no frame has shown them yet', async () => {
    const { kept } = setUp()
    await playTo(kept, '02-print-done', 'PrintStarted')
    expect(kept.now()).toEqual({
      state: { text: 'Starting', flags: flags('operational', 'printing', 'sdReady'), error: '' },
      job: {
        file: { name: 'lamp foot.gcode', path: 'lamp foot.gcode', display: 'lamp foot.gcode', origin: 'local', size: 1073, date: null },
        estimatedPrintTime: null, averagePrintTime: null, lastPrintTime: null, filament: null, user: 'admin',
      },
      currentZ: null,
      progress: { completion: 0, filepos: 0, printTime: 0, printTimeLeft: null, printTimeLeftOrigin: null },
      offsets: {},
      meta: { hash: 'hash of lamp foot.gcode' },
    })
  })

  it('02: amid the print is the newest frame', async () => {
    const { kept } = setUp()
    for (const { dir, t, data } of recording('02-print-done')) if (dir === 'in' && t < 17.5) kept.frame(data)
    expect(kept.now()).toMatchObject({
      state: { text: 'Printing', flags: flags('operational', 'printing', 'sdReady'), error: '' },
      job: { file: { path: 'lamp foot.gcode', size: 1073, date: 1795332049 }, user: 'admin' },
      currentZ: 1,
      progress: { completion: 98.13606710158435, filepos: 1053, printTime: 17, printTimeLeft: 4, printTimeLeftOrigin: 'linear' },
    })
  })

  it('02: at the end is complete, though the last frame was at 98 %', async () => {
    const { kept } = setUp()
    await playTo(kept, '02-print-done', 'PrintDone')
    expect(kept.now()).toMatchObject({
      state: { text: 'Finishing', flags: flags('operational', 'printing', 'finishing', 'sdReady') },
      currentZ: 1,
      progress: { completion: 100, filepos: 1073, printTime: 17, printTimeLeft: 0, printTimeLeftOrigin: null },
    })
  })

  it.each([
    ['03-cancel-user', 'PrintCancelled', 'Cancelling', ['operational', 'printing', 'cancelling', 'sdReady'], ''],
    ['04-pause-resume-user', 'PrintPaused', 'Pausing', ['operational', 'printing', 'pausing', 'sdReady'], ''],
    ['04-pause-resume-user', 'PrintResumed', 'Resuming', ['operational', 'printing', 'resuming', 'sdReady'], ''],
    ['09-mintemp-printing-disconnect', 'PrintFailed', 'Error', ['closedOrError', 'error'], 'MINTEMP triggered! - ok'],
    ['28-sd-print', 'PrintStarted', 'Starting print from SD', ['operational', 'printing', 'sdReady'], ''],
  ])('%s: at %s the state is %s', async (name, event, text, set, error) => {
    const { kept } = setUp()
    await playTo(kept, name, event)
    expect((kept.now() as { state: unknown }).state).toEqual({ text, flags: flags(...set), error })
  })

  it('15: knows no file any more once OctoPrint let go of it', async () => {
    const { kept } = setUp()
    await playTo(kept, '15-user-disconnect-printing', 'FileDeselected')
    expect(kept.now()).toMatchObject({
      job: { file: { name: null, path: null, display: null, origin: null, size: null, date: null }, user: null },
      progress: { completion: null, filepos: null, printTime: null, printTimeLeft: null, printTimeLeftOrigin: null },
      meta: null,
    })
  })

  it('keeps what a frame does not name, and takes nothing of a wrong type', () => {
    const { kept } = setUp()
    kept.frame({ history: { state: { text: 'Operational' }, job: { file: { path: 'a.gcode' } }, currentZ: 3, progress: { completion: 5 }, offsets: { tool0: 2 } } })
    kept.frame({ current: { state: 'odd', job: ['odd'], currentZ: 'odd', progress: 7, offsets: 'odd' } })
    kept.frame({ event: { type: 'ZChange', payload: { new: 4.2, old: 3 } } })
    kept.frame({ event: { type: 'PrinterStateChanged', payload: { state_id: 'NEVER_HEARD_OF', state_string: 'Odd' } } })
    kept.frame({ event: { type: 'PrintDone', payload: 'odd' } })
    expect(kept.now()).toMatchObject({ state: { text: 'Operational' }, job: { file: { path: 'a.gcode' } }, currentZ: 4.2, offsets: { tool0: 2 } })
    kept.frame({ current: { job: null, progress: null, currentZ: null } })
    expect(kept.now()).toMatchObject({ job: { file: { path: null } }, progress: { completion: null }, currentZ: null, offsets: { tool0: 2 }, meta: null })
  })

  it('comes from the answers of REST while the websocket is not to be had', () => {
    const { kept } = setUp()
    const job = { job: { file: { name: 'a.gcode', path: 'a.gcode', origin: 'local' } }, progress: { completion: 12 }, state: 'Printing' }
    kept.rest(job, { state: { text: 'Printing', flags: { operational: true }, error: '' }, temperature: {} })
    expect(kept.now()).toMatchObject({ state: { text: 'Printing', flags: { operational: true } }, job: { file: { path: 'a.gcode' } }, progress: { completion: 12 } })
    kept.rest({ job: null, progress: null, state: 'Offline after error', error: 'MINTEMP triggered!' }, null)
    expect(kept.now()).toMatchObject({ state: { text: 'Offline after error', flags: flags('closedOrError'), error: 'MINTEMP triggered!' }, job: { file: { path: null } } })
    kept.rest({ state: 'Opening serial connection' }, null)
    expect(kept.now()).toMatchObject({ state: { text: 'Opening serial connection', flags: flags(), error: '' } })
  })
})

describe('the metadata of the selected file', () => {
  const current = (path: string | null, date: number | null = 1): unknown => ({ current: { state: { text: 'Operational' }, job: { file: { path, origin: 'local', date } } } })
  const event = (type: string, payload: unknown): unknown => ({ event: { type, payload } })
  const file = { name: 'a.gcode', path: 'a.gcode', origin: 'local', size: 3 }
  const A = { origin: 'local', path: 'a.gcode' }

  it('is read once per job, however many frames there are', async () => {
    const { kept, read } = setUp()
    for (let i = 0; i < 5; i++) kept.frame(current('a.gcode'))
    await settle()
    expect(read).toEqual([A])
    expect(kept.now()?.meta).toEqual({ hash: 'hash of a.gcode' })
    kept.frame(event('PrintStarted', file))
    await settle()
    expect(read).toEqual([A])
    // Its statistics have changed with the print that is over.
    kept.frame(event('PrintStarted', file))
    await settle()
    expect(read).toEqual([A, A])
  })

  it('is read anew for another file, for another one of the same name, and when its analysis is there', async () => {
    const { kept, read } = setUp()
    kept.frame(current('a.gcode'))
    await settle()
    kept.frame(event('MetadataAnalysisFinished', { path: 'other.gcode', origin: 'local' }))
    await settle()
    expect(read).toHaveLength(1)
    kept.frame(event('MetadataAnalysisFinished', { path: 'a.gcode', origin: 'local' }))
    await settle()
    expect(read).toHaveLength(2)
    kept.frame(current('a.gcode', 2))
    await settle()
    expect(read).toHaveLength(3)
    kept.frame(current('b.gcode'))
    expect(kept.now()?.meta).toBeNull()
    await settle()
    expect(read.at(-1)).toEqual({ origin: 'local', path: 'b.gcode' })
    expect(kept.now()?.meta).toEqual({ hash: 'hash of b.gcode' })
  })

  it('never holds what belongs to the file before, however late it came', async () => {
    const answers: ((record: Record<string, unknown>) => void)[] = []
    const { kept, read } = setUp(() => new Promise((resolve) => answers.push(resolve)))
    kept.frame(current('a.gcode'))
    kept.frame(current('b.gcode'))
    kept.frame(current('c.gcode'))
    expect(read).toEqual([A])
    answers[0]?.(record('a.gcode'))
    await settle()
    expect(kept.now()?.meta).toBeNull()
    expect(read.map(({ path }) => path)).toEqual(['a.gcode', 'c.gcode'])
    answers[1]?.(record('c.gcode'))
    await settle()
    expect(kept.now()?.meta).toEqual({ hash: 'hash of c.gcode' })
  })

  it('is null when it cannot be read, which is logged once and not tried again until the next job', async () => {
    const { kept, read, log } = setUp(() => Promise.reject(new Error('octopi.local forbids this.')))
    for (let i = 0; i < 5; i++) {
      kept.frame(current('a.gcode'))
      await settle()
    }
    expect(read).toHaveLength(1)
    expect(kept.now()?.meta).toBeNull()
    expect(JSON.stringify(log.lines)).toContain('octopi.local forbids this.')
    expect(log.lines).toHaveLength(1)
  })

  it('is not asked for any more once the connection was let go of', async () => {
    const { kept, read, world } = setUp()
    world.stopped = true
    kept.frame(current('a.gcode'))
    await settle()
    expect(read).toEqual([])
  })
})

describe('a file\'s record as metadata', () => {
  it('has the names a plugin knows, and nothing of the address it came from', () => {
    // Recording 02, GET /api/files/local/lamp foot.gcode.
    expect(metadataOf({
      date: 1795332049, display: 'lamp foot.gcode',
      gcodeAnalysis: { dimensions: { depth: 24, height: 1, width: 60 }, estimatedPrintTime: 18.244006757757983, filament: { tool0: { length: 15, volume: 0 } } },
      hash: '4a317810b27d9b10662b47ad59496e8a7793bf4f', name: 'lamp foot.gcode', origin: 'local', path: 'lamp foot.gcode',
      prints: { failure: 0, last: { date: 1795332067.473655, printTime: 17.6668754049997, success: true }, success: 1 },
      refs: { download: 'http://127.0.0.1:5055/downloads/files/local/lamp%20foot.gcode', resource: 'http://127.0.0.1:5055/api/files/local/lamp%20foot.gcode' },
      size: 1073, statistics: { averagePrintTime: { _default: 17.6668754049997 }, lastPrintTime: { _default: 17.6668754049997 } },
      type: 'machinecode', typePath: ['machinecode', 'gcode'], user: 'admin',
    })).toEqual({
      hash: '4a317810b27d9b10662b47ad59496e8a7793bf4f',
      analysis: { dimensions: { depth: 24, height: 1, width: 60 }, estimatedPrintTime: 18.244006757757983, filament: { tool0: { length: 15, volume: 0 } } },
      statistics: { averagePrintTime: { _default: 17.6668754049997 }, lastPrintTime: { _default: 17.6668754049997 } },
      history: [{ timestamp: 1795332067.473655, printTime: 17.6668754049997, success: true }],
      user: 'admin',
    })
  })

  it('is none for a file on the printer\'s own card', () => {
    // Recording 28.
    expect(metadataOf({ display: '/long-s~1.gco', name: 'long-s~1.gco', origin: 'sdcard', path: 'long-s~1.gco', refs: { resource: 'http://127.0.0.1:5055/x' }, size: 28680, type: 'machinecode', typePath: ['machinecode', 'gcode'] })).toBeNull()
  })

  it('keeps what plugins put there', () => {
    expect(metadataOf({ name: 'a', path: 'a', thumbnail: 'plugin/x.png', displayLayerProgress: { totalLayerCountWithoutOffset: '7' } })).toEqual({ thumbnail: 'plugin/x.png', displayLayerProgress: { totalLayerCountWithoutOffset: '7' } })
  })
})
