/**
 * Moonraker's notifiers (`[notifier NAME]` of moonraker.conf) as destinations. Each is an Apprise address with the events that it hears;
 * the address goes the way of a list of such addresses. Source: Moonraker's configuration page and notifier.py 0.11.0, read.
 */
import { importAppriseUrls } from './apprise-urls.ts'
import type { AddressProblem, ImportedAddress } from './apprise/imported.ts'
import { readConfig, type Option, type Section } from './moonraker/config.ts'

export interface ImportedNotifier extends ImportedAddress {
  /** Selectors, as in the settings. */
  events: readonly string[]
}

export interface ImportedNotifiers {
  destinations: ImportedNotifier[]
  /** What belongs to none of them, in sentences without secrets. */
  notes: string[]
  problems: AddressProblem[]
}

/** Moonraker's names of job events, and what they are here. Every state that it tells apart is one of ours. */
const EVENTS: Readonly<Record<string, string>> = {
  started: 'job.started', paused: 'job.paused', resumed: 'job.resumed', complete: 'job.done', error: 'job.failed', cancelled: 'job.cancelled',
}
const LABEL = 200
const ADDRESS = /^\w+:\/\//

/** @param text moonraker.conf whole or its notifiers, the secrets file behind it where addresses take from it; never kept, never logged */
export function importMoonrakerNotifiers(text: string): ImportedNotifiers {
  const { sections, strange } = readConfig(text)
  const notifiers = sections.filter(({ name }) => /^notifier\b/.test(name))
  const found: ImportedNotifiers = { destinations: [], notes: [], problems: [] }
  if (notifiers.length === 0) {
    found.problems.push({ line: 1, message: 'There is no notifier in this text: no part begins with "[notifier". Give Moonraker\'s moonraker.conf, or the file that holds its notifiers.' })
    return found
  }
  const included = sections.filter(({ name }) => name.startsWith('include '))
  if (included.length > 0) found.notes.push('Other files are included here. Import those that hold notifiers by themselves.')
  if (strange.length > 0) found.notes.push(`Not read, because it is neither a part nor an option: line ${strange.slice(0, 5).join(', ')}${strange.length > 5 ? ' and more' : ''}.`)
  for (const section of notifiers) {
    const read = readNotifier(section, sections)
    found.destinations.push(...read.destinations)
    found.problems.push(...read.problems)
  }
  if (found.destinations.length > 0) found.notes.push('In Moonraker a notifier was for its own printer. Here each hears of all printers until you choose some.')
  return found
}

function readNotifier(section: Section, all: readonly Section[]): Pick<ImportedNotifiers, 'destinations' | 'problems'> {
  const name = section.name.slice('notifier'.length).trim()
  const wrong = (line: number, message: string) => ({ destinations: [], problems: [{ line, message }] })
  if (name === '') return wrong(section.line, 'This notifier has no name. Write one behind the word: [notifier phone].')
  const url = section.options.get('url')
  if (url === undefined || url.value === '') return wrong(section.line, 'This notifier has no "url".')
  const address = filledIn(url.value, all)
  if (address === null) return wrong(url.line, 'Its address takes a value out of Moonraker\'s secrets. Put the text of the secrets file behind this one, or write the value in its place.')
  if (!ADDRESS.test(address)) return wrong(url.line, 'Its url is no address of Apprise. It begins with its service, like ntfy:// or mailto://.')
  const { events, notes } = eventsOf(section.options.get('events'))
  const own = [...notes, ...textNotes(section)]
  const read = importAppriseUrls(address.replace(/\s*\n\s*/g, ' '))
  return {
    destinations: read.destinations.map((one) => ({ ...one, line: url.line, label: name.slice(0, LABEL), notes: [...one.notes, ...own], events, enabled: one.enabled && events.length > 0 })),
    problems: read.problems.map(({ message }) => ({ line: url.line, message })),
  }
}

/** The address with `{secrets.PART.OPTION}` filled in; null = it takes something that is not here. */
function filledIn(template: string, sections: readonly Section[]): string | null {
  let whole = true
  const filled = template.replace(/\{\s*secrets\.([\w-]+)\.([\w-]+)\s*\}/g, (_all, part: string, option: string) => {
    const value = sections.find(({ name }) => name === part)?.options.get(option.toLowerCase())?.value
    if (value === undefined || value === '') whole = false
    return value ?? ''
  })
  // What is still in braces is a template of Moonraker's, which only it can fill in.
  return whole && !/[{}]/.test(filled) ? filled : null
}

function eventsOf(option: Option | undefined): { events: string[]; notes: string[] } {
  const names = (option?.value ?? '').split(/[,\n]/).map((name) => name.trim()).filter((name) => name !== '')
  if (names.length === 0) return { events: [], notes: ['It names no events, so Moonraker would not have loaded it. Choose what it hears.'] }
  const known = names.includes('*') ? Object.keys(EVENTS) : Object.keys(EVENTS).filter((name) => names.includes(name))
  const unknown = names.filter((name) => name !== '*' && !Object.hasOwn(EVENTS, name))
  const notes = unknown.length === 0 ? [] : [`Moonraker has no event ${unknown.map((name) => `"${name.slice(0, 40)}"`).join(', ')}, so it never came.`]
  if (known.length === 0) notes.push('It heard of no event and was called by macros only. Choose "message.user" to hear what macros say.')
  return { events: known.map((name) => EVENTS[name] ?? name), notes }
}

function textNotes({ options }: Section): string[] {
  const notes: string[] = []
  if (options.has('body') || options.has('title')) notes.push('Its own words are not taken over: Printbell writes its messages itself.')
  if (options.has('attach')) notes.push('The picture comes from the printer\'s camera, not from "attach".')
  return notes
}
