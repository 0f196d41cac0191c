/** From settings as people write them to what the engine runs on: shorthands expanded, references checked, kinds' parts parsed. */
import type { Thresholds } from '../events/reduction.ts'
import { EVENT_TYPES } from '../events/model.ts'
import { troublesIn, troubleText } from '../delivery/templates/compile.ts'
import type { SecretRef } from '../ports.ts'
import type { Kinds } from './kinds.ts'
import { parsePart } from './parts.ts'
import type { Problem } from './problems.ts'
import { SettingsError, pathText, sentence, suggest } from './problems.ts'
import type { DestinationSettings, PrinterSettings, ServerSettings, Settings } from './schema.ts'
import { mergeThresholds } from './schema.ts'
import type { NamedList } from './repair.ts'
import { checkRules } from './expand-rules.ts'
import { managedIn, type ManagedDestination } from './managed.ts'

export interface ResolvedServer {
  id: string
  kind: string
  /** Parsed by the adapter's schema. */
  settings: unknown
  /** By field name; the values are fetched when the engine connects. */
  secrets: Readonly<Record<string, SecretRef>>
  /** False when no enabled printer has it as a source: nothing to connect for. */
  inUse: boolean
}

export interface ResolvedSource {
  serverId: string
  /** Null = the server's only printer. */
  sourceId: string | null
  role: 'primary' | 'secondary'
}

export interface ResolvedPrinter extends Omit<PrinterSettings, 'server' | 'sources' | 'thresholds'> {
  /** The primary one comes first. */
  sources: ResolvedSource[]
  /** Complete: the printer's own over the settings' over the defaults. */
  thresholds: Thresholds
}

export interface ResolvedDestination extends Omit<DestinationSettings, 'config'> {
  /** Cleaned by the channel. */
  config: unknown
  secrets: Readonly<Record<string, SecretRef>>
}

export interface EngineSettings extends Omit<Settings, '$schema' | 'servers' | 'printers' | 'destinations' | 'managed' | 'thresholds' | 'desktop'> {
  servers: ResolvedServer[]
  printers: ResolvedPrinter[]
  destinations: ResolvedDestination[]
}

export interface Found {
  problems: Problem[]
  warnings: string[]
  /** Required secrets that are not set. */
  unset: string[]
  /** Ids of destinations that stand elsewhere: those of an administrator, also where they are missing now. */
  elsewhere: readonly string[]
  /** Lists of which an entry's name could not be read: a reference into them proves nothing. */
  uncertain: ReadonlySet<NamedList>
}

/**
 * @param from `path` is only used in texts
 * @throws SettingsError listing every problem: unknown kinds, servers, event types; duplicate ids; a source that two printers
 *   call theirs; fields a kind's schema refuses; secrets that are written out
 */
export function expandSettings(settings: Settings, kinds: Kinds, from: { path: string | null; managed?: readonly ManagedDestination[] }): { engine: EngineSettings; warnings: string[]; unset: string[] } {
  const { engine, found } = expand(settings, kinds, new Set(), from.managed ?? [])
  if (found.problems.length > 0) throw new SettingsError(found.problems, from.path)
  return { engine, warnings: [...found.warnings, ...found.unset], unset: found.unset }
}

/** The same problems as a list, for settings that were repaired (repair.ts). */
export function problemsIn(settings: Settings, kinds: Kinds, uncertain: ReadonlySet<NamedList>, managed: readonly ManagedDestination[]): Problem[] {
  return expand(settings, kinds, uncertain, managed).found.problems
}

function expand(settings: Settings, kinds: Kinds, uncertain: ReadonlySet<NamedList>, managed: readonly ManagedDestination[]): { engine: EngineSettings; found: Found } {
  const elsewhere = [...new Set([...managed.map(({ settings: { id } }) => id), ...Object.keys(settings.managed)])]
  const found: Found = { problems: [], warnings: [], unset: [], elsewhere, uncertain }
  const servers = new Map<string, ResolvedServer>()
  duplicates(found, 'servers', settings.servers)
  duplicates(found, 'printers', settings.printers)
  duplicates(found, 'destinations', settings.destinations)
  for (const [index, server] of settings.servers.entries()) {
    if (!servers.has(server.id)) servers.set(server.id, expandServer(server, server.id, kinds, ['servers', index], found))
  }
  const inline = expandInline(settings, servers, kinds, found)
  const printers = settings.printers.map((printer, index) => expandPrinter(printer, index, settings, servers, inline, found))
  onePrinterPerSource(printers, found)
  for (const server of servers.values()) {
    server.inUse = printers.some((printer) => printer.enabled && printer.sources.some((source) => source.serverId === server.id))
    if (!printers.some((printer) => printer.sources.some((source) => source.serverId === server.id))) found.warnings.push(`Server "${server.id}" is not used by any printer.`)
  }
  const own = settings.destinations.flatMap((destination, index) => expandDestination(destination, index, kinds, found) ?? [])
  const destinations = [...own, ...managedIn(settings, managed).flatMap(({ resolved }) => resolved ?? [])]
  checkSubscriptions(settings, found)
  checkRules(settings, found)
  const { version, notifyMyself, language, retention, expiry, ping, masked, zone, timeslots, filters, fallbackFilter, profiles, grouping } = settings
  const subscriptions = settings.subscriptions.filter(({ destination }) => destinations.some(({ id }) => id === destination))
  return { engine: { version, subscriptions, masked, zone, timeslots, filters, fallbackFilter, profiles, grouping, notifyMyself, language, retention, expiry, ping, servers: [...servers.values()], printers, destinations }, found }
}

export function duplicates(found: Pick<Found, 'problems'>, list: string, entries: readonly { id: string }[]): void {
  const firstAt = new Map<string, number>()
  for (const [index, { id }] of entries.entries()) {
    const first = firstAt.get(id)
    if (first === undefined) firstAt.set(id, index)
    else found.problems.push({ path: `${list}[${index}].id`, message: `is "${id}", which ${list}[${first}] has already`, cure: 'Give each its own id.' })
  }
}

function expandServer(server: ServerSettings, id: string, kinds: Kinds, path: readonly PropertyKey[], found: Found): ResolvedServer {
  const { id: _given, kind, ...fields } = server
  const adapter = kinds.adapters.get(kind)
  if (!adapter) {
    found.problems.push({ path: pathText([...path, 'kind']), message: 'is not a known kind of printer server', cure: suggest(kind, [...kinds.adapters.keys()]) })
    return { id, kind, settings: undefined, secrets: {}, inUse: false }
  }
  const part = parsePart(fields, adapter.settingsSchema, adapter.secretFields, path)
  found.problems.push(...part.problems)
  found.unset.push(...part.warnings)
  return { id, kind, settings: part.settings, secrets: part.secrets, inUse: false }
}

/**
 * A printer's inline `server` becomes a server with the printer's id, or with the id it gives itself. Two that are equal to the
 * letter are one server.
 * @returns the server's id by the printer's index
 */
function expandInline(settings: Settings, servers: Map<string, ResolvedServer>, kinds: Kinds, found: Found): Map<number, string> {
  const byContent = new Map<string, string>()
  const ids = new Map<number, string>()
  for (const [index, printer] of settings.printers.entries()) {
    if (!printer.server) continue
    const content = JSON.stringify(Object.entries(printer.server).sort(([a], [b]) => (a < b ? -1 : 1)))
    const shared = byContent.get(content)
    const id = shared ?? printer.server.id ?? printer.id
    ids.set(index, id)
    if (shared !== undefined) continue
    if (servers.has(id)) {
      found.problems.push({ path: `printers[${index}].server`, message: `would be called "${id}", but there is another server of that name`, cure: 'Give it an "id" of its own.' })
      continue
    }
    byContent.set(content, id)
    servers.set(id, expandServer(printer.server, id, kinds, ['printers', index, 'server'], found))
  }
  return ids
}

function expandPrinter(printer: PrinterSettings, index: number, settings: Settings, servers: ReadonlyMap<string, ResolvedServer>, inline: ReadonlyMap<number, string>, found: Found): ResolvedPrinter {
  const { server: _server, sources: given = [], thresholds, ...rest } = printer
  const path = `printers[${index}]`
  const sources: ResolvedSource[] = []
  const inlineId = inline.get(index)
  if (inlineId !== undefined) sources.push({ serverId: inlineId, sourceId: null, role: 'primary' })
  for (const [n, source] of given.entries()) {
    if (!servers.has(source.server) && !found.uncertain.has('servers')) found.problems.push({ path: `${path}.sources[${n}].server`, message: `names a server "${source.server}" that does not exist`, cure: suggest(source.server, [...servers.keys()]) })
    sources.push({ serverId: source.server, sourceId: source.sourceId ?? null, role: source.role })
  }
  sources.sort((a, b) => Number(a.role === 'secondary') - Number(b.role === 'secondary'))
  const primaries = sources.filter((source) => source.role === 'primary').length
  if (sources.length === 0) found.problems.push({ path, message: 'has no server', cure: 'Add "server": { "kind": ... }, or "sources" that name entries of "servers".' })
  else if (primaries !== 1) found.problems.push({ path, message: `has ${primaries === 0 ? 'no primary source' : `${primaries} primary sources`}`, cure: 'Exactly one source tells of its jobs; make the others "role": "secondary".' })
  for (const { serverId } of sources.filter(({ role }) => role === 'secondary')) found.warnings.push(`Printer "${printer.id}": secondary sources are not watched yet, so nothing of server "${serverId}" is heard.`)
  checkSelectors(printer.events, `${path}.events`, found)
  const known = [...settings.destinations.map((destination) => destination.id), ...found.elsewhere]
  for (const [n, id] of (printer.watch?.destinations ?? []).entries()) {
    if (!known.includes(id) && !found.uncertain.has('destinations')) found.problems.push({ path: `${path}.watch.destinations[${n}]`, message: `names a destination "${id}" that does not exist`, cure: suggest(id, known) })
  }
  return { ...rest, sources, thresholds: mergeThresholds(settings.thresholds, thresholds) }
}

function onePrinterPerSource(printers: readonly ResolvedPrinter[], found: Found): void {
  const owner = new Map<string, string>()
  for (const [index, printer] of printers.entries()) {
    if (!printer.enabled) continue
    for (const source of printer.sources.filter(({ role }) => role === 'primary')) {
      const key = JSON.stringify([source.serverId, source.sourceId])
      const other = owner.get(key)
      if (other === undefined) owner.set(key, printer.id)
      else {
        found.problems.push({
          path: `printers[${index}]`,
          message: `watches the same printer of server "${source.serverId}" as printer "${other}"`,
          cure: 'Remove one of the two, or tell them apart by "sourceId".',
        })
      }
    }
  }
}

/** @param index where it stands, for texts */
export function expandDestination(destination: DestinationSettings, index: number, kinds: Kinds, found: Pick<Found, 'problems' | 'warnings' | 'unset'>): ResolvedDestination | null {
  const { config, ...rest } = destination
  checkSelectors(destination.events, `destinations[${index}].events`, found)
  checkTemplates(destination, index, found)
  const channel = kinds.channels.get(destination.channel)
  if (!channel) {
    if (!destination.enabled) {
      found.warnings.push(`Destination "${destination.id}" is left out: its channel is not installed here. It is switched off anyway.`)
      return null
    }
    if (kinds.mayBeMissing?.(destination.channel) === true) {
      found.warnings.push(`Destination "${destination.id}" gets nothing: its channel "${destination.channel}" is not installed here. Install it again, or remove the destination.`)
      return null
    }
    found.problems.push({ path: `destinations[${index}].channel`, message: 'is not a known channel', cure: suggest(destination.channel, [...kinds.channels.keys()]) })
    return null
  }
  const path = ['destinations', index, 'config']
  const part = parsePart(config, channel.configSchema, channel.secretFields, path)
  found.problems.push(...part.problems)
  found.unset.push(...part.warnings)
  let cleaned = part.settings
  if (part.problems.length === 0) {
    // The channel may know more than its schema can say.
    const checked = channel.validateConfig(Object.fromEntries(Object.entries(config).filter(([name]) => !Object.hasOwn(channel.secretFields, name))))
    if (checked.ok) cleaned = checked.config
    else for (const error of checked.errors) found.problems.push({ path: `${pathText(path)}${error.field === '' ? '' : `.${error.field}`}`, message: 'is not valid', cure: sentence(error.message) })
  }
  return { ...rest, config: cleaned, secrets: part.secrets }
}

/** A template that can't be used is no reason to refuse the settings: the usual text goes in its place. One for events that do not exist never speaks. */
function checkTemplates({ id, templates }: DestinationSettings, index: number, found: Pick<Found, 'problems' | 'warnings'>): void {
  if (templates === undefined) return
  for (const name of Object.keys(templates)) checkSelector(name, `destinations[${index}].templates["${name}"]`, found)
  for (const trouble of troublesIn(templates)) {
    found.warnings.push(`Destination "${id}": the ${trouble.field} of its template for "${trouble.selector}" can't be used (${troubleText(trouble)}). The usual text goes in its place.`)
  }
}

function checkSubscriptions(settings: Settings, found: Found): void {
  const printers = settings.printers.map(({ id }) => id)
  const destinations = [...settings.destinations.map(({ id }) => id), ...found.elsewhere]
  for (const [index, subscription] of settings.subscriptions.entries()) {
    const path = `subscriptions[${index}]`
    if (!destinations.includes(subscription.destination) && !found.uncertain.has('destinations')) found.problems.push({ path: `${path}.destination`, message: `names a destination "${subscription.destination}" that does not exist`, cure: suggest(subscription.destination, destinations) })
    for (const [n, printer] of subscription.printers.entries()) {
      if (printer !== '*' && !printers.includes(printer) && !found.uncertain.has('printers')) found.problems.push({ path: `${path}.printers[${n}]`, message: `names a printer "${printer}" that does not exist`, cure: suggest(printer, printers) })
    }
    checkSelectors(subscription.events, `${path}.events`, found)
  }
}

const TYPES: readonly string[] = EVENT_TYPES
const GROUPS = [...new Set(TYPES.map((type) => `${type.split('.')[0]}.*`))]

/** A misspelled type would be a subscription that never rings. */
function checkSelectors(selectors: readonly string[] | undefined, path: string, found: Pick<Found, 'problems' | 'warnings'>): void {
  for (const [n, selector] of (selectors ?? []).entries()) checkSelector(selector, `${path}[${n}]`, found)
}

function checkSelector(selector: string, path: string, found: Pick<Found, 'problems' | 'warnings'>): void {
  if (selector === '*' || selector.startsWith('native:')) return
  const known = selector.endsWith('.*') ? GROUPS : TYPES
  if (!known.includes(selector)) found.problems.push({ path, message: `is "${selector}", which is no event type`, cure: suggest(selector, known) })
}
