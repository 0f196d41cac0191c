/**
 * OctoPrint's event hooks (`events: subscriptions` of its config.yaml) as destinations that run programs or send G-code. Pure: text in, destinations out.
 * octoprint.md section 6 has the format, section 5.4 the old names. All of them arrive switched off: whoever takes them over says that they may run.
 */
import { z } from 'zod'
import { gcodeHookChannel } from '../channels/gcode-hook/index.ts'
import { validateSystemHook } from '../channels/system-hook/config.ts'
import type { FieldError } from '../channels/channel.ts'
import { commandsOf, linesOf } from './event-hooks-commands.ts'
import { octoPrintEvent } from './octoprint-events.ts'
import { ImportError, parse } from './octoprint-webhooks-file.ts'

export interface ImportedEventHook {
  /** Where it stood in the text, from 1. */
  line: number
  channel: 'system-hook' | 'gcode-hook'
  label: string
  /** Valid but for what `missing` names. */
  config: Readonly<Record<string, unknown>>
  secrets: Readonly<Record<string, never>>
  /** Always `understood`: a person says so, not an import. */
  missing: readonly string[]
  /** What is other than it was, in sentences. */
  notes: readonly string[]
  /** Nothing that runs by itself arrives switched on (DESIGN section 5). */
  enabled: false
  /** Whether it ran in OctoPrint. */
  wasEnabled: boolean
  /** Selectors, as in the settings. */
  events: readonly string[]
}

export interface ImportedEventHooks {
  destinations: ImportedEventHook[]
  /** What belongs to none of them: what was left out and why, in sentences. */
  notes: string[]
}

/** Where selecting the type is the same, or more: also what was found late. docs/events.md lists where each name comes from. */
const SELECTORS: Readonly<Record<string, readonly string[]>> = {
  PrintStarted: ['job.started'],
  PrintDone: ['job.done'],
  // The one behind a cancel is no event of its own here.
  PrintFailed: ['job.failed', 'native:PrintFailed'],
  PrintCancelled: ['job.cancelled', 'native:PrintCancelled'],
}
/** OctoPrint has them, and tells them to nobody outside. */
const NEVER_TOLD = /^(GcodeScript\w+(Running|Finished)|ClientDeauthed)$/i
const LABEL = 180

const record = z.record(z.string(), z.unknown())
type Fields = Readonly<Record<string, unknown>>

/**
 * @param text OctoPrint's config.yaml whole, or its part `events`
 * @param platform where the programs will run
 * @throws ImportError naming line, cause and cure
 */
export function importEventHooks(text: string, platform: NodeJS.Platform = process.platform): ImportedEventHooks {
  const { value, lineOf } = parse(text)
  const { section, path } = sectionOf(value)
  const notes: string[] = []
  const allOff = section.enabled === false
  if (allOff) notes.push('OctoPrint had all its event hooks switched off.')
  const old = ['systemCommandTrigger', 'gcodeCommandTrigger'].filter((name) => name in section)
  if (old.length > 0) notes.push(`Left out: ${old.join(' and ')}, which OctoPrint itself has not read since version 1.1.`)
  const labels = new Set<string>()
  const destinations = subscriptionsOf(section).flatMap((entry, index) => {
    const line = lineOf([...path, 'subscriptions', index])
    const found = hookOf(entry, platform)
    if (typeof found === 'string') {
      notes.push(`Hook ${index + 1} (line ${line}${nameOf(entry)}) was left out. ${found}`)
      return []
    }
    return [{ ...found, line, label: free(found.label, labels), wasEnabled: found.wasEnabled && !allOff }]
  })
  if (destinations.length > 0) notes.push('In OctoPrint a hook was for its own printer. Here each hears of all printers until you choose some.')
  return { destinations, notes }
}

function sectionOf(value: unknown): { section: Fields; path: string[] } {
  const root = record.safeParse(value).data
  const events = record.safeParse(root?.events).data
  if (events !== undefined) return { section: events, path: ['events'] }
  if (root !== undefined && 'subscriptions' in root) return { section: root, path: [] }
  throw new ImportError('There are no event hooks in this file: it has no part "events: subscriptions". Give OctoPrint\'s config.yaml.')
}

function subscriptionsOf({ subscriptions }: Fields): readonly unknown[] {
  if (subscriptions === undefined || subscriptions === null) return []
  const list = z.array(z.unknown()).safeParse(subscriptions)
  if (!list.success) throw new ImportError('"subscriptions" of the part "events" is no list.')
  return list.data
}

/** A hook, or in a sentence why there is none. */
function hookOf(entry: unknown, platform: NodeJS.Platform): Omit<ImportedEventHook, 'line'> | string {
  const fields = record.safeParse(entry).data
  if (fields === undefined) return 'It has no fields.'
  const { names, unknown } = eventsOf(fields.event)
  if (names.length === 0) return unknown.length === 0 ? 'It names no event.' : unknown.join(' ')
  const commands = textsOf(fields.command)
  if (commands === null || commands.length === 0) return 'It has no command, or one that is no text.'
  const notes = [...unknown]
  const made = fields.type === 'system' ? system(fields, commands, names, notes, platform) : fields.type === 'gcode' ? gcode(commands, names, notes) : `Its type is ${typeof fields.type === 'string' ? `"${fields.type.slice(0, 40)}"` : 'missing'}; OctoPrint knows system and gcode.`
  if (typeof made === 'string') return made
  const wasEnabled = fields.enabled !== false
  if (!wasEnabled) notes.push('It was switched off in OctoPrint.')
  const strange = Object.keys(fields).filter((name) => !KNOWN.has(name))
  if (strange.length > 0) notes.push(`Not taken over, because nobody here knows it: ${strange.join(', ')}.`)
  const given = typeof fields.name === 'string' ? fields.name.trim() : ''
  return {
    ...made, secrets: {}, missing: ['understood'], notes, enabled: false, wasEnabled,
    label: given === '' ? `${made.channel === 'system-hook' ? 'Program' : 'G-code'} at ${names.join(', ')}` : given,
    events: [...new Set(names.flatMap((name) => SELECTORS[name] ?? [`native:${name}`]))],
  }
}

const KNOWN = new Set(['event', 'command', 'type', 'enabled', 'name', 'debug', 'shell', 'cwd'])

type Made = Pick<ImportedEventHook, 'channel' | 'config'>

function system(fields: Fields, commands: readonly string[], names: readonly string[], notes: string[], platform: NodeJS.Platform): Made | string {
  const read = commandsOf(commands, names, fields.shell !== false)
  if (typeof read === 'string') return read
  notes.push(...read.notes)
  const folder = folderOf(fields.cwd, notes)
  notes.push('It ran on the computer of OctoPrint, and runs on this one here. See that its programs and files are on this computer.')
  const config: Record<string, unknown> = { commands: read.commands, ...(read.shell ? { shell: true } : {}), ...(fields.debug === true ? { debug: true } : {}), ...folder }
  const checked = validateSystemHook(platform)({ ...config, understood: true })
  return checked.ok ? { channel: 'system-hook', config } : inWords(checked.errors)
}

function gcode(commands: readonly string[], names: readonly string[], notes: string[]): Made | string {
  const read = linesOf(commands, names)
  if (typeof read === 'string') return read
  notes.push(...read.notes)
  const config = { lines: read.lines }
  const checked = gcodeHookChannel.validateConfig({ ...config, understood: true })
  return checked.ok ? { channel: 'gcode-hook', config } : inWords(checked.errors)
}

function folderOf(cwd: unknown, notes: string[]): { cwd?: string } {
  if (typeof cwd !== 'string' || cwd.trim() === '') return {}
  if (/^(~?\/|~$|[A-Za-z]:[\\/]|\\\\)/.test(cwd.trim())) return { cwd: cwd.trim() }
  notes.push('Its folder is no whole path and was left out: it runs in your own folder.')
  return {}
}

function inWords(errors: readonly FieldError[]): string {
  return [...new Set(errors.map(({ message }) => message))].join(' ')
}

function eventsOf(given: unknown): { names: string[]; unknown: string[] } {
  const names: string[] = []
  const unknown: string[] = []
  for (const text of textsOf(given) ?? []) {
    const name = octoPrintEvent(text)
    const shown = text.slice(0, 60)
    if (NEVER_TOLD.test(text.trim())) unknown.push(`OctoPrint tells nobody outside of its event ${shown}, so it can not be heard of.`)
    else if (name === null) unknown.push(`OctoPrint has no event "${shown}", so it is not heard of.`)
    else if (!names.includes(name)) names.push(name)
  }
  return { names, unknown }
}

/** One text or a list of them; null = something else. A number in YAML (an event or line of digits) is its text. */
function textsOf(given: unknown): string[] | null {
  const list: readonly unknown[] = Array.isArray(given) ? given : given === undefined || given === null ? [] : [given]
  const texts = list.map((one) => (typeof one === 'string' || typeof one === 'number' ? String(one) : null))
  return texts.some((text) => text === null) ? null : texts.filter((text): text is string => text !== null && text.trim() !== '')
}

function nameOf(entry: unknown): string {
  const name = record.safeParse(entry).data?.name
  return typeof name === 'string' && name.trim() !== '' ? `, "${name.trim().slice(0, 60)}"` : ''
}

function free(label: string, taken: Set<string>): string {
  const wanted = label.slice(0, LABEL)
  let unique = wanted
  for (let number = 2; taken.has(unique); number += 1) unique = `${wanted} ${number}`
  taken.add(unique)
  return unique
}
