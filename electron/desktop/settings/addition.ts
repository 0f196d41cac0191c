/** A server and its printers on their way into the settings: found again by its address, or added. Pure. */
import type { Addition } from '../ports.ts'
import type { AdapterPart } from '../../engine/settings/kinds.ts'
import { problemsOf, suggest, type Problem } from '../../engine/settings/problems.ts'
import { newSecrets, notSecret, references, undeclared, type Draft, type DraftKinds } from './draft-parts.ts'
import { entries } from './inline.ts'
import { freeId } from './names.ts'
import { isObject, merged, replaced } from './patching.ts'
import type { Raw } from './store.ts'

/** Adapters as this room needs them: with the address a server is known by. */
export interface AddressKinds extends DraftKinds {
  adapters: ReadonlyMap<string, AdapterPart & { webUrl(settings: unknown): string | null }>
}

export interface AdditionDraft extends Draft {
  /** In the order of the addition: new ones, and those that were there. */
  printerIds: string[]
}

/**
 * @param raw valid settings without inline servers
 * @returns problems when the address is none, or when all of it is watched already and it brings no new key either
 */
export function draftAddition(raw: Raw, addition: Addition, kinds: AddressKinds): AdditionDraft {
  const nothing = (problems: Problem[]): AdditionDraft => ({ raw, at: '', secrets: [], problems, printerIds: [] })
  const adapter = kinds.adapters.get(addition.kind)
  if (!adapter) return nothing([{ path: 'kind', message: 'is not a known kind of printer server', cure: suggest(addition.kind, [...kinds.adapters.keys()]) }])
  const fields = merged({}, addition.fields, 'flat')
  const parsed = adapter.settingsSchema.safeParse(fields)
  const misplaced = notSecret(fields, adapter.secretFields, '')
  if (!parsed.success || misplaced.length > 0) return nothing([...misplaced, ...(parsed.success ? [] : problemsOf(parsed.error, adapter.settingsSchema, fields))])
  const address = addressOf(adapter, parsed.data)
  const known = entries(raw, 'servers').find((server) => server.kind === addition.kind && addressOf(adapter, settingsOf(adapter, server)) === address)
  const firstName = addition.printers[0]?.name ?? addition.kind
  const serverId = known ? String(known.id) : freeId(firstName, addition.kind, entries(raw, 'servers').map(({ id }) => String(id)))
  const secrets = newSecrets('server', serverId, Object.fromEntries(Object.entries(addition.secrets).map(([field, secret]) => [field, secret.reveal()])))
  const server = { ...merged(known ?? { id: serverId, kind: addition.kind }, fields, 'flat'), ...references(secrets) }
  const { printers, printerIds, added } = withPrinters(entries(raw, 'printers'), serverId, addition)
  if (added === 0 && secrets.length === 0) {
    const names = printers.filter(({ id }) => printerIds.includes(String(id))).map(({ name }) => `"${String(name)}"`)
    return nothing([{ path: 'url', message: names.length === 0 ? 'has no printer that could be added' : `is watched already, as ${names.join(', ')}`, cure: names.length === 0 ? 'Choose at least one.' : 'Change that printer, or enter another address.' }])
  }
  const servers = known ? replaced(raw, 'servers', serverId, server).servers : [...entries(raw, 'servers'), server]
  const index = known ? entries(raw, 'servers').indexOf(known) : entries(raw, 'servers').length
  return { raw: { ...raw, servers, printers }, at: `servers[${index}]`, secrets, problems: undeclared(secrets, adapter.secretFields), printerIds }
}

/** What two settings of one server have in common: the page people open. */
function addressOf(adapter: AddressKinds['adapters'] extends ReadonlyMap<string, infer A> ? A : never, settings: unknown): string {
  const url = settings === undefined ? null : adapter.webUrl(settings)
  return url === null ? JSON.stringify(settings) : url.replace(/\/+$/, '').toLowerCase()
}

function settingsOf(adapter: AdapterPart, server: Raw): unknown {
  const plain = Object.fromEntries(Object.entries(server).filter(([name]) => name !== 'id' && name !== 'kind' && !Object.hasOwn(adapter.secretFields, name)))
  const parsed = adapter.settingsSchema.safeParse(plain)
  return parsed.success ? parsed.data : undefined
}

function withPrinters(present: Raw[], serverId: string, addition: Addition): { printers: Raw[]; printerIds: string[]; added: number } {
  const printers = [...present]
  const printerIds: string[] = []
  let added = 0
  for (const { name, sourceId } of addition.printers) {
    const same = printers.find((printer) => Array.isArray(printer.sources) && (printer.sources as unknown[]).some((source) => isObject(source) && source.server === serverId && (source.sourceId ?? null) === sourceId && source.role !== 'secondary'))
    if (same) {
      printerIds.push(String(same.id))
      continue
    }
    const id = freeId(name, 'printer', printers.map((printer) => String(printer.id)))
    printers.push({ id, name: name.trim(), sources: [{ server: serverId, ...(sourceId === null ? {} : { sourceId }) }] })
    printerIds.push(id)
    added++
  }
  return { printers, printerIds, added }
}
