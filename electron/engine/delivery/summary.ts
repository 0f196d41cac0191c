/** Several events in one message: "while you were away", and what happened to several printers at once. */
import { SEVERITY_RANK, type EventType, type PrinterEvent } from '../events/model.ts'
import { button } from './actions.ts'
import { happening, saidWith } from './body.ts'
import type { Message } from './message.ts'
import type { Catalogue } from './languages/english.ts'
import { ENGLISH, type Language } from './languages/language.ts'
import { about, titleOf } from './render.ts'
import { clean, cutEnd, lengthOf, sentence } from './text.ts'

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
  return {
    ...about(newestOf(events), language),
    kind: 'summary',
    severity: worstOf(events).severity,
    threadKey: AWAY_THREAD,
    title: language.words.away(language.formats.count(events.length)),
    body: lines(events, language).slice(0, 3).join('\n'),
    late: true,
    actions: [button('open_history', language), button('seen_all', language)],
  }
}

export interface GroupContext {
  /** Of whom it is told, where that is a server; null = of so many printers. */
  server: string | null
  /** Where its toast lives. */
  threadKey: string
  /** Told so long behind that it must say when it was. */
  late: boolean
  /** Epoch ms. */
  now: number
  /** IANA name; absent = the computer's. */
  timeZone?: string
  language?: Language
}

/**
 * One message for the same news of several printers: "19 printers: print done", and below as many of their names as there is room for. Of a
 * server: its name in their place, and what to do about it.
 * @param events of one type, at least one, any order
 */
export function renderGroup(events: readonly PrinterEvent[], { server, threadKey, late, now, timeZone, language = ENGLISH }: GroupContext): Message {
  const { words, formats } = language
  const [newest, worst] = [newestOf(events), worstOf(events)]
  const names = [...new Set([...events].sort((a, b) => a.occurredAt - b.occurredAt).map((event) => clean(event.printerName) || words.app))]
  const said = new Set(events.map((event) => happening(event, undefined, language)))
  const [only = ''] = said
  // Where they differ, what they have in common.
  const happened = said.size === 1 ? only : happening({ type: newest.type }, undefined, language)
  const named = sentence(asManyAs(names, LINE_LIMIT - 1, language))
  return {
    ...about(newest, language),
    kind: 'summary',
    severity: worst.severity,
    threadKey,
    title: titleOf(server ?? words.printers(formats.count(names.length)), happened, language),
    body: [late ? cutEnd(words.then(words.happenedAt(formats.when(newest.occurredAt, now, timeZone)), named), LINE_LIMIT) : named, ...cureOf(newest, language)].join('\n'),
    late,
    // One print is not all of them.
    printer: null, job: null, progress: null, remaining: null,
    actions: [button('open_history', language), button('seen_all', language)],
  }
}

/** What is to be done about the way to a server; empty = nothing, or each printer has its own. */
function cureOf(event: PrinterEvent, language: Language): string[] {
  const said = saidWith(event, language)
  const known = language.words
  const cure: Partial<Record<EventType, string>> = { 'link.lost': known.linkLostPrinting, 'link.auth_failed': known.linkAuthFailedCure, 'link.refused': known.linkRefusedCure }
  const ours = cure[event.type]
  return ours === undefined ? [] : [cutEnd(said === '' ? ours : sentence(said), LINE_LIMIT)]
}

/** The names that fit, and how many more there are. */
function asManyAs(names: readonly string[], limit: number, { words, formats }: Language): string {
  const short = names.map((name) => cutEnd(name, 30))
  for (let count = short.length; count > 1; count -= 1) {
    const list = short.slice(0, count).join(', ')
    const text = count === short.length ? list : words.more(list, formats.count(short.length - count))
    if (lengthOf(text) <= limit) return text
  }
  const [first = ''] = short
  return cutEnd(short.length > 1 ? words.more(first, formats.count(short.length - 1)) : first, limit)
}

const newestOf = (events: readonly PrinterEvent[]): PrinterEvent => events.reduce((a, b) => (b.occurredAt > a.occurredAt ? b : a))
const worstOf = (events: readonly PrinterEvent[]): PrinterEvent => events.reduce((a, b) => (SEVERITY_RANK[b.severity] > SEVERITY_RANK[a.severity] ? b : a))

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
