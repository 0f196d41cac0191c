/** What became of one event for one destination, in whole sentences: what, why, and what to do about it. Pure. */
import { clean, cutEnd, sentence } from '../delivery/text.ts'
import type { FailingDestination } from '../failing-destinations.ts'
import type { Attempt, Decision, OutboxRow } from '../history/history.ts'
import { decisionText, trace, type Names, type TraceLine, type TraceMark } from '../rules/explain.ts'
import type { Heard } from './facts.ts'
import { titleOf } from './title.ts'

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
export function fateOf(destination: { id: string; label: string; enabled: boolean }, heard: Heard, failing: FailingDestination | null, names: WhyNames): Fate {
  const { event } = heard
  const said: Names = { ...names, event: titleOf(event), destination: destination.label, printer: event.printerId === '' ? '' : clean(event.printerName) }
  const decisions = heard.decisions.filter((each) => each.destinationId === destination.id).sort((a, b) => a.seq - b.seq)
  const row = heard.outbox.filter((each) => each.destinationId === destination.id).at(-1) ?? null
  const attempts = heard.attempts.filter((each) => each.destinationId === destination.id).sort((a, b) => a.at - b.at || a.number - b.number)
  const { kind, mark, sentences } = told({ destination, decisions, row, attempts, failing, said })
  return { destinationId: destination.id, label: destination.label, kind, mark, text: sentences.filter((one) => one !== null).map(sentence).join(' '), trace: trace(decisions, said) }
}

interface Case {
  destination: { label: string; enabled: boolean }
  decisions: readonly Decision[]
  row: OutboxRow | null
  attempts: readonly Attempt[]
  failing: FailingDestination | null
  said: Names
}

function told(one: Case): Told {
  const { row, decisions } = one
  const last = decisions.at(-1)
  if (row === null) return last === undefined ? nothingDecided(one) : dropped(one, last)
  const as = (kind: FateKind, ...sentences: (string | null)[]): Told => ({ kind, mark: MARKS[kind], sentences })
  switch (row.state) {
    case 'delivered': return as('delivered', ...deliveredTo(one))
    case 'held': return as('waiting', ...heldFor(one, row))
    case 'leased': return as('waiting', `It is being sent to “${one.said.destination}” now`)
    case 'waiting': return row.attempts === 0 && one.failing === null
      ? as('waiting', `It is on its way to “${one.said.destination}”, and was not sent yet`)
      : as('failed', ...notYet(one, row))
    case 'dead': return as('failed', `“${one.said.destination}” did not take it${when(one)}`, detailOf(one.attempts.at(-1)), sinceWhen(one), `Mend that, then send it again from the history`)
    case 'expired': return as('failed', `It could not be delivered to “${one.said.destination}” until ${one.said.time(row.expiresAt)}, and then it was too old`, detailOf(one.attempts.at(-1)), sinceWhen(one), 'It can be sent again from the history')
    case 'cancelled': return last === undefined || last.decision !== 'drop'
      ? as('dropped', `It was taken back before it reached “${one.said.destination}”`, detailOf(one.attempts.at(-1)))
      : as('dropped', `It was taken back before it reached “${one.said.destination}”`, decisionText(last, one.said))
  }
}

function nothingDecided({ destination, said }: Case): Told {
  return {
    kind: 'dropped', mark: 'no',
    sentences: destination.enabled ? [`“${said.destination}” was not there yet, or switched off, so nothing was decided for it`] : [`“${said.destination}” is switched off`, 'Switch it on under Destinations'],
  }
}

function dropped({ said }: Case, last: Decision): Told {
  return { kind: 'dropped', mark: 'no', sentences: [`“${said.destination}” was not told`, decisionText(last, said), cureOf(last, said)] }
}

function deliveredTo({ attempts, decisions, said }: Case): (string | null)[] {
  const last = attempts.at(-1)
  const by = last === undefined || last.detail === '' ? '' : ` (${shortened(last.detail).replace(/\.$/, '')})`
  const waited = decisions.find(({ decision }) => decision === 'hold' || decision === 'digest')
  return [
    `It was delivered to “${said.destination}”${last === undefined ? '' : ` at ${said.time(last.at)}`}${by}, so look there`,
    waited === undefined ? null : `It waited for its time. ${decisionText(waited, said)}`,
    last !== undefined && last.number > 1 ? `It took ${last.number} tries` : null,
  ]
}

function heldFor({ decisions, said }: Case, row: OutboxRow): (string | null)[] {
  const waits = decisions.findLast(({ decision }) => decision === 'hold' || decision === 'digest')
  const until = row.releaseAt === null ? '' : ` until ${said.time(row.releaseAt)}`
  return [`It is held for “${said.destination}”${until}`, waits === undefined ? null : decisionText(waits, said), row.releaseAt === null ? null : 'Then it is judged once more, and left out if it no longer holds']
}

function notYet(one: Case, row: OutboxRow): (string | null)[] {
  const { said } = one
  return [
    row.attempts === 0 ? `It was not delivered to “${said.destination}” yet` : `It was not delivered to “${said.destination}” yet, after ${row.attempts} ${row.attempts === 1 ? 'try' : 'tries'}`,
    detailOf(one.attempts.at(-1)), sinceWhen(one), `It is tried until ${said.time(row.expiresAt)}`, 'Test the destination: the test names the cause',
  ]
}

function sinceWhen({ failing, said }: Case): string | null {
  if (failing === null) return null
  const how = failing.state === 'gone' ? 'takes nothing' : 'fails'
  return `“${said.destination}” ${how} since ${said.time(failing.since)}: ${shortened(failing.why)}`
}

function when({ attempts, said }: Case): string {
  const last = attempts.at(-1)
  return last === undefined ? '' : ` at ${said.time(last.at)}`
}

function detailOf(attempt: Attempt | undefined): string | null {
  const detail = attempt === undefined ? '' : shortened(attempt.detail)
  return detail === '' ? null : detail
}

function shortened(text: string): string {
  return cutEnd(clean(text), DETAIL_LIMIT)
}

const CURES: Readonly<Record<string, string>> = {
  not_subscribed: 'Choose it for this destination, or in a profile that reaches it',
  switched_off: 'Change that subscription, or the profile’s mode',
  idle_link: 'Choose that kind by hand for this destination to hear it of an idle printer too',
  no_job: 'Choose that kind by hand for this destination to hear it without a print too',
  channel_missing: 'Allow or reinstall the plugin that brings it',
  own_action: 'Switch on “notify me too” (notifyMyself) to hear what you did yourself',
  profile_off: 'Switch the profile on',
  profile_paused: 'Wake the profile',
  outside_timeslot: 'Widen the timeslot, or let the profile hold what happens outside of it',
  timeslot_never_opens: 'Give the timeslot a time',
  in_app: 'Set the profile’s mode to “now” to be told',
}

/** What to do about a drop; null = nothing, it was right so. */
function cureOf({ reason }: Decision, names: WhyNames): string | null {
  if (reason.startsWith('filter:')) return 'Change the filter, or the profile that uses it'
  if (reason.startsWith('silence:')) return names.silence(reason.slice('silence:'.length))?.over === false ? 'Lift the silence to be told again' : null
  return Object.hasOwn(CURES, reason) ? CURES[reason] ?? null : null
}
