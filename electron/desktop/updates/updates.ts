/**
 * Newer versions of Printbell itself: when they are looked for, how far one has come, and when it may be installed. Pure; asking, downloading
 * and installing is the updater's (electron-updater.ts), which is not even loaded while the switch is off.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Release, UpdatesView } from '../../bridge/views/updates.ts'
import type { Cancel, Clock, Log, Random } from '../../engine/ports.ts'
import type { DesktopSettings } from '../../engine/settings/schema.ts'
import type { DesktopWords } from '../languages/english.ts'
import type { Build } from './build.ts'
import type { Updater } from './updater.ts'
import { failureText } from './words.ts'

export interface UpdatesParts {
  /** What this build and installation can do. */
  build(): Build
  /** The settings, as they are now. */
  wanted(): DesktopSettings['updates']
  /** Called at the first look at an address. */
  open(address: string): Promise<Updater>
  /** What has to end before Printbell may, in sentences; empty = nothing stands in the way. */
  business(): string[]
  /** There is a newer version; called again for the same one. */
  tell(release: Release): void
  /** Ends Printbell; `ending` is asked on the way. */
  end(): void
  /** Starts this very version once more: it has ended, and the newer one could not take its place. */
  startAgain(): void
  push(view: UpdatesView): void
  /** Asked each time, so that it is told in the language of then. */
  words(): DesktopWords['updates']
  clock: Clock
  random: Random
  log: Log
}

export interface Updates {
  view(): UpdatesView
  /** How far one has come; without what this build can do, which would have to be looked up. */
  state(): UpdatesView['state']
  /** The app has started. @param asked the settings were changed since then: the first look is not put off */
  start(asked?: boolean): void
  settingsChanged(): void
  /** The window speaks another language. */
  languageChanged(): void
  /** The computer woke: whatever was due meanwhile is made up for. */
  woke(): void
  check(): void
  install(): void
  cancel(): void
  /** Printbell ends. @returns what is left to do when everything has stopped, which never throws; null = nothing */
  ending(): (() => Promise<void>) | null
}

type State = UpdatesView['state']

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
/** From the start, or a waking, to the first look: a start has better things to do. Up to as long again by chance, so that not all ask at once. */
const FIRST_MS = MINUTE_MS
const DAY_MS = 24 * HOUR_MS
/** What chance adds to a day. */
const SPREAD_MS = HOUR_MS
/** After a failure, the first, the second ...; the last one stays. */
const RETRIES_MS = [15 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS, DAY_MS] as const
/** How often it is looked whether something still stands in the way. */
const BUSINESS_MS = 2_000
/** Between two news of a download. */
const PROGRESS_MS = 250

export function createUpdates(parts: UpdatesParts): Updates {
  const { clock, random, log } = parts
  let state: State = { what: 'idle' }
  let lastAt: number | null = null
  let failures = 0
  let phase: 'new' | 'running' | 'ended' = 'new'
  let inForce = parts.wanted()
  let opened: { address: string; updater: Promise<Updater> } | null = null
  /** The look, download or preparation under way. */
  let work: AbortController | null = null
  let due: { at: number; cancel: Cancel } | null = null
  let waiting: Cancel | null = null
  /** It ends in order to begin anew. */
  let renewing = false

  const address = (): string | null => (parts.build().way === 'never' ? null : inForce.address ?? parts.build().url)
  const isOn = (): boolean => phase === 'running' && inForce.check && address() !== null
  const isAborted = (mine: AbortController): boolean => mine.signal.aborted

  function view(): UpdatesView {
    const { way, why } = parts.build()
    const asked = address()
    return { on: inForce.check, way, why: why === null ? null : parts.words().why[why], asks: asked === null ? null : new URL(asked).host, lastAt, state }
  }

  function set(next: State): void {
    state = next
    parts.push(view())
  }

  function lookIn(ms: number): void {
    due?.cancel()
    due = { at: clock.now() + ms, cancel: clock.after(ms, () => {
      due = null
      void look()
    }) }
  }

  /** When it is tried again after one more failure, epoch ms. */
  function lookLater(): number {
    const pause = RETRIES_MS[Math.min(failures, RETRIES_MS.length - 1)] ?? DAY_MS
    failures += 1
    lookIn(pause + Math.floor(random() * pause / 10))
    return due?.at ?? clock.now()
  }

  const nextDay = (): void => lookIn(DAY_MS + Math.floor(random() * SPREAD_MS))
  const soon = (): void => lookIn(FIRST_MS + Math.floor(random() * FIRST_MS))

  /** One thing at a time: what was under way before is given up. */
  function begin(): AbortController {
    work?.abort()
    return work = new AbortController()
  }

  function done(mine: AbortController): void {
    if (work === mine) work = null
  }

  function giveUp(): void {
    work?.abort()
    work = null
    due?.cancel()
    due = null
    waiting?.()
    waiting = null
  }

  function updater(): Promise<Updater> {
    const at = address()
    if (at === null) throw new Error('nobody is asked')
    if (opened?.address !== at) opened = { address: at, updater: parts.open(at) }
    // One that could not be opened is opened anew.
    opened.updater.catch(() => (opened = null))
    return opened.updater
  }

  // ------------------------------------------------------------------------------------------- looking and downloading
  async function look(): Promise<void> {
    if (!isOn() || work !== null) return
    if (state.what === 'waiting' || state.what === 'installing') return nextDay()
    const mine = begin()
    // What is ready stays so, unless there is news.
    const ready = state.what === 'ready' ? state.release : null
    let found: Release | null = null
    if (ready === null) set({ what: 'checking' })
    try {
      const asked = await updater()
      found = await asked.check(mine.signal)
      if (isAborted(mine)) return
      lastAt = clock.now()
      await take(found, ready, asked, mine)
      if (isAborted(mine)) return
      failures = 0
      nextDay()
    } catch (error) {
      if (!isAborted(mine)) failed(error, found, ready !== null && found === null ? ready : null)
    } finally {
      done(mine)
    }
  }

  async function take(found: Release | null, ready: Release | null, asked: Updater, mine: AbortController): Promise<void> {
    // Also what was ready before: a release that was withdrawn is not installed any more.
    if (found === null) return set({ what: 'current' })
    log.info('there is a newer version', { version: found.version })
    parts.tell(found)
    if (parts.build().way !== 'itself') return set({ what: 'available', release: found })
    if (ready?.version === found.version) return set({ what: 'ready', release: found })
    await download(found, asked, mine)
  }

  async function download(release: Release, asked: Updater, mine: AbortController): Promise<void> {
    let toldAt = Number.NEGATIVE_INFINITY
    set({ what: 'downloading', release, bytes: 0, of: 0 })
    await asked.download((bytes, of) => {
      if (isAborted(mine) || (clock.monotonic() - toldAt < PROGRESS_MS && bytes !== of)) return
      toldAt = clock.monotonic()
      set({ what: 'downloading', release, bytes, of })
    }, mine.signal)
    if (isAborted(mine)) return
    log.info('a newer version is ready', { version: release.version })
    set({ what: 'ready', release })
  }

  /** @param ready what is ready all the same */
  function failed(error: unknown, release: Release | null, ready: Release | null): void {
    log.warn('a newer version could not be had', { error, version: release?.version ?? null })
    const nextAt = lookLater()
    if (ready === null) set({ what: 'failed', release, text: failureText(error, view().asks ?? ''), nextAt })
  }

  // --------------------------------------------------------------------------------------------------------- installing
  function installWhenFree(release: Release): void {
    waiting?.()
    waiting = null
    const waitsFor = parts.business()
    if (waitsFor.length === 0) return void install(release)
    if (state.what !== 'waiting' || !isDeepStrictEqual(state.waitsFor, waitsFor)) set({ what: 'waiting', release, waitsFor })
    waiting = clock.after(BUSINESS_MS, () => installWhenFree(release))
  }

  async function install(release: Release): Promise<void> {
    const mine = begin()
    set({ what: 'installing', release })
    try {
      await (await updater()).prepare(mine.signal)
    } catch (error) {
      if (!isAborted(mine)) failed(error, release, null)
      return
    } finally {
      done(mine)
    }
    if (isAborted(mine)) return
    // That took a while: something may have begun meanwhile.
    if (parts.business().length > 0) return installWhenFree(release)
    log.info('it ends, and a newer version takes its place', { version: release.version })
    renewing = true
    parts.end()
  }

  return {
    view,
    state: () => state,
    start(asked = false) {
      if (phase !== 'new') return
      phase = 'running'
      inForce = parts.wanted()
      if (!isOn()) return
      if (asked) lookIn(0)
      else soon()
    },

    settingsChanged() {
      const next = parts.wanted()
      if (isDeepStrictEqual(next, inForce) || renewing) return
      inForce = next
      giveUp()
      opened = null
      failures = 0
      lastAt = null
      set({ what: 'idle' })
      if (isOn()) lookIn(0)
    },

    languageChanged: () => set(state.what === 'waiting' ? { ...state, waitsFor: parts.business() } : state),

    woke() {
      if (due !== null) lookIn(Math.max(FIRST_MS, due.at - clock.now()))
    },

    check: () => void look(),

    install() {
      if (state.what === 'available' && parts.build().way === 'itself') return void look()
      if (state.what !== 'ready' || phase !== 'running') return
      // A look that goes on in the quiet must not take it away again.
      work?.abort()
      work = null
      if (due === null) nextDay()
      installWhenFree(state.release)
    },

    cancel() {
      if (renewing || (state.what !== 'waiting' && state.what !== 'installing' && state.what !== 'downloading')) return
      const { what, release } = state
      giveUp()
      set({ what: what === 'downloading' ? 'available' : 'ready', release })
      nextDay()
    },

    ending() {
      phase = 'ended'
      const ready = renewing || (state.what === 'ready' && parts.business().length === 0)
      giveUp()
      if (!ready) return null
      return async () => {
        try {
          const asked = await updater()
          if (!renewing) await asked.prepare(new AbortController().signal)
          await asked.finish(renewing)
        } catch (error) {
          log.error('the newer version could not take its place; the old one stays', { error })
          if (renewing) parts.startAgain()
        }
      }
    },
  }
}
