import { describe, expect, it } from 'vitest'
import { figuresOf, grown, middleOf, thirdsOf } from '../bench/lib/soak-figures.ts'
import type { Look } from '../bench/lib/soak-subjects.ts'

const MB = 1024 ** 2
/** One look a minute; what is not named stands still. */
function looks(count: number, over: (minute: number) => Partial<Look>): Look[] {
  return Array.from({ length: count }, (_, n) => ({
    at: (n + 1) * 60, heap: 20 * MB, external: MB, resources: { Timeout: 40, TCPSocketWrap: 50 }, listeners: 1_000, listenersBy: { 'Socket close': 50 }, timers: 300, timersBy: { '1000 ms': 300 },
    sockets: 50, abortSignals: 80, rssAnon: 50 * MB, treeAnon: 80 * MB, pss: 150 * MB, openFiles: 80, database: 0, wal: 4 * MB, ...over(n + 1),
  }))
}
interface Figure { name: string; value: number; ratio: number | null; limit: number | null; limitRatio?: number | null }
const broken = (figures: object[]): string[] => (figures as Figure[]).filter(({ value, ratio, limit, limitRatio }) => (limitRatio == null ? limit !== null && value > limit : ratio === null || !(ratio <= limitRatio))).map(({ name }) => name)

describe('what the looks of a soak say', () => {
  it('takes the middle of what was seen between two looks, without the times when the window was open', () => {
    expect(middleOf([Number.NaN, 70, 90, Number.NaN, 71])).toBe(71)
    expect(middleOf([70, 72, 90, 71])).toBe(71.5)
    expect(middleOf([Number.NaN])).toBeNaN()
  })

  it('compares the middles of the first and the last third after twelve minutes', () => {
    // Of the 29 that count, the minutes 12 to 20 and 32 to 40 are held against each other.
    const { early, late } = thirdsOf(looks(40, (minute) => ({ heap: minute })), ({ heap }) => heap)
    expect([early, late]).toEqual([16, 36])
  })

  it('gives a short trial two fifths of its time to warm up', () => {
    // Ten minutes: 4 to 5 and 9 to 10.
    expect(thirdsOf(looks(10, (minute) => ({ heap: minute })), ({ heap }) => heap)).toEqual({ early: 4.5, late: 9.5 })
  })

  it('leaves out looks at an open window', () => {
    expect(thirdsOf(looks(40, (minute) => ({ pss: minute % 2 === 0 ? Number.NaN : 7 })), ({ pss }) => pss)).toEqual({ early: 7, late: 7 })
  })

  it('is content with what stands still, whatever the warm-up was', () => {
    expect(broken(figuresOf('desktop', looks(30, (minute) => (minute < 7 ? { heap: 5 * MB, rssAnon: 10 * MB, timers: 3 } : {}))))).toEqual([])
  })

  it('names memory that grows by more than a twentieth', () => {
    expect(broken(figuresOf('headless', looks(30, (minute) => ({ heap: (20 + minute / 10) * MB }))))).toEqual(['headless: V8 heap after a collection, late beside early'])
    expect(broken(figuresOf('desktop', looks(30, (minute) => ({ treeAnon: (80 + minute) * MB }))))).toEqual(['desktop: the same of all its processes, window closed, late beside early'])
  })

  it('names handles, timers, sockets, listeners and files of which there are ever more', () => {
    const growing = looks(30, (minute) => ({ resources: { Timeout: 40 + 3 * minute }, timers: 300 + 2 * minute, sockets: 50 + minute, listeners: 1_000 + 5 * minute, openFiles: 80 + minute, listenersBy: { 'Socket close': 50, 'AbortSignal abort': 5 * minute } }))
    expect(broken(figuresOf('headless', growing)).map((name) => name.replace('headless: ', '').replace(', late beside early', ''))).toEqual(['handles', 'armed timers', 'sockets in the heap', 'listeners', 'open files'])
    expect(grown(growing)).toEqual(['AbortSignal abort 72.5 → 137.5'])
  })

  it('judges no growth of a trial that is too short', () => {
    expect(broken(figuresOf('headless', looks(30, (minute) => ({ heap: minute * MB, timers: 100 * minute })), false))).toEqual([])
  })

  it('names a write-ahead log that is not written back', () => {
    expect(broken(figuresOf('headless', looks(30, (minute) => ({ wal: minute * MB }))))).toEqual(['headless: write-ahead log at its largest'])
  })
})
