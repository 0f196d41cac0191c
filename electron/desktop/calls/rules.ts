/** What the window asks about its rules: what they would be, what they would have told, what makes the noise. Nothing here changes anything. */
import type { SomeHandlers } from '../../bridge/contract.ts'
import type { NoiseOfKind as NoiseOfKindView } from '../../bridge/views/reports.ts'
import type { Clock } from '../../engine/ports.ts'
import { systemZone } from '../../engine/rules/local-time.ts'
import type { RoutedKinds } from '../../engine/rules/subscriptions.ts'
import type { NoiseOfKind } from '../../engine/why/noise.ts'
import { plainKinds, plainSettings, type ReportJob } from '../../engine/why/reports.ts'
import type { ReportEnd, RunningReport, StartReport } from '../../engine/why/start-report.ts'
import type { DesktopLanguage } from '../languages/index.ts'
import type { SettingsKeeper } from '../ports.ts'

type Names = 'rules.try' | 'rules.preview' | 'rules.cancel-preview' | 'rules.noise' | 'rules.counts'

export interface RulesCallParts {
  settings: Pick<SettingsKeeper, 'tryRules' | 'engine'>
  kinds: RoutedKinds
  clock: Clock
  /** Absolute path of the database. */
  database: string
  start: StartReport
  /** Of titles and reasons; absent = English. */
  language?(): Pick<DesktopLanguage, 'code'>
  /** This computer's zone, where the settings name none. */
  ownZone?(): string
}

export interface RulesRoom {
  handlers: SomeHandlers<Names>
  /** Nobody waits for an answer any more. */
  windowClosed(): void
}

/** So many reasons of a preview are told. */
const REASONS = 50

export function rulesCalls({ settings, kinds, clock, database, start, language, ownZone = systemZone }: RulesCallParts): RulesRoom {
  /** What is being made, by what it is: one of each, the newest. */
  const running = new Map<ReportJob['what'], RunningReport<ReportJob>>()

  const cancel = (what: ReportJob['what']): void => running.get(what)?.cancel()

  async function made<J extends ReportJob>(job: J): Promise<ReportEnd<J>> {
    cancel(job.what)
    const mine = start(job)
    running.set(job.what, mine)
    const end = await mine.ended
    // One that was overtaken may have been done all the same; nobody waits for it.
    if (running.get(job.what) !== mine) return { what: 'cancelled' }
    running.delete(job.what)
    return end
  }

  return {
    handlers: {
      async 'rules.try'({ changes }) {
        const tried = settings.tryRules(changes)
        return tried.ok ? { ok: true, rules: tried.rules } : tried
      },
      async 'rules.preview'({ profileId, days, changes }) {
        const tried = settings.tryRules(changes)
        if (!tried.ok) return { result: 'refused', problems: tried.problems }
        const end = await made({ what: 'preview', database, now: clock.now(), days, settings: plainSettings(tried.engine), profileId, kinds: plainKinds(kinds), ownZone: ownZone(), ...(language === undefined ? {} : { language: language().code }) })
        if (end.what !== 'ready') return unmade(end)
        const { since, until, events, more, total, destinations, reasons, rows, assumes } = end.report
        return { result: 'ready', preview: {
          since, until, events, more, total, destinations, assumes, reasons: reasons.slice(0, REASONS).map(({ decision, text, events: n }) => ({ decision, text, events: n })), rows: rows.map(({ stage: _stage, ...row }) => row),
        } }
      },
      async 'rules.cancel-preview'() {
        cancel('preview')
        return null
      },
      async 'rules.noise'({ days }) {
        const end = await made({ what: 'noise', database, now: clock.now(), days })
        if (end.what !== 'ready') return unmade(end)
        const { messages, more, kinds: loudest, destinations } = end.report
        return { result: 'ready', noise: { days, messages, more, kinds: loudest.map(withoutName), destinations: destinations.map((destination) => ({ ...destination, kinds: destination.kinds.map(withoutName) })) } }
      },
      async 'rules.counts'({ days }) {
        const end = await made({ what: 'counts', database, now: clock.now(), days, zone: settings.engine().zone ?? ownZone() })
        return end.what === 'ready' ? { result: 'ready', counts: { days: end.report.days, events: end.report.events } } : unmade(end)
      },
    },
    windowClosed() {
      for (const what of running.keys()) cancel(what)
    },
  }
}

function unmade(end: Exclude<ReportEnd<ReportJob>, { what: 'ready' }>): { result: 'cancelled' } | { result: 'failed'; why: string } {
  return end.what === 'failed' ? { result: 'failed', why: end.why } : { result: 'cancelled' }
}

/** The window has names of its own, in its language. */
function withoutName({ type, messages, share, profileId }: NoiseOfKind): NoiseOfKindView {
  return { type, messages, share, profileId }
}
