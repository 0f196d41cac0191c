/** Several events in one message: "while you were away". */
import { SEVERITY_RANK, type EventType, type PrinterEvent } from '../events/model.ts'
import { button } from './actions.ts'
import { happening } from './body.ts'
import type { Message } from './message.ts'
import type { Catalogue } from './languages/english.ts'
import { ENGLISH, type Language } from './languages/language.ts'
import { about } from './render.ts'
import { clean, cutEnd } from './text.ts'

/** All summaries of what happened meanwhile meet here: a second one replaces the first. */
export const AWAY_THREAD = 'away'
const LINE_LIMIT = 90
/** Printers named in one line before "and N more". */
const NAMED = 2

type Group = keyof Catalogue['awayGroups']
const GROUPS: readonly Group[] = ['failed', 'unknown', 'cancelled', 'done', 'other']

/**
 * One message for several events, worst first; at most three lines, one for what still needs a person.
 * @param events at least one, any order
 */
export function renderSummary(events: readonly PrinterEvent[], language = ENGLISH): Message {
  const newest = events.reduce((a, b) => (b.occurredAt > a.occurredAt ? b : a))
  const worst = events.reduce((a, b) => (SEVERITY_RANK[b.severity] > SEVERITY_RANK[a.severity] ? b : a))
  return {
    ...about(newest, language),
    kind: 'summary',
    severity: worst.severity,
    threadKey: AWAY_THREAD,
    title: language.words.away(language.formats.count(events.length)),
    body: lines(events, language).slice(0, 3).join('\n'),
    late: true,
    actions: [button('open_history', language), button('seen_all', language)],
  }
}

function lines(events: readonly PrinterEvent[], language: Language): string[] {
  const { words } = language
  const waiting = events.filter((event) => event.type.startsWith('attention.') && event.type !== 'attention.cleared')
  const rest = events.filter((event) => !waiting.includes(event))
  const first = waiting.map((event) => cutEnd(`${words.titled(clean(event.printerName), happening(event, undefined, language))}.`, LINE_LIMIT)).slice(0, 1)
  const grouped = GROUPS.flatMap((group) => {
    const members = rest.filter((event) => groupOf(event.type) === group)
    return members.length === 0 ? [] : [groupLine(group, [...new Set(members.map((event) => clean(event.printerName) || words.app))], language)]
  })
  return [...first, ...grouped]
}

function groupLine(group: Group, names: readonly string[], { words, formats }: Language): string {
  const named = names.slice(0, names.length === NAMED + 1 ? NAMED + 1 : NAMED).map((name) => cutEnd(name, 30))
  const more = names.length - named.length
  const list = named.join(', ')
  return cutEnd(`${words.titled(words.awayGroups[group], more > 0 ? words.more(list, formats.count(more)) : list)}.`, LINE_LIMIT)
}

function groupOf(type: EventType): Group {
  if (type === 'job.done') return 'done'
  if (type === 'job.cancelled') return 'cancelled'
  if (type === 'job.failed') return 'failed'
  if (type === 'job.result_unknown') return 'unknown'
  return 'other'
}
