/** What became of one event for one destination, in whole sentences: what, why, and what to do about it. Pure. */
import { clean, cutEnd, sentence } from '../delivery/text.ts'
import type { FailingDestination } from '../failing-destinations.ts'
import type { Attempt, Decision, OutboxRow } from '../history/history.ts'
import { decisionText, trace, type Names, type TraceLine, type TraceMark } from '../rules/explain.ts'
import type { Heard } from './facts.ts'
import { titleOf } from './title.ts'
import { ENGLISH_WHY, type WhyLanguage } from './words/index.ts'

export type WhyNames = Pick<Names, 'silence' | 'filter' | 'profile' | 'time'>

/** `waiting`: it is still to come; `failed`: it should have come. */
export type FateKind = 'delivered' | 'waiting' | 'failed' | 'dropped'

export interface Fate {
  destinationId: string
  label: string
  kind: FateKind
  mark: TraceMark
  /** Whole sentences. */
  text: string
  /** A line for each stage that judged. */
  trace: TraceLine[]
}

interface Told {
  kind: FateKind
  mark: TraceMark
  sentences: (string | null)[]
}

/** Somebody else's words are cut. */
const DETAIL_LIMIT = 300
const MARKS: Readonly<Record<FateKind, TraceMark>> = { delivered: 'ok', waiting: 'wait', failed: 'no', dropped: 'no' }

/** @param failing that destination's trouble of now; null = it has none */
export function fateOf(destination: { id: string; label: string; enabled: boolean }, heard: Heard, failing: FailingDestination | null, names: WhyNames, language: WhyLanguage = ENGLISH_WHY): Fate {
  const { event } = heard
  const said: Names = { ...names, event: titleOf(event, language.messages), destination: destination.label, printer: event.printerId === '' ? '' : clean(event.printerName) }
  const decisions = heard.decisions.filter((each) => each.destinationId === destination.id).sort((a, b) => a.seq - b.seq)
  const row = heard.outbox.filter((each) => each.destinationId === destination.id).at(-1) ?? null
  const attempts = heard.attempts.filter((each) => each.destinationId === destination.id).sort((a, b) => a.at - b.at || a.number - b.number)
  const { kind, mark, sentences } = told({ destination, decisions, row, attempts, failing, said, language })
  return { destinationId: destination.id, label: destination.label, kind, mark, text: sentences.filter((one) => one !== null).map(sentence).join(' '), trace: trace(decisions, said, language.words) }
}

interface Case {
  destination: { label: string; enabled: boolean }
  decisions: readonly Decision[]
  row: OutboxRow | null
  attempts: readonly Attempt[]
  failing: FailingDestination | null
  said: Names
  language: WhyLanguage
}

function told(one: Case): Told {
  const { row, decisions, said, language } = one
  const last = decisions.at(-1)
  if (row === null) return last === undefined ? nothingDecided(one) : dropped(one, last)
  const { fate } = language.words
  const to = said.destination
  const as = (kind: FateKind, ...sentences: (string | null)[]): Told => ({ kind, mark: MARKS[kind], sentences })
  switch (row.state) {
    case 'delivered': return as('delivered', ...deliveredTo(one))
    case 'held': return as('waiting', ...heldFor(one, row))
    case 'leased': return as('waiting', fate.leased(to))
    case 'waiting': return row.attempts === 0 && one.failing === null ? as('waiting', fate.onItsWay(to)) : as('failed', ...notYet(one, row))
    case 'dead': return as('failed', fate.notTaken(to, lastTry(one)), detailOf(one.attempts.at(-1)), sinceWhen(one), fate.mendAndSend)
    case 'expired': return as('failed', fate.tooOld(to, said.time(row.expiresAt)), detailOf(one.attempts.at(-1)), sinceWhen(one), fate.sendAgain)
    case 'cancelled': return as('dropped', fate.takenBack(to), last === undefined || last.decision !== 'drop' ? detailOf(one.attempts.at(-1)) : decisionText(last, said, language.words))
  }
}

function nothingDecided({ destination, said, language: { words } }: Case): Told {
  return { kind: 'dropped', mark: 'no', sentences: destination.enabled ? [words.fate.notThere(said.destination)] : [words.reasons.destination_off(said, null), words.fate.switchOn] }
}

function dropped({ said, language }: Case, last: Decision): Told {
  return { kind: 'dropped', mark: 'no', sentences: [language.words.fate.notTold(said.destination), decisionText(last, said, language.words), cureOf(last, said, language)] }
}

function deliveredTo(one: Case): (string | null)[] {
  const { attempts, decisions, said, language: { words, messages } } = one
  const last = attempts.at(-1)
  const by = last === undefined || last.detail === '' ? null : shortened(last.detail).replace(/\.$/, '')
  const waited = decisions.find(({ decision }) => decision === 'hold' || decision === 'digest')
  return [
    words.fate.delivered(said.destination, lastTry(one), by),
    waited === undefined ? null : words.fate.waited(decisionText(waited, said, words)),
    last !== undefined && last.number > 1 ? words.fate.tries(messages.formats.count(last.number)) : null,
  ]
}

function heldFor({ decisions, said, language: { words } }: Case, row: OutboxRow): (string | null)[] {
  const waits = decisions.findLast(({ decision }) => decision === 'hold' || decision === 'digest')
  return [words.fate.held(said.destination, row.releaseAt === null ? null : said.time(row.releaseAt)), waits === undefined ? null : decisionText(waits, said, words), row.releaseAt === null ? null : words.fate.judgedAgain]
}

function notYet(one: Case, row: OutboxRow): (string | null)[] {
  const { said, language: { words: { fate }, messages } } = one
  return [
    fate.notYet(said.destination, row.attempts === 0 ? null : messages.formats.count(row.attempts)),
    detailOf(one.attempts.at(-1)), sinceWhen(one), fate.triedUntil(said.time(row.expiresAt)), fate.testIt,
  ]
}

function sinceWhen({ failing, said, language }: Case): string | null {
  return failing === null ? null : language.words.fate.fails(said.destination, failing.state === 'gone', said.time(failing.since), shortened(failing.why))
}

/** When it was tried last; null = it never was. */
function lastTry({ attempts, said }: Case): string | null {
  const last = attempts.at(-1)
  return last === undefined ? null : said.time(last.at)
}

function detailOf(attempt: Attempt | undefined): string | null {
  const detail = attempt === undefined ? '' : shortened(attempt.detail)
  return detail === '' ? null : detail
}

function shortened(text: string): string {
  return cutEnd(clean(text), DETAIL_LIMIT)
}

/** What to do about a drop; null = nothing, it was right so. */
function cureOf({ reason }: Decision, names: WhyNames, { words: { fate } }: WhyLanguage): string | null {
  if (reason.startsWith('filter:')) return fate.cureFilter
  if (reason.startsWith('silence:')) return names.silence(reason.slice('silence:'.length))?.over === false ? fate.cureSilence : null
  return Object.hasOwn(fate.cures, reason) ? fate.cures[reason as keyof typeof fate.cures] : null
}
