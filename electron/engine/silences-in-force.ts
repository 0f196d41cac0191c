import type { History, Silence } from './history/history.ts'
import type { Clock } from './ports.ts'

/**
 * A mute that somebody asks for. An empty `match` matches everything: all notifications are paused, those of critical events
 * too. Nothing is lost by it: events, and the decisions that name the silence, are in the history.
 */
export type NewSilence = Pick<Silence, 'match' | 'endsAt' | 'reason' | 'by'>

export interface SilencesParts {
  history: Pick<History, 'silences' | 'putSilence' | 'liftSilence'>
  clock: Clock
  ulid(): string
  /** One was added or lifted; that one is over by its time is told by nobody. */
  onChanged(): void
}

export interface SilencesInForce {
  /** For the rules: read once, not at each event. Those whose time is over are judged by the rules. */
  known(): readonly Silence[]
  /** Those in force now. */
  list(): Silence[]
  reread(): void
  /** In force at once. */
  add(silence: NewSilence): Silence
  /** In force at once. False = there is none of this id, or it is over. */
  lift(id: string): boolean
}

export function silencesInForce(parts: SilencesParts): SilencesInForce {
  const { history, clock } = parts
  let known: Silence[] = []
  const list = (): Silence[] => history.silences(clock.now())

  function changed(): void {
    known = list()
    parts.onChanged()
  }

  return {
    known: () => known,
    list,
    reread: changed,
    add({ match, endsAt, reason, by }) {
      const now = clock.now()
      const silence: Silence = { id: parts.ulid(), createdAt: now, startsAt: now, endsAt, match, reason, by }
      history.putSilence(silence)
      changed()
      return silence
    },
    lift(id) {
      const lifted = history.liftSilence(id, clock.now())
      if (lifted) changed()
      return lifted
    },
  }
}
