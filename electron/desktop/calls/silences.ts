/** What the window asks of silences: all there are, a new one, a change, an end. */
import type { SomeHandlers } from '../../bridge/contract.ts'
import type { Push } from '../../bridge/contract.ts'
import type { Saved } from '../../bridge/views/common.ts'
import type { SilenceMatchView, SilenceView } from '../../bridge/views/silences.ts'
import type { Engine } from '../../engine/contract.ts'
import type { Silence, SilenceMatch } from '../../engine/history/history.ts'
import type { Clock } from '../../engine/ports.ts'
import { isLocked, SilenceRefused } from '../../engine/silences/checks.ts'
import { NO_ENGINE } from './no-engine.ts'

type Names = `silences.${'list' | 'add' | 'edit' | 'end'}`

export interface SilenceCallParts {
  /** null = none runs. */
  engine(): Pick<Engine, 'silencesByTime' | 'addSilence' | 'editSilence' | 'liftSilence'> | null
  clock: Clock
  push: Push
}

export interface SilenceRoom {
  handlers: SomeHandlers<Names>
  /** One was made, changed or ended, or began or ended by its time. */
  changed(): void
}

export function silenceCalls({ engine, clock, push }: SilenceCallParts): SilenceRoom {
  function list(): SilenceView[] {
    const all = engine()?.silencesByTime()
    return all ? (['running', 'coming', 'past'] as const).flatMap((state) => all[state].map((silence) => viewOf(silence, state, clock.now()))) : []
  }

  function running(): NonNullable<ReturnType<SilenceCallParts['engine']>> {
    const found = engine()
    if (found === null) throw new Error(NO_ENGINE)
    return found
  }

  return {
    handlers: {
      'silences.list': async () => list(),
      async 'silences.add'({ match, startsAt, endsAt, reason }) {
        let id = ''
        const answer = saving(() => {
          id = running().addSilence({ match: said(match), ...(startsAt === null ? {} : { startsAt }), endsAt, reason, by: 'window' }).id
        })
        return answer.ok ? { ok: true, id } : answer
      },
      'silences.edit': async ({ id, patch: { match, startsAt, endsAt, reason } }) => saving(() => {
        running().editSilence(id, { ...(match === undefined ? {} : { match: said(match) }), ...(startsAt === undefined ? {} : { startsAt }), ...(endsAt === undefined ? {} : { endsAt }), ...(reason === undefined ? {} : { reason }) })
      }),
      'silences.end': async (id) => running().liftSilence(id),
    },
    changed: () => push('silences.changed', list()),
  }
}

function saving(work: () => void): Saved {
  try {
    work()
    return { ok: true }
  } catch (error) {
    if (error instanceof SilenceRefused) return { ok: false, problems: [...error.problems] }
    throw error
  }
}

function viewOf({ id, startsAt, endsAt, match, reason, by }: Silence, state: SilenceView['state'], now: number): SilenceView {
  return { id, state, startsAt, endsAt, match: match as SilenceMatchView, reason, by, locked: isLocked({ endsAt }, now) }
}

/** Only what was said. */
function said(match: SilenceMatchView): SilenceMatch {
  return Object.fromEntries(Object.entries(match).filter(([, value]) => value !== undefined))
}
