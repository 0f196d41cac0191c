/** Which ends of silences were looked at, as it lies on disk: nothing is told of them any more. */
import type { History, Silence } from '../history/history.ts'

/** So long an end that nobody looked at is worth a look; ms. */
export const REMEMBERED_MS = 30 * 86_400_000

const FACT = 'silences.ended'

type Facts = Pick<History, 'getFact' | 'setFact'>

/** An end that was moved is another end. */
export const endOf = ({ id, endsAt }: Silence): string => `${id}@${endsAt ?? ''}`

/** When each was looked at, epoch ms; null = this program never looked at any. */
export function lookedAt(history: Facts): Map<string, number> | null {
  const fact = history.getFact(FACT)
  return fact === null ? null : new Map(Object.entries(JSON.parse(fact) as Record<string, number>))
}

/** What is too old to be asked for is left out. @param now epoch ms */
export function keepLookedAt(history: Facts, ends: ReadonlyMap<string, number>, now: number): void {
  history.setFact(FACT, JSON.stringify(Object.fromEntries([...ends].filter(([, at]) => at > now - REMEMBERED_MS))))
}

/** Takes all that ended until `now` (epoch ms) as looked at: nothing of it is told. */
export function noteAllEnds(history: Facts & Pick<History, 'silencesSince'>, now: number): void {
  const ended = history.silencesSince(0).filter(({ endsAt }) => endsAt !== null && endsAt <= now)
  keepLookedAt(history, new Map([...(lookedAt(history) ?? []), ...ended.map((silence) => [endOf(silence), now] as const)]), now)
}
