import { describe, expect, test } from 'vitest'
import { boundedContext, contextOfState, ownContext } from './context.ts'
import type { PrinterState } from './model.ts'
import { initialMemory } from './reduce.ts'

const KEYS = ['state', 'job', 'currentZ', 'progress', 'offsets', 'meta']

function aState(over: Partial<PrinterState> = {}): PrinterState {
  return { ...initialMemory('up').state, device: 'ready', ...over }
}

describe('the context of a printer whose server is no OctoPrint', () => {
  test('has the six keys in the words of OctoPrint, as far as they are known', () => {
    const state = aState({
      job: 'printing', progress: 0.42, elapsed: 3_700, printTime: 3_600, remaining: 5_400, z: 12.4,
      jobRef: { key: 'k', file: { name: 'lamp.gcode', path: 'folder/lamp.gcode', origin: 'gcodes', size: 1_000 }, startedAt: 1, endedAt: null, user: 'ann' },
    })
    expect(contextOfState(state)).toEqual({
      state: {
        text: 'Printing',
        flags: {
          operational: true, printing: true, cancelling: false, pausing: false, resuming: false, finishing: false, closedOrError: false, error: false, paused: false,
          ready: false, sdReady: false,
        },
        error: '',
      },
      job: {
        file: { name: 'lamp.gcode', path: 'folder/lamp.gcode', display: 'lamp.gcode', origin: 'gcodes', size: 1_000, date: null },
        estimatedPrintTime: null, averagePrintTime: null, lastPrintTime: null, filament: null, user: 'ann',
      },
      currentZ: 12.4,
      progress: { completion: 42, filepos: null, printTime: 3_600, printTimeLeft: 5_400, printTimeLeftOrigin: null },
      offsets: {},
      meta: null,
    })
  })

  test('says null where nothing is known, never 0', () => {
    const context = contextOfState(aState())
    expect(context.progress).toEqual({ completion: null, filepos: null, printTime: null, printTimeLeft: null, printTimeLeftOrigin: null })
    expect(context.job).toEqual({
      file: { name: null, path: null, display: null, origin: null, size: null, date: null },
      estimatedPrintTime: null, averagePrintTime: null, lastPrintTime: null, filament: null, user: null,
    })
    expect(context.currentZ).toBeNull()
  })

  test.each<[string, Partial<PrinterState>, string, string[]]>([
    ['idle', { job: 'none' }, 'Operational', ['operational', 'ready']],
    ['done', { job: 'done' }, 'Operational', ['operational', 'ready']],
    ['starting a print', { job: 'preparing' }, 'Starting', ['operational', 'printing']],
    ['pausing', { job: 'pausing' }, 'Pausing', ['operational', 'pausing', 'printing']],
    ['paused', { job: 'paused' }, 'Paused', ['operational', 'paused']],
    ['resuming', { job: 'resuming' }, 'Resuming', ['operational', 'printing', 'resuming']],
    ['finishing', { job: 'finishing' }, 'Finishing', ['finishing', 'operational', 'printing']],
    ['cancelling', { job: 'cancelling' }, 'Cancelling', ['cancelling', 'operational', 'printing']],
    ['off', { device: 'off' }, 'Offline', ['closedOrError']],
    ['connecting to its board', { device: 'starting' }, 'Connecting', []],
    ['in error', { device: 'error', faults: [{ text: 'MINTEMP triggered!', code: null }] }, 'Error', ['closedOrError', 'error']],
    ['shut down', { device: 'shutdown' }, 'Error', ['closedOrError', 'error']],
    ['not reached', { link: 'down', job: 'printing' }, 'Offline', ['closedOrError']],
  ])('%s', (_what, over, text, set) => {
    const { state } = contextOfState(aState(over)) as { state: { text: string; flags: Record<string, boolean>; error: string } }
    expect(state.text).toBe(text)
    expect(Object.keys(state.flags).filter((flag) => state.flags[flag]).sort()).toEqual(set)
    expect(state.error).toBe(over.faults === undefined ? '' : 'MINTEMP triggered!')
  })
})

describe('a context that is too large', () => {
  const small = { state: { text: 'Operational' }, job: { file: { name: 'a.gcode' } }, currentZ: 1, progress: { completion: 5 }, offsets: {}, meta: { hash: 'ab' } }
  const large = 'x'.repeat(65_536)
  const deep = (): unknown => {
    let inner: unknown = 1
    for (let depth = 0; depth < 50_000; depth++) inner = [inner]
    return inner
  }

  test('stays as it is up to 64 kB of JSON', () => {
    expect(boundedContext(small)).toEqual(small)
    const head = JSON.stringify({ ...small, meta: '' }).length
    const full = { ...small, meta: 'm'.repeat(65_536 - head) }
    expect(boundedContext(full)).toEqual(full)
    expect(boundedContext({ ...small, meta: 'm'.repeat(65_537 - head) })).toEqual({ ...small, meta: null })
  })

  test('loses the metadata first, then the job, then all', () => {
    expect(boundedContext({ ...small, meta: { note: large } })).toEqual({ ...small, meta: null })
    expect(boundedContext({ ...small, job: { user: large } })).toEqual({ ...small, meta: null, job: null })
    expect(boundedContext({ ...small, state: { text: large } })).toEqual({ state: null, job: null, currentZ: null, progress: null, offsets: {}, meta: null })
  })

  test('what is nested too deep to be written counts as too large', () => {
    const bounded = boundedContext({ ...small, meta: deep() })
    expect(bounded).toEqual({ ...small, meta: null })
    expect(Object.keys(bounded).sort()).toEqual([...KEYS].sort())
  })

  test('is measured in bytes, not in characters', () => {
    expect(boundedContext({ ...small, meta: { note: '€'.repeat(30_000) } }).meta).toBeNull()
  })
})

test('what an event itself has to add can be told from how things stood', () => {
  expect(ownContext({ step: 0.25, state: { text: 'Printing' }, job: null, currentZ: 1, progress: null, offsets: {}, meta: null })).toEqual({ step: 0.25 })
  expect(ownContext({ state: null })).toBeNull()
  expect(ownContext(undefined)).toBeNull()
})
