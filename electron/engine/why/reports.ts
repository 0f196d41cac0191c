/** Reports over the whole history, as jobs of plain data that a thread can take (report-worker.ts). */
import type { LanguageCode } from '../delivery/languages/codes.ts'
import type { EventType } from '../events/model.ts'
import { openForReading } from '../history/open.ts'
import { historyOn } from '../history/sqlite-history.ts'
import { quietLog } from '../quiet-log.ts'
import type { RoutedKind, RoutedKinds } from '../rules/subscriptions.ts'
import { dailyCounts, type DailyCounts } from './counts.ts'
import { noiseReport, type NoiseReport } from './noise.ts'
import { previewProfile, type Preview, type PreviewSettings } from './preview.ts'
import { whyLanguageOf } from './words/index.ts'

/** What a channel kind says of itself, as far as a preview asks. */
export interface PlainKind extends Pick<RoutedKind, 'kind' | 'capabilities'> {
  features: EventType[]
  defaultEvents: EventType[] | null
}

/** `database`: absolute path; an engine may be using it. `now`: epoch ms. `language`: in which it is told, absent = English. */
export type ReportJob =
  | { what: 'preview'; database: string; now: number; days: number; settings: PreviewSettings; profileId: string; kinds: PlainKind[]; ownZone: string; language?: LanguageCode }
  | { what: 'noise'; database: string; now: number; days: number }
  | { what: 'counts'; database: string; now: number; days: number; zone: string }

/** What comes of a job. */
export type ReportOf<J extends ReportJob> = J extends { what: 'preview' } ? Preview : J extends { what: 'noise' } ? NoiseReport : DailyCounts

/** Only what the rules ask: a destination's own configuration, which may name secrets, stays behind. */
export function plainSettings(settings: PreviewSettings): PreviewSettings {
  const { zone, timeslots, filters, fallbackFilter, profiles, subscriptions, masked, grouping, notifyMyself, expiry } = settings
  return {
    zone, timeslots, filters, fallbackFilter, profiles, subscriptions, masked, grouping, notifyMyself, expiry,
    destinations: settings.destinations.map(({ id, label, channel, enabled, events }) => ({ id, label, channel, enabled, config: {}, secrets: {}, ...(events === undefined ? {} : { events }) })),
    printers: settings.printers.map(({ id, enabled, events, tags }) => ({ id, enabled, events, tags })),
  }
}

export function plainKinds(kinds: RoutedKinds): PlainKind[] {
  return [...kinds.values()].map((kind) => ({ kind: kind.kind, capabilities: kind.capabilities, features: [...kind.supportedFeatures()], defaultEvents: kind.defaultEvents ? [...kind.defaultEvents] : null }))
}

function revived(kinds: readonly PlainKind[]): RoutedKinds {
  return new Map(kinds.map(({ kind, capabilities, features, defaultEvents }) => {
    const carried = new Set(features)
    return [kind, { kind, capabilities, supportedFeatures: () => carried, ...(defaultEvents === null ? {} : { defaultEvents }) }]
  }))
}

/**
 * Reads beside the engine that writes.
 * @param pause between two chunks of work others get their turn
 * @throws HistoryError, NoSuchProfile, the reason of `signal`
 */
export async function makeReport<J extends ReportJob>(job: J, pause: () => Promise<void>, signal: AbortSignal): Promise<ReportOf<J>> {
  const db = openForReading(job.database)
  try {
    return await reportOn(job) as ReportOf<J>
  } finally {
    db.close()
  }

  async function reportOn(asked: ReportJob): Promise<Preview | NoiseReport | DailyCounts> {
    const history = historyOn(db, { log: quietLog, now: () => asked.now })
    const given = { history, now: asked.now, days: asked.days, pause, signal }
    switch (asked.what) {
      case 'preview': return await previewProfile({ settings: asked.settings, profileId: asked.profileId, kinds: revived(asked.kinds), ownZone: () => asked.ownZone, language: whyLanguageOf(asked.language) }, given)
      case 'noise': return await noiseReport(given)
      case 'counts': return dailyCounts(db, asked)
    }
  }
}
