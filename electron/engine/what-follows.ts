import type { Suppressed } from './events/model.ts'
import type { CommitResult } from './history/history.ts'
import type { News } from './news.ts'
import type { Log } from './ports.ts'

/** Does all that follows from what was written, each by itself: one that throws is logged under its name, and keeps none of the others from its turn. */
export function eachByItself(log: Pick<Log, 'error'>, consequences: Readonly<Record<string, () => void>>): void {
  for (const [to, consequence] of Object.entries(consequences)) {
    try {
      consequence()
    } catch (error) {
      log.error('what was written could not be passed on', { to, error: error instanceof Error ? error.message : String(error) })
    }
  }
}

/** Tells what is on disk now: what happened, what was swallowed, and who hears of it or not. */
export function tellNews(onNews: (news: News) => void, { events, decisions }: Pick<CommitResult, 'events' | 'decisions'>, suppressed: readonly Suppressed[]): void {
  for (const event of events) onNews({ line: 'event', event })
  for (const one of suppressed) onNews({ line: 'suppressed', ...one })
  for (const decision of decisions) onNews({ line: 'decision', ...decision })
}
