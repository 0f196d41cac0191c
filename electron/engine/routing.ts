import type { PrinterNow } from './channels/channel.ts'
import type { EventDraft, PrinterState } from './events/model.ts'
import type { CommitEntry, OutboxRow, StoredEvent } from './history/history.ts'
import type { Clock, Presence } from './ports.ts'
import { isForNobody, judgeAgain, route, type Judgement, type RouteContext } from './rules/route.ts'
import { wouldShowDone } from './rules/shown.ts'
import type { RoutedKinds } from './rules/subscriptions.ts'
import type { SettingsInForce } from './settings-in-force.ts'
import type { ToldLately } from './told-lately.ts'
import type { SilencesInForce } from './silences-in-force.ts'

export interface RoutingParts {
  inForce: SettingsInForce
  silences: Pick<SilencesInForce, 'known'>
  kinds: RoutedKinds
  presence: Presence
  clock: Clock
  /** Completes a draft with what the destinations of these rows need of it. */
  freeze(draft: EventDraft, rows: readonly Pick<OutboxRow, 'destinationId'>[]): EventDraft
  /** Null = the printer can't be seen. */
  standing(printerId: string): PrinterState | null
  /** Destinations that fail now. */
  failing(): string[]
  /** Whether the camera of the event answers again. */
  cameraBack(event: StoredEvent): boolean
  toldLately: Pick<ToldLately, 'context' | 'note'>
}

/** The rules (rules/route.ts), asked with what holds at this moment. */
export interface Routing {
  context(): RouteContext
  route(draft: EventDraft, id: string): Omit<CommitEntry, 'id'>
  /** Whether somebody would be told with a picture that this printer's print is done; null = not watched. */
  showsDone(printer: PrinterNow | null): boolean
  judge(row: Pick<OutboxRow, 'destinationId' | 'cancelOn'>, event: StoredEvent): Judgement
}

export function createRouting({ inForce, silences, kinds, presence, clock, freeze, standing, failing, cameraBack, toldLately }: RoutingParts): Routing {
  const context = (): RouteContext => ({
    now: clock.now(),
    ...inForce.rules(),
    silences: silences.known(),
    destinations: inForce.settings().destinations,
    kinds,
    settings: inForce.settings(),
    presence: presence.current(),
    grouping: toldLately.context(),
  })

  return {
    context,
    route(draft, id) {
      const { decisions, outbox } = route({ ...draft, id }, context())
      toldLately.note({ ...draft, id }, decisions)
      // What nobody is told is born seen: else a history without a window would keep it for ever as unseen.
      return { draft: freeze(draft, outbox), decisions, outbox, ...(isForNobody({ decisions, outbox }) ? { seen: true } : {}) }
    },
    showsDone: (printer) => printer !== null && wouldShowDone(printer, context()),
    judge: (row, event) => judgeAgain(row, event, {
      ...context(),
      standing: standing(event.printerId),
      acknowledgedAt: event.acknowledgedAt ?? event.acknowledgement?.at ?? null,
      acknowledgedUntil: event.acknowledgement?.until ?? null,
      failing: failing(),
      cameraBack: cameraBack(event),
    }),
  }
}
