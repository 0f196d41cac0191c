/** What the settings would be after a change of the window; nothing is checked here but what the schema can't see. Pure. */
import type { SettingsChange } from '../../bridge/views/settings.ts'
import type { SecretFields } from '../../engine/settings/kinds.ts'
import { suggest, type Problem } from '../../engine/settings/problems.ts'
import { draftRules, inUse } from './draft-rules.ts'
import { brokenTemplates } from './draft-templates.ts'
import { newSecrets, notSecret, references, secretName, undeclared, type Draft, type DraftKinds } from './draft-parts.ts'
import { samePlace } from './duplicates.ts'
import { entries } from './inline.ts'
import { freeId, freeLabel, sameLabel } from './names.ts'
import { isGone, isObject, merged, replaced } from './patching.ts'
import type { Raw } from './store.ts'

const GENERAL = ['thresholds', 'notifyMyself', 'language', 'retention', 'expiry', 'grouping', 'masked', 'ping']
/** Of the sign of life. */
const PING_SECRETS: SecretFields = { url: { label: 'Address', required: false } }

/** @param raw valid settings without inline servers */
export function draftOf(raw: Raw, change: SettingsChange, kinds: DraftKinds): Draft {
  switch (change.what) {
    case 'general':
      return general(raw, change.patch)
    case 'desktop': {
      const desktop = merged(isObject(raw.desktop) ? raw.desktop : {}, change.patch, 'deep')
      return good({ ...raw, desktop }, 'desktop')
    }
    case 'printer':
      return patchEntry(raw, 'printers', change.id, (printer, at) => {
        const patch = withoutNullSources(change.patch)
        return { raw: replaced(raw, 'printers', change.id, merged(printer, patch, 'deep')), at, secrets: [], problems: fixed(patch, ['id', 'server'], printer) }
      })
    case 'server':
      return patchEntry(raw, 'servers', change.id, (server, at) => {
        const secretFields = kinds.adapters.get(String(server.kind))?.secretFields ?? {}
        return { raw: replaced(raw, 'servers', change.id, merged(server, change.patch, 'flat')), at, secrets: [], problems: [...fixed(change.patch, ['id', 'kind'], server), ...notSecret(change.patch, secretFields, '')] }
      })
    case 'destination':
      return patchEntry(raw, 'destinations', change.id, (destination, at) => patchDestination(raw, destination, change.patch, at, kinds))
    case 'add-destination':
      return addDestination(raw, change, kinds)
    case 'remove-destination':
      return patchEntry(raw, 'destinations', change.id, () => ({
        ...good({
          ...raw,
          destinations: entries(raw, 'destinations').filter(({ id }) => id !== change.id),
          ...(raw.subscriptions === undefined ? {} : { subscriptions: entries(raw, 'subscriptions').filter(({ destination }) => destination !== change.id) }),
        }, ''),
        problems: inUse(raw, 'destination', change.id),
      }))
    case 'remove-printer':
      return patchEntry(raw, 'printers', change.id, (printer) => ({ ...good(withoutPrinter(raw, printer), ''), problems: inUse(raw, 'printer', change.id) }))
    case 'rules':
      return draftRules(raw, change.change)
  }
}

const good = (raw: Raw, at: string): Draft => ({ raw, at, secrets: [], problems: [] })

function general(raw: Raw, patch: Raw): Draft {
  const problems = Object.keys(patch).filter((name) => !GENERAL.includes(name)).map((name) => ({ path: name, message: 'is not a known field', cure: suggest(name, GENERAL) }))
  return { ...good(merged(raw, patch, 'deep'), ''), problems: [...problems, ...notSecret(isObject(patch.ping) ? patch.ping : {}, PING_SECRETS, 'ping.')] }
}

function patchDestination(raw: Raw, destination: Raw, given: Raw, at: string, kinds: DraftKinds): Draft {
  const channel = kinds.channels.get(String(destination.channel))
  const others = labelsOf(raw, destination.channel, destination.id)
  const patch = { ...given }
  if ('label' in patch && isGone(patch.label)) patch.label = freeLabel(channel?.displayName ?? String(destination.channel), others)
  const after = merged(destination, patch, 'deep')
  const problems = [
    ...fixed(patch, ['id', 'channel'], destination),
    // Nobody here knows what would be right for it (R45).
    ...(channel === undefined && Object.keys(patch).some((name) => name !== 'enabled') ? [{ path: '', message: 'can\'t be changed: its channel is not installed here', cure: 'Install it again, or remove the destination.' }] : []),
    ...notSecret(isObject(patch.config) ? patch.config : {}, channel?.secretFields ?? {}, 'config.'),
    ...('label' in patch ? taken(patch.label, others, channel?.displayName) : []),
    ...('config' in patch ? samePlace(raw, destination, after, channel) : []),
    ...('templates' in patch ? brokenTemplates(destination, after) : []),
  ]
  return { raw: replaced(raw, 'destinations', String(destination.id), after), at, secrets: [], problems }
}

function addDestination(raw: Raw, change: Extract<SettingsChange, { what: 'add-destination' }>, kinds: DraftKinds): Draft {
  const channel = kinds.channels.get(change.channel)
  if (!channel) return { ...good(raw, ''), problems: [{ path: 'channel', message: 'is not a known channel', cure: suggest(change.channel, [...kinds.channels.keys()]) }] }
  const present = entries(raw, 'destinations')
  const others = labelsOf(raw, change.channel, null)
  const label = change.label.trim() || freeLabel(channel.displayName, others)
  const id = freeId(label, change.channel, present.map((destination) => String(destination.id)))
  const secrets = newSecrets('destination', id, change.secrets)
  const config = merged({}, change.config, 'flat')
  const destination = {
    id, label, channel: change.channel, config: { ...config, ...references(secrets) },
    ...(change.events === undefined ? {} : { events: change.events }), ...(change.enabled === false ? { enabled: false } : {}),
  }
  const problems = [...notSecret(config, channel.secretFields, 'config.'), ...undeclared(secrets, channel.secretFields), ...taken(label, others, channel.displayName), ...samePlace(raw, null, destination, channel)]
  return { raw: { ...raw, destinations: [...present, destination] }, at: `destinations[${present.length}]`, secrets, problems }
}

/** Takes the printer's servers along where no other printer has them, and its name out of the subscriptions. */
function withoutPrinter(raw: Raw, printer: Raw): Raw {
  const printers = entries(raw, 'printers').filter(({ id }) => id !== printer.id)
  const used = new Set(printers.flatMap(serversOf))
  const gone = new Set(serversOf(printer).filter((server) => !used.has(server)))
  const subscriptions = entries(raw, 'subscriptions').flatMap((subscription) => {
    if (!Array.isArray(subscription.printers)) return [subscription]
    const left = (subscription.printers as unknown[]).filter((id) => id !== printer.id)
    // An empty list would speak of nobody; it spoke of this printer alone.
    return left.length === 0 && subscription.printers.length > 0 ? [] : [{ ...subscription, printers: left }]
  })
  return {
    ...raw,
    printers,
    ...(raw.servers === undefined ? {} : { servers: entries(raw, 'servers').filter(({ id }) => !gone.has(String(id))) }),
    ...(raw.subscriptions === undefined ? {} : { subscriptions }),
  }
}

/** Ids of the servers a printer has as sources. */
export function serversOf(printer: Raw): string[] {
  return Array.isArray(printer.sources) ? (printer.sources as Raw[]).map(({ server }) => String(server)) : []
}

/** @param text null = no sign of life any more */
export function draftPing(raw: Raw, field: string, text: string | null): Draft {
  const problem = !Object.hasOwn(PING_SECRETS, field) ? { path: field, message: 'is not a known secret', cure: suggest(field, Object.keys(PING_SECRETS)) }
    : text !== null && !/^https?:\/\/[^\s/]/.test(text) ? { path: field, message: 'is not an address', cure: 'Start with http:// or https://, as your service shows it.' } : null
  const { [field]: _old, ...rest } = isObject(raw.ping) ? raw.ping : {}
  const name = secretName('ping', 'ping', field)
  const ping = text === null ? rest : { ...rest, [field]: { store: name } }
  return { raw: { ...raw, ping }, at: 'ping', secrets: text === null ? [] : [{ owner: 'ping', ownerId: 'ping', field, name, value: text }], problems: problem === null ? [] : [problem] }
}

/** Names of the key store that settings refer to. */
export function storeNames(value: unknown): Set<string> {
  const names = new Set<string>()
  const look = (item: unknown): void => {
    if (Array.isArray(item)) item.forEach(look)
    else if (isObject(item)) {
      // By hand and not by the schema, which takes longer for 200 servers than all the rest of a change.
      if (typeof item.store === 'string' && Object.keys(item).length === 1) names.add(item.store)
      Object.values(item).forEach(look)
    }
  }
  look(value)
  return names
}

function labelsOf(raw: Raw, channel: unknown, except: unknown): string[] {
  return entries(raw, 'destinations').filter((destination) => destination.channel === channel && destination.id !== except).map(({ label }) => String(label))
}

function taken(label: unknown, others: readonly string[], channel: string | undefined): Problem[] {
  if (typeof label !== 'string' || !others.some((other) => sameLabel(other, label))) return []
  return [{ path: 'label', message: 'is in use already', cure: `Choose another: there is a destination of this name at "${channel ?? 'this channel'}".` }]
}

/** Fields that stay what they are. */
function fixed(patch: Raw, names: readonly string[], entry: Raw): Problem[] {
  return names.filter((name) => name in patch && patch[name] !== entry[name]).map((name) => ({ path: name, message: 'never changes', cure: 'Add a new one instead.' }))
}

function patchEntry(raw: Raw, list: 'servers' | 'printers' | 'destinations', id: string, patch: (entry: Raw, at: string) => Draft): Draft {
  const index = entries(raw, list).findIndex((entry) => entry.id === id)
  const entry = entries(raw, list)[index]
  if (!entry) return { ...good(raw, ''), problems: [{ path: '', message: `is no longer there ("${id}")`, cure: 'It was removed meanwhile. Go back to the list.' }] }
  return patch(entry, `${list}[${index}]`)
}

/** The window tells "the server's only printer" by null, the file by nothing. */
function withoutNullSources(patch: Raw): Raw {
  if (!Array.isArray(patch.sources)) return patch
  return { ...patch, sources: (patch.sources as unknown[]).map((source) => (isObject(source) ? Object.fromEntries(Object.entries(source).filter(([, value]) => value !== null)) : source)) }
}
