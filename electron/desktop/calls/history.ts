/** What the window asks of the history, and what it is told of it unasked. */
import type { Push, SomeHandlers } from '../../bridge/contract.ts'
import type { Acknowledging } from '../../bridge/views/common.ts'
import type { HistoryFilter } from '../../bridge/views/history.ts'
import type { Outcome, Wish } from '../../engine/commands/wish.ts'
import type { Engine } from '../../engine/engine.ts'
import type { EventType } from '../../engine/events/model.ts'
import type { EventFilter, History, StoredEvent } from '../../engine/history/history.ts'
import type { ExportJob } from '../../engine/history/export-file.ts'
import { markingAll } from '../../engine/history/mark-all.ts'
import type { RunningExport } from '../../engine/history/start-export.ts'
import type { News } from '../../engine/news.ts'
import type { Cancel, Clock } from '../../engine/ports.ts'
import { typesTelling } from '../../engine/rules/explain.ts'
import type { RoutedKinds } from '../../engine/rules/subscriptions.ts'
import type { EngineSettings } from '../../engine/settings/expand.ts'
import { factsOf as storedAbout } from '../../engine/why/facts.ts'
import { whyNot } from '../../engine/why/why.ts'
import { whyLanguageOf } from '../../engine/why/words/index.ts'
import { dayTime } from '../languages/clock.ts'
import { ENGLISH_DESKTOP, type DesktopLanguage } from '../languages/index.ts'
import { wishOf } from './acknowledging.ts'
import { UNREACHABLE } from './no-engine.ts'
import { detailsOf, rowOf, type HistoryNames } from '../view/history.ts'

type Names = 'history.page' | 'history.count' | 'history.event' | 'history.mark' | 'history.acknowledge' | 'history.send-again' | 'history.why' | 'history.export' | 'history.cancel-export'

export interface HistoryCallParts {
  history: Pick<History, 'events' | 'count' | 'event' | 'decisions' | 'outbox' | 'attempts' | 'snapshot' | 'suppressed' | 'gaps' | 'markSeen' | 'markNextSeen' | 'markUnseen' | 'newestSeq'>
  /** null = none runs. */
  engine(): Pick<Engine, 'handle' | 'sendAgain' | 'failing'> | null
  /** Those in force, and the channels there are. */
  settings(): EngineSettings
  kinds: RoutedKinds
  names: HistoryNames
  /** Of all that is told; absent = English. */
  language?(): DesktopLanguage
  clock: Clock
  push: Push
  /** Absolute path of the database. */
  database: string
  /** Where the export goes, as the person chose; null = nowhere. */
  chooseFile(defaultName: string): Promise<string | null>
  startExport(job: ExportJob, onProgress: (events: number) => void): RunningExport
}

/** Counting stops there: "10 000+". */
const COUNTED = 10_000
/** What was swallowed so long before and after an event belongs to it; ms. */
const AROUND_MS = 120_000
const SUPPRESSED_AT_MOST = 200
/** A button of the window stands for what is shown now; ms. */
const WISH_LIFE_MS = 60_000

/** The window's filter as the history takes it. */
function filterOf({ types, ...filter }: HistoryFilter): Omit<EventFilter, 'typesTelling'> {
  const given = Object.entries({ ...filter, selectors: types }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given)
}

export function historyCalls(parts: HistoryCallParts): SomeHandlers<Names> {
  const { history, clock, names } = parts
  const language = (): DesktopLanguage => parts.language?.() ?? ENGLISH_DESKTOP
  const telling = (word: string): EventType[] => typesTelling(word, language().code)
  let exporting: RunningExport | null = null
  /** Also while the person chooses the file. */
  let busy = false
  const everything = markingAll({ history, clock })

  async function mark({ seen, eventIds }: { seen: boolean; eventIds: string[] | null }): Promise<number> {
    if (eventIds === null) return seen ? everything.all() : everything.undo()
    return seen ? history.markSeen({ eventIds }, clock.now()) : history.markUnseen({ eventIds })
  }

  function factsOf(event: StoredEvent): Parameters<typeof detailsOf>[0] {
    const eventId = event.id
    const suppressed = event.printerId === '' ? [] : history.suppressed({ printerId: event.printerId, since: event.occurredAt - AROUND_MS, until: event.occurredAt + AROUND_MS, limit: SUPPRESSED_AT_MOST })
    return {
      event, decisions: history.decisions(eventId), outbox: history.outbox({ eventId }), attempts: history.attempts({ eventId }), snapshot: history.snapshot(eventId),
      suppressed,
    }
  }

  async function acknowledge({ eventId, ...said }: { eventId: string } & Acknowledging): Promise<Outcome> {
    const event = history.event(eventId)
    const engine = parts.engine()
    if (engine === null) return UNREACHABLE
    if (event === null) return { result: 'stale', detail: 'This event is no longer in the history.' }
    const now = clock.now()
    const wish: Wish = { printerId: event.printerId, jobKey: null, action: { name: 'acknowledge', ...wishOf(said) }, from: 'window', madeAt: now, expiresAt: now + WISH_LIFE_MS, confirmed: false, eventId }
    return engine.handle(wish)
  }

  async function exportFile({ filter, format }: { filter: HistoryFilter; format: 'jsonl' | 'csv' }): Promise<Awaited<ReturnType<SomeHandlers<Names>['history.export']>>> {
    if (busy) return { result: 'failed', why: 'Another export is running. Cancel it, or wait until it is done.' }
    busy = true
    try {
      const target = await parts.chooseFile(`printbell-history-${new Date(clock.now()).toISOString().slice(0, 10)}.${format}`)
      if (target === null) return { result: 'cancelled' }
      exporting = parts.startExport({ database: parts.database, target, format, filter: filterOf(filter), ...(parts.language === undefined ? {} : { language: language().code }) }, (events) => parts.push('history.export-progress', { events }))
      const end = await exporting.ended
      switch (end.what) {
        case 'saved': return { result: 'saved', file: target, events: end.events }
        case 'cancelled': return { result: 'cancelled' }
        case 'failed': return { result: 'failed', why: end.why }
      }
    } finally {
      exporting = null
      busy = false
    }
  }

  return {
    async 'history.page'({ filter, before, limit }) {
      const found = history.events({ ...filterOf(filter), typesTelling: telling, limit, ...(before === null ? {} : { beforeSeq: before }) })
      return { rows: found.map((event) => rowOf(event, language())), next: found.length < limit ? null : (found.at(-1)?.seq ?? null) }
    },
    'history.count': async (filter) => history.count({ ...filterOf(filter), typesTelling: telling }, COUNTED),
    async 'history.event'(eventId) {
      const event = history.event(eventId)
      return event && detailsOf(factsOf(event), names, clock.now(), language())
    },
    'history.mark': mark,
    'history.acknowledge': acknowledge,
    'history.send-again': async ({ eventId, destinationId }) => parts.engine()?.sendAgain(eventId, destinationId) ?? false,
    async 'history.why'(question) {
      const now = clock.now()
      const told = storedAbout(question, { history, settings: parts.settings(), kinds: parts.kinds, failing: parts.engine()?.failing() ?? [], now })
      const { code, locale } = language()
      return whyNot(question, told, { ...names, time: (at) => dayTime(at, now, locale) }, whyLanguageOf(code))
    },
    'history.export': exportFile,
    async 'history.cancel-export'() {
      exporting?.cancel()
      return null
    },
  }
}

export interface HistoryPusher {
  /** Every piece of news of the engine. */
  onNews(news: News): void
  /** Events that lie there changed: seen, acknowledged, their picture came (HistoryOptions.onTouched). */
  touched(): void
  stop(): void
}

export interface HistoryPusherParts {
  history: Pick<History, 'event'>
  /** Whether a window is there to be told. */
  isOpen(): boolean
  language?(): DesktopLanguage
  push: Push
  clock: Clock
}

/** At most four times a second; ms. */
const EVERY_MS = 250
const ROWS_AT_MOST = 50

/** Tells an open window what is new in the history: gathered, newest first. A closed one misses nothing, it asks when it opens. */
export function historyPusher({ history, isOpen, push, clock, language }: HistoryPusherParts): HistoryPusher {
  let fresh: string[] = []
  let more = false
  let touched = false
  let timer: Cancel | null = null

  function soon(): void {
    timer ??= clock.after(EVERY_MS, tell)
  }

  function tell(): void {
    timer = null
    const told = { ids: fresh, more, touched }
    fresh = []
    more = touched = false
    if (!isOpen()) return
    // Read now: what came a moment ago may be seen, or have its picture, by now.
    const rows = told.ids.flatMap((id) => {
      const event = history.event(id)
      return event ? [rowOf(event, language?.())] : []
    }).sort((a, b) => b.seq - a.seq)
    if (rows.length > 0 || told.touched || told.more) push('history.changed', { rows, touched: told.touched, more: told.more })
  }

  return {
    onNews(news) {
      if (!isOpen()) return
      if (news.line === 'event') {
        fresh.push(news.event.id)
        more ||= fresh.length > ROWS_AT_MOST
        fresh = fresh.slice(-ROWS_AT_MOST)
      } else if (news.line === 'attempt' || news.line === 'decision') touched = true
      else return
      soon()
    },
    touched() {
      if (!isOpen()) return
      touched = true
      soon()
    },
    stop() {
      timer?.()
      timer = null
    },
  }
}
