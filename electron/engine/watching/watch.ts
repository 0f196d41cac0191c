/**
 * Following a printer, or one of its prints: everything about its end, its attentions and its progress is told to the chosen destinations, also
 * where nothing else subscribes to it. Each compiles to a profile of its own, so the rules know no more of it than of any other. Pure.
 */
import type { EventDraft } from '../events/model.ts'
import { once } from '../once.ts'
import type { CompiledProfile } from '../rules/profiles.ts'
import { anySelectorMatches } from '../rules/selectors.ts'
import type { WatchSettings } from '../settings/schema.ts'
import { watch as watchSchema } from '../settings/schema.ts'
import { WATCH_ID } from './id.ts'

/** What is followed. */
export interface Watch extends WatchSettings {
  printerId: string
  /** Null = every print of it, until somebody says so. */
  jobKey: string | null
  /** Its print is over: it judges what is still under way, and wants nothing more. */
  over?: boolean
}

const FOLLOWED = ['job.done', 'job.cancelled', 'job.failed', 'job.result_unknown', 'job.finishing_soon', 'job.paused', 'job.stalled', 'attention.*', 'failure.*', 'device.error', 'device.shutdown', 'heater.runaway'] as const

/** How one is followed of whom nothing else is said. */
export const usualWatch = once((): WatchSettings => watchSchema().parse({}))

/** Selectors of what is told. */
function followedEvents({ progress }: Pick<WatchSettings, 'progress'>): readonly string[] {
  return progress > 0 ? [...FOLLOWED, 'job.progress'] : FOLLOWED
}

/** @param local destinations at this desk: they are told where the watch names none */
export function compileWatch(watch: Watch, local: readonly string[]): CompiledProfile {
  const { printerId, jobKey, mode } = watch
  const selectors = followedEvents(watch)
  const to = new Set(watch.destinations ?? local)
  const concerns = (event: Pick<EventDraft, 'type' | 'native' | 'printerId' | 'job'>): boolean => (
    event.printerId === printerId && (jobKey === null || event.job?.key === jobKey) && anySelectorMatches(selectors, event)
  )
  return {
    id: `${WATCH_ID}${printerId}`,
    byEvents: false,
    printerId,
    concerns,
    reaches: (destination) => (to.has(destination) ? { destination, mode, presence: 'always' } : null),
    escalate: null,
    lists: [watch.over ? [] : selectors],
    judge: () => (mode === 'in_app' ? { decision: 'drop', stage: 'mode', reason: 'in_app' } : { decision: 'deliver', stage: 'deliver', reason: 'watched' }),
  }
}

/** How finely a printer's progress is told while it is followed: the finer one of both; 0 = not. A print that is over makes nothing finer. */
export function finerStep(own: number, watches: readonly Watch[]): number {
  const steps = [own, ...watches.filter(({ over }) => !over).map(({ progress }) => progress)].filter((step) => step > 0)
  return steps.length === 0 ? 0 : Math.min(...steps)
}
