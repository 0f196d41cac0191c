/** What the window asks of printers, and of notifications as a whole. */
import type { SomeHandlers } from '../../bridge/contract.ts'
import type { PrinterDetails } from '../../bridge/views/printers.ts'
import type { Outcome, Wish } from '../../engine/commands/wish.ts'
import type { Engine } from '../../engine/engine.ts'
import type { Silence } from '../../engine/history/history.ts'
import type { Clock } from '../../engine/ports.ts'
import type { ResolvedPrinter } from '../../engine/settings/expand.ts'
import { wishOf } from './acknowledging.ts'
import { acknowledgeable, displayOf } from '../view/cards.ts'
import type { HeatLog } from '../view/heat-log.ts'
import type { Live } from '../view/live.ts'
import { isPauseOfAll, mutesPrinter, type RunningOverview } from '../view/overview.ts'
import { UNREACHABLE } from './no-engine.ts'

type Names =
  | 'printers.list' | 'printers.details' | 'printers.temperatures' | 'printers.wish' | 'printers.watch-live' | 'printers.open-page' | 'printers.mark-result-seen'
  | 'status.get' | 'notifications.pause' | 'notifications.resume'

/** What these calls ask of the engine. */
export interface EngineCalls extends Pick<Engine, 'handle' | 'markSeen' | 'silences' | 'liftSilence' | 'follow'> {
  webUrl(printerId: string): string | null
  addSilence(silence: Pick<Silence, 'match' | 'endsAt' | 'reason' | 'by'>): unknown
  editSilence(id: string, change: { match: Silence['match'] }): unknown
}

export interface PrinterCallParts {
  /** null = none runs. */
  engine(): EngineCalls | null
  overview: Pick<RunningOverview, 'cards' | 'card' | 'status' | 'facts' | 'refresh' | 'recount'>
  heat: Pick<HeatLog, 'series'>
  live: Pick<Live, 'watch'>
  printer(printerId: string): Pick<ResolvedPrinter, 'camera' | 'commands'> | null
  /** Opens a page in the browser, after the shell's own check. False = it was not opened. */
  openPage(url: string): Promise<boolean>
  clock: Clock
}

/** A button of the window stands for what is shown now; ms. */
const WISH_LIFE_MS = 60_000

export function printerCalls(parts: PrinterCallParts): SomeHandlers<Names> {
  const { overview, clock } = parts

  async function wish({ printerId, jobKey, action, confirmed }: Parameters<SomeHandlers<Names>['printers.wish']>[0]): Promise<Outcome> {
    const engine = parts.engine()
    if (engine === null) return UNREACHABLE
    if (action.name === 'unmute') return unmute(engine, printerId, jobKey)
    if (action.name === 'follow' || action.name === 'unfollow') {
      // A menu that was left open can't follow the next print.
      if (action.name === 'follow' && action.what === 'print' && jobKey !== (overview.facts(printerId)?.state.jobRef?.key ?? null)) return { result: 'stale', detail: 'That print is over. Nothing was done.' }
      const outcome = engine.follow(printerId, action.name === 'follow' ? action.what : null)
      overview.refresh()
      return outcome
    }
    const allowed = parts.printer(printerId)?.commands
    if (action.name !== 'mute' && action.name !== 'acknowledge' && allowed !== undefined && !allowed.includes(action.name)) {
      return { result: 'forbidden', detail: 'This command is switched off in the settings of this printer.' }
    }
    const now = clock.now()
    const made: Wish = { printerId, jobKey, action: action.name === 'acknowledge' ? { name: 'acknowledge', ...wishOf(action) } : action, from: 'window', madeAt: now, expiresAt: now + WISH_LIFE_MS, confirmed, eventId: action.name === 'acknowledge' ? openTrouble(printerId) : null }
    const outcome = await engine.handle(made)
    if (action.name === 'acknowledge') overview.recount()
    else if (action.name === 'mute') overview.refresh()
    return outcome
  }

  /** Which event the card's "Acknowledge" is about. */
  function openTrouble(printerId: string): string | null {
    const facts = overview.facts(printerId)
    return facts && acknowledgeable(facts, displayOf(facts))
  }

  function unmute(engine: EngineCalls, printerId: string, jobKey: string | null): Outcome {
    const mine = engine.silences().filter((silence) => mutesPrinter(silence, printerId, jobKey))
    for (const { id, match } of mine) {
      const others = match.printerIds?.filter((other) => other !== printerId) ?? []
      // What mutes others too goes on for them.
      if (others.length > 0) engine.editSilence(id, { match: { ...match, printerIds: others } })
      else engine.liftSilence(id)
    }
    const byServer = overview.card(printerId)?.muted != null && mine.length === 0
    overview.refresh()
    if (mine.length > 0) return { result: 'done', detail: 'Notifications of this printer are on again.' }
    return byServer ? { result: 'refused', detail: 'All printers of its server are muted. End that silence under Rules, Silences.' } : { result: 'stale', detail: 'This printer is not muted.' }
  }

  return {
    'printers.list': async () => overview.cards(),
    'printers.details': async (id) => details(id),
    'printers.temperatures': async (id) => parts.heat.series(id, clock.now()),
    'printers.wish': wish,
    async 'printers.watch-live'(list) {
      parts.live.watch(list)
      return null
    },
    async 'printers.open-page'(id) {
      const url = parts.engine()?.webUrl(id) ?? null
      return url !== null && parts.openPage(url)
    },
    async 'printers.mark-result-seen'(id) {
      const last = overview.card(id)?.lastResult
      if (last && !last.seen) {
        parts.engine()?.markSeen([last.eventId])
        overview.recount()
      }
      return null
    },
    'status.get': async () => overview.status(),
    async 'notifications.pause'({ until }) {
      const engine = parts.engine()
      if (engine === null) throw new Error(UNREACHABLE.detail)
      // One pause at a time: the newest word counts, also when it is the shorter one.
      const earlier = engine.silences().filter(isPauseOfAll)
      engine.addSilence({ match: {}, endsAt: until, reason: 'All notifications paused', by: 'window' })
      for (const { id } of earlier) engine.liftSilence(id)
      overview.refresh()
      return null
    },
    async 'notifications.resume'() {
      const engine = parts.engine()
      for (const { id } of engine?.silences().filter(isPauseOfAll) ?? []) engine?.liftSilence(id)
      overview.refresh()
      return null
    },
  }

  function details(id: string): PrinterDetails | null {
    const card = overview.card(id)
    const facts = overview.facts(id)
    if (card === null || facts === null) return null
    const { state } = facts
    const chosen = parts.printer(id)?.camera ?? state.cameras[0]?.id ?? null
    const job = card.jobKey === null ? null : state.jobRef
    return {
      card,
      cameras: state.cameras.map((camera) => ({ id: camera.id, name: camera.name, chosen: camera.id === chosen, canSnapshot: camera.canSnapshot })),
      job: job && { startedAt: job.startedAt, user: job.user, size: job.file.size, z: state.z, progressSource: state.progressSource },
      message: state.message,
      faults: state.faults.map(({ text }) => text),
      emergencyStop: state.capabilities?.emergency_stop === true && facts.commands.has('emergency_stop'),
      serverAddress: hostOf(parts.engine()?.webUrl(id) ?? null),
    }
  }
}

/** "voron.local" or "10.0.0.7:5000": no path, no user, nothing that could be a token. */
function hostOf(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? new URL(url).host : null
}
