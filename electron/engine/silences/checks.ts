/** What may be asked of a silence, and how what is wrong is told: cause and cure, at its field. Pure. */
import { clockTime } from '../delivery/text.ts'
import type { Silence, SilenceMatch } from '../history/history.ts'

/** A mute that somebody asks for; times in epoch ms. */
export interface NewSilence {
  /** Nothing in it matches everything: all notifications are paused, those of critical events too. Nothing is lost, the history has it. */
  match: SilenceMatch
  /** Absent = now. */
  startsAt?: number
  /** Null = until somebody ends it; of one print: until that ends. */
  endsAt: number | null
  reason: string
  by: string
}

/** What of a silence may become another. Absent = stays. */
export interface SilenceChange {
  match?: SilenceMatch
  startsAt?: number
  endsAt?: number | null
  reason?: string
}

/** `path` is the field ("endsAt", "match.printerIds"), "" = the whole. */
export interface SilenceProblem {
  path: string
  message: string
  cure: string
}

/** Refused, in words of cause and cure for whoever asked. */
export class SilenceRefused extends Error {
  override readonly name = 'SilenceRefused'
  readonly problems: readonly SilenceProblem[]
  constructor(problems: readonly SilenceProblem[]) {
    super(problems.map(({ message, cure }) => `${message}. ${cure}`).join(' '))
    this.problems = problems
  }
}

/** What there is to be named. */
export interface Nameable {
  printers: readonly { id: string }[]
  servers: readonly { id: string }[]
  destinations: readonly { id: string }[]
  filters: readonly { id: string }[]
}

/** So long after its end a silence may still be changed; ms (Argus' planned maintenance does the same). */
const LOCKED_AFTER_MS = 12 * 3_600_000
/** A start so little past is "now": forms take minutes. ms */
const JUST_NOW_MS = 60_000
const LONGEST_REASON = 200

/** Whether it ended too long ago to be changed. */
export function isLocked({ endsAt }: Pick<Silence, 'endsAt'>, now: number): boolean {
  return endsAt !== null && now >= endsAt + LOCKED_AFTER_MS
}

/** A silence in full. @throws SilenceRefused */
export function checkedNew(asked: NewSilence, known: Nameable, now: number): Omit<Silence, 'id' | 'createdAt'> {
  const { match, endsAt, by } = asked
  const reason = asked.reason.trim()
  const startsAt = asked.startsAt ?? now
  refuse([...(startsAt < now - JUST_NOW_MS ? [problem('startsAt', `The start, ${clockTime(startsAt, now)}, is over already`, 'Let it start now, or choose a time to come.')] : []), ...endProblems(startsAt, endsAt, now), ...matchProblems(match, known), ...reasonProblems(reason)])
  return { match: said(match), startsAt: Math.max(startsAt, now), endsAt, reason, by }
}

/** The silence as it becomes. @throws SilenceRefused */
export function checkedChange(silence: Silence, change: SilenceChange, known: Nameable, now: number): Silence {
  if (isLocked(silence, now)) refuse([problem('', `This silence ended ${clockTime(silence.endsAt ?? now, now)}, more than 12 h ago, and is locked`, 'Copy it to have it again.')])
  const begun = silence.startsAt <= now
  const next: Silence = {
    ...silence,
    ...(change.match === undefined ? {} : { match: said(change.match) }),
    ...(change.startsAt === undefined ? {} : { startsAt: change.startsAt }),
    ...(change.endsAt === undefined ? {} : { endsAt: change.endsAt }),
    ...(change.reason === undefined ? {} : { reason: change.reason.trim() }),
  }
  const moved = next.startsAt !== silence.startsAt
  refuse([
    ...(moved && begun ? [problem('startsAt', `It began ${clockTime(silence.startsAt, now)}, so its start stays`, 'End it, and make another one.')] : []),
    ...(moved && !begun && next.startsAt < now - JUST_NOW_MS ? [problem('startsAt', `The start, ${clockTime(next.startsAt, now)}, is over already`, 'Choose a time to come.')] : []),
    // One that is over keeps its end while only its name changes.
    ...(change.endsAt !== undefined && change.endsAt !== silence.endsAt || moved ? endProblems(next.startsAt, next.endsAt, now) : []),
    ...(change.match === undefined ? [] : matchProblems(next.match, known)),
    ...reasonProblems(next.reason),
  ])
  return moved && !begun ? { ...next, startsAt: Math.max(next.startsAt, now) } : next
}

function endProblems(startsAt: number, endsAt: number | null, now: number): SilenceProblem[] {
  if (endsAt === null) return []
  if (endsAt <= startsAt) return [problem('endsAt', `The end, ${clockTime(endsAt, now)}, is not after the start, ${clockTime(startsAt, now)}`, 'Choose a later end, or leave the end open.')]
  return endsAt <= now ? [problem('endsAt', `The end, ${clockTime(endsAt, now)}, is over already`, 'Choose a time to come, or end it now.')] : []
}

const NAMED = [['printerIds', 'printer', 'printers'], ['serverIds', 'server', 'servers'], ['destinationIds', 'destination', 'destinations']] as const

/** A silence that names what is not there, or says nothing where it speaks, would mute nothing. */
function matchProblems(match: SilenceMatch, known: Nameable): SilenceProblem[] {
  const problems = NAMED.flatMap(([field, word, list]): SilenceProblem[] => {
    const ids = match[field]
    if (ids === undefined) return []
    if (ids.length === 0) return [problem(`match.${field}`, `No ${word} is chosen, so it would mute nothing`, `Choose one, or leave the ${word}s out to mute all.`)]
    return ids.filter((id) => !known[list].some((one) => one.id === id)).map((id) => problem(`match.${field}`, `There is no ${word} "${id}"`, `There are: ${known[list].map((one) => one.id).join(', ') || 'none'}.`))
  })
  if (match.types?.length === 0) problems.push(problem('match.types', 'No kind of event is chosen, so it would mute nothing', 'Choose one, or leave the kinds out to mute all.'))
  const { filter } = match
  if (typeof filter === 'string' && !known.filters.some(({ id }) => id === filter)) problems.push(problem('match.filter', `There is no filter "${filter}"`, `There are: ${known.filters.map(({ id }) => id).join(', ') || 'none'}.`))
  if (typeof filter === 'object' && Object.values(filter).every((value) => value === undefined)) problems.push(problem('match.filter', 'The filter says nothing, and an empty filter matches nothing', 'Say something in it, or leave it out to mute everything.'))
  return problems
}

const reasonProblems = (reason: string): SilenceProblem[] => (reason.length > LONGEST_REASON ? [problem('reason', `The reason has ${reason.length} characters, and ${LONGEST_REASON} are kept`, 'Say it in fewer words.')] : [])

/** Only what was said. */
function said(match: SilenceMatch): SilenceMatch {
  return Object.fromEntries(Object.entries(match).filter(([, value]) => value !== undefined))
}

const problem = (path: string, message: string, cure: string): SilenceProblem => ({ path, message, cure })

function refuse(problems: readonly SilenceProblem[]): void {
  if (problems.length > 0) throw new SilenceRefused(problems)
}
