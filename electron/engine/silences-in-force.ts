import { TERMINAL_TYPES, type EventDraft } from './events/model.ts'
import type { History, Silence } from './history/history.ts'
import { checkedChange, checkedNew, SilenceRefused, type Nameable, type NewSilence, type SilenceChange } from './silences/checks.ts'
import { silenceEnds, type SilenceEndsParts } from './silences/ends.ts'
import { REMEMBERED_MS } from './silences/looked-at.ts'
import { holds } from './silences/match.ts'

export type { NewSilence, SilenceChange } from './silences/checks.ts'

export interface SilencesParts extends Omit<SilenceEndsParts, 'history' | 'onChanged'> {
  history: SilenceEndsParts['history'] & Pick<History, 'putSilence' | 'deleteSilence' | 'silence'>
  ulid(): string
  /** What there is to be muted. */
  known(): Nameable
  /** One was made, changed or ended, or began or ended by its time. */
  onChanged(): void
}

/** All that matter now: `past` = ended within 30 days, the newest end first. */
export interface SilencesByTime {
  running: Silence[]
  coming: Silence[]
  past: Silence[]
}

export interface SilencesInForce {
  /** For the rules: those in force and to come, read once and not at each event. Whether one holds is judged by its times. */
  known(): readonly Silence[]
  /** Those in force now. */
  list(): Silence[]
  byTime(): SilencesByTime
  /** Also one that is over. */
  get(id: string): Silence | null
  reread(): void
  /** @throws SilenceRefused naming cause and cure */
  add(silence: NewSilence): Silence
  /** Holds at once. @throws SilenceRefused naming cause and cure */
  edit(id: string, change: SilenceChange): Silence
  /** Over at once; one that has not begun is deleted. False = there is none of this id, or it is over. */
  lift(id: string): boolean
  /** An event is on disk: a silence of one print ends with it. */
  heard(event: EventDraft): void
  start(): void
  stop(): void
}

export function silencesInForce(parts: SilencesParts): SilencesInForce {
  const { history, clock } = parts
  let known: Silence[] = []
  const ends = silenceEnds({ ...parts, onChanged: refresh })

  function read(): void {
    known = history.silencesSince(clock.now())
  }

  function refresh(): void {
    read()
    parts.onChanged()
  }

  /** At once for the rules, then for what follows from it; told once. */
  function changed(): void {
    read()
    if (!ends.look()) parts.onChanged()
  }

  return {
    known: () => known,
    list: () => history.silences(clock.now()),
    byTime() {
      const now = clock.now()
      const all = history.silencesSince(now - REMEMBERED_MS)
      return {
        running: all.filter((silence) => holds(silence, now)),
        coming: all.filter(({ startsAt }) => startsAt > now).sort((a, b) => a.startsAt - b.startsAt),
        past: all.filter(({ endsAt }) => endsAt !== null && endsAt <= now).sort((a, b) => (b.endsAt ?? 0) - (a.endsAt ?? 0)),
      }
    },
    get: (id) => history.silence(id),
    reread: changed,
    add(asked) {
      const now = clock.now()
      const silence: Silence = { id: parts.ulid(), createdAt: now, ...checkedNew(asked, parts.known(), now) }
      history.putSilence(silence)
      changed()
      return silence
    },
    edit(id, change) {
      const silence = history.silence(id)
      if (silence === null) throw new SilenceRefused([{ path: '', message: 'There is no such silence any more', cure: 'Look at the list again.' }])
      const next = checkedChange(silence, change, parts.known(), clock.now())
      history.putSilence(next)
      changed()
      return next
    },
    lift(id) {
      const now = clock.now()
      const silence = history.silence(id)
      const lifted = silence !== null && silence.startsAt > now ? history.deleteSilence(id) : history.liftSilence(id, now)
      if (lifted) changed()
      return lifted
    },
    heard({ type, job }) {
      if (!TERMINAL_TYPES.includes(type) || job === undefined) return
      // Once the printer's state has followed the event.
      if (known.some(({ match, endsAt }) => endsAt === null && match.jobKey === job.key)) clock.after(0, changed)
    },
    start() {
      read()
      ends.start()
    },
    stop: ends.stop,
  }
}
