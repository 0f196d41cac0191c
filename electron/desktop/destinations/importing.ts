/** Taking destinations over from another program: shown first, kept when the person says so. What was read waits here, not in the window. */
import type { z } from 'zod'
import type { importChoice, ImportItem, ImportPreview, ImportResult } from '../../bridge/views/destinations.ts'
import type { ChannelKind } from '../../engine/channels/channel.ts'
import { schemaOf } from '../../engine/settings/json-schema.ts'
import { masked } from '../settings/mask.ts'
import { freeLabel } from '../settings/names.ts'
import type { SettingsKeeper } from '../ports.ts'
import type { ImportedDestination, Importer } from './importers.ts'

export interface ImportingParts {
  settings: Pick<SettingsKeeper, 'settings' | 'change'>
  channels: ReadonlyMap<string, ChannelKind>
  importers: readonly Importer[]
  newId(): string
}

export interface Importing {
  /** @throws Error when there is no such source */
  read(source: string, text: string): Promise<ImportPreview>
  /** Each is added for itself: one that is refused holds up no other, and may be added again. */
  add(importId: string, chosen: readonly z.output<typeof importChoice>[]): Promise<ImportResult>
  /** Nobody looks any more: what was read is forgotten. */
  forget(): void
}

type Problems = ImportResult['refused'][number]['problems']

export function createImporting({ settings, channels, importers, newId }: ImportingParts): Importing {
  /** The last that was read. */
  let held: { importId: string; items: Map<string, ImportedDestination> } | null = null
  let round = 0

  async function addOne(item: ImportedDestination, label: string, filled: Readonly<Record<string, string>>): Promise<{ id: string | null } | { problems: Problems }> {
    const kind = channels.get(item.channel)
    const secretNames = new Set(Object.keys(kind?.secretFields ?? {}))
    const fields = fieldsOf(kind)
    const given = Object.entries(filled).filter(([name, value]) => item.missing.includes(name) && value.trim() !== '')
    const complete = item.missing.every((name) => given.some(([one]) => one === name))
    const before = new Set(settings.settings().destinations.map(({ id }) => id))
    const answer = await settings.change({
      what: 'add-destination', channel: item.channel, label,
      config: { ...item.config, ...Object.fromEntries(given.filter(([name]) => !secretNames.has(name)).map(([name, value]) => [name, valueOf(value, fields[name]?.type)])) },
      secrets: Object.fromEntries([...Object.entries(item.secrets).map(([name, secret]) => [name, secret.reveal()] as const), ...given.filter(([name]) => secretNames.has(name))]),
      // What was missing is why it is off; filled in, it is as good as any.
      enabled: kind !== undefined && kind.capabilities.runsPrograms !== true && item.staysOff !== true && (item.enabled || (item.missing.length > 0 && complete)),
      ...(item.events === undefined ? {} : { events: [...item.events] }),
    })
    if (!answer.ok) return { problems: answer.problems }
    return { id: settings.settings().destinations.find(({ id }) => !before.has(id))?.id ?? null }
  }

  return {
    async read(source, text) {
      const importer = importers.find(({ id }) => id === source)
      if (!importer) throw new Error(`There is nothing to import from "${source}". There is: ${importers.map(({ id }) => id).join(', ')}.`)
      const mine = ++round
      const { destinations, notes, problems } = await importer.read(text)
      const importId = newId()
      const items = new Map(destinations.map((destination, index) => [String(index + 1), destination]))
      // What was read meanwhile, or is not looked at any more, is not kept: it is full of secrets.
      if (mine === round) held = { importId, items }
      const taken = settings.settings().destinations.map(({ label }) => label)
      return {
        importId,
        items: [...items].map(([key, item]) => {
          const label = freeLabel(item.label, taken)
          taken.push(label)
          return { ...viewOf(key, item, channels.get(item.channel)), label }
        }),
        notes: [...notes],
        problems: problems.map(({ line, message }) => ({ line, message })),
      }
    },
    async add(importId, chosen) {
      const result: ImportResult = { added: [], refused: [] }
      for (const { key, label, filled } of chosen) {
        const item = held?.importId === importId ? held.items.get(key) : undefined
        if (!item) {
          result.refused.push({ key, problems: [{ path: '', message: 'is no longer there', cure: 'Read it once more.' }] })
          continue
        }
        const came = await addOne(item, label, filled)
        if ('problems' in came) result.refused.push({ key, problems: came.problems })
        else {
          held?.items.delete(key)
          result.added.push({ key, destinationId: came.id })
        }
      }
      return result
    },
    forget() {
      round += 1
      held = null
    },
  }
}

/** Longer ones are cut: what is long is a template, not a command. */
const LONGEST_FACT = 1_000

/** A value as a person reads it: a list line by line, pairs as "name: value". */
function textOf(value: unknown): string {
  const text = Array.isArray(value) ? value.map(textOf).join('\n')
    : typeof value === 'object' && value !== null ? Object.entries(value).map(([name, inner]) => `${name}: ${textOf(inner)}`).join('\n')
      : typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
  return text.length > LONGEST_FACT ? `${text.slice(0, LONGEST_FACT)}…` : text
}

interface Field {
  title?: string
  description?: string
  type?: string
}

function fieldsOf(kind: ChannelKind | undefined): Readonly<Record<string, Field | undefined>> {
  return kind === undefined ? {} : (schemaOf(kind.configSchema).properties ?? {}) as Record<string, Field>
}

/** What was typed, as the schema wants it; what is none is refused in its words. */
function valueOf(text: string, type: string | undefined): unknown {
  if (type === 'boolean') return text === 'true'
  if (type === 'array') return text.split('\n').map((line) => line.trim()).filter((line) => line !== '')
  if ((type === 'number' || type === 'integer') && Number.isFinite(Number(text))) return Number(text)
  return text
}

function viewOf(key: string, item: ImportedDestination, kind: ChannelKind | undefined): ImportItem {
  const runsPrograms = kind?.capabilities.runsPrograms === true
  const fields = fieldsOf(kind)
  return {
    key, line: item.line, channel: item.channel, channelName: kind?.displayName ?? item.channel, label: item.label,
    enabled: item.enabled && kind !== undefined && !runsPrograms,
    runsPrograms,
    notes: [...item.notes],
    facts: Object.entries(masked(item.config)).flatMap(([name, value]) => {
      const text = textOf(value)
      return text === '' ? [] : [{ label: fields[name]?.title ?? name, text }]
    }),
    secrets: Object.keys(item.secrets).map((name) => kind?.secretFields[name]?.label ?? name),
    missing: item.missing.map((name) => {
      const secret = kind?.secretFields[name]
      return { name, label: secret?.label ?? fields[name]?.title ?? name, hint: fields[name]?.description ?? '', kind: secret !== undefined ? 'secret' : fields[name]?.type === 'boolean' ? 'switch' : 'text' }
    }),
  }
}
