/** The updates with everything around them made up: what is asked stays open until the test answers. */
import { settle, TestClock } from '../../../test/support/clock.ts'
import { memoryLog, type MemoryLog } from '../../../test/support/log.ts'
import type { Release, UpdatesView } from '../../bridge/views/updates.ts'
import { english, type DesktopWords } from '../languages/english.ts'
import type { Build } from './build.ts'
import type { Updater } from './updater.ts'
import { createUpdates, type Updates } from './updates.ts'

export const START = Date.UTC(2026, 0, 15, 12)
export const MINUTE = 60_000
export const HOUR = 3_600_000
export const DAY = 86_400_000
export const release: Release = { version: '1.2.3', releasedAt: Date.UTC(2026, 0, 14), notes: 'A bell.' }

/** What is asked stays open until the test answers. */
export class FakeUpdater implements Updater {
  readonly signals: AbortSignal[] = []
  onBytes: (bytes: number, of: number) => void = () => undefined
  finishFails: Error | null = null
  readonly #open: { what: string; done(value: never): void; fail(error: unknown): void }[] = []
  readonly #done: string[]
  constructor(done: string[]) {
    this.#done = done
  }
  check(signal: AbortSignal): Promise<Release | null> {
    return this.#ask('check', signal)
  }
  download(onBytes: (bytes: number, of: number) => void, signal: AbortSignal): Promise<void> {
    this.onBytes = onBytes
    return this.#ask('download', signal)
  }
  prepare(signal: AbortSignal): Promise<void> {
    return this.#ask('prepare', signal)
  }
  async finish(again: boolean): Promise<void> {
    this.#done.push(again ? 'finish again' : 'finish')
    if (this.finishFails) throw this.finishFails
  }
  #ask<T>(what: string, signal: AbortSignal): Promise<T> {
    this.#done.push(what)
    this.signals.push(signal)
    return new Promise<T>((resolve, reject) => this.#open.push({ what, done: resolve, fail: reject }))
  }
  async answer(value?: unknown): Promise<void> {
    const one = this.#open.shift()
    if (!one) throw new Error('nothing was asked')
    if (value instanceof Error) one.fail(value)
    else one.done(value as never)
    await settle()
  }
  get waits(): string[] {
    return this.#open.map(({ what }) => what)
  }
}


export interface World {
  clock: TestClock
  log: MemoryLog
  /** What the app has and says now; tests change it. */
  build: Build
  wanted: { check: boolean; address?: string }
  business: string[]
  words: DesktopWords['updates']
  openFails: Error | null
  pushed: UpdatesView[]
  /** What happened outside, in order: "open URL", "check", "download", "prepare", "finish again", "tell 1.2.3", "end", "again". */
  done: string[]
  asked: FakeUpdater
  updates: Updates
}

export function makeWorld(change: Partial<Pick<World, 'build' | 'wanted' | 'openFails' | 'business'>> = {}): World {
  const clock = new TestClock(START)
  const log = memoryLog()
  const done: string[] = []
  const pushed: UpdatesView[] = []
  const asked = new FakeUpdater(done)
  const world: Omit<World, 'updates'> = {
    clock, log, done, pushed, asked, openFails: null, business: [], words: english.updates, wanted: { check: true },
    build: { way: 'itself', why: null, url: 'https://updates.example.org/printbell', key: null, publisher: null }, ...change,
  }
  const updates = createUpdates({
    build: () => world.build, words: () => world.words, wanted: () => world.wanted, business: () => world.business, clock, random: () => 0, log,
    open: async (address) => {
      done.push(`open ${address}`)
      if (world.openFails) throw world.openFails
      return asked
    },
    tell: ({ version }) => done.push(`tell ${version}`), end: () => done.push('end'), startAgain: () => done.push('again'), push: (view) => pushed.push(view),
  })
  return Object.assign(world, { updates })
}

/** Started, looked, found. */
export async function found(change: Parameters<typeof makeWorld>[0] = {}, what: Release | null = release): Promise<World> {
  const world = makeWorld(change)
  world.updates.start()
  await world.clock.advance(MINUTE)
  await world.asked.answer(what)
  return world
}

/** And downloaded. */
export async function ready(change: Parameters<typeof makeWorld>[0] = {}): Promise<World> {
  const world = await found(change)
  await world.asked.answer()
  return world
}
