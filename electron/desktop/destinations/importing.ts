/** Taking destinations over from another program: shown first, kept when the person says so. What was read waits here, not in the window. */
import type { z } from 'zod'
import type { ImportItem, ImportPreview, ImportResult } from '../../bridge/views/destinations.ts'
import type { importChoice } from '../../bridge/views/destinations.ts'
import type { ChannelKind } from '../../engine/channels/channel.ts'
import { schemaOf } from '../../engine/settings/json-schema.ts'
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
  read(source: string, text: string): ImportPreview
  /** Each is added for itself: one that is refused holds up no other, and may be added again. */
  add(importId: string, chosen: readonly z.output<typeof importChoice>[]): Promise<ImportResult>
  /** Nobody looks any more: what was read is forgotten. */
  forget(): void
}

type Problems = ImportResult['refused'][number]['problems']

export function createImporting({ settings, channels, importers, newId }: ImportingParts): Importing {
  /** The last that was read. */
  let held: { importId: string; items: Map<string, ImportedDestination> } | null = null

  async function addOne(item: ImportedDestination, label: string, filled: Readonly<Record<string, string>>): Promise<{ id: string | null } | { problems: Problems }> {
    const kind = channels.get(item.channel)
    const secretNames = new Set(Object.keys(kind?.secretFields ?? {}))
    const given = Object.entries(filled).filter(([name, value]) => item.missing.includes(name) && value.trim() !== '')
    const complete = item.missing.every((name) => given.some(([one]) => one === name))
    const before = new Set(settings.settings().destinations.map(({ id }) => id))
    const answer = await settings.change({
      what: 'add-destination', channel: item.channel, label,
      config: { ...item.config, ...Object.fromEntries(given.filter(([name]) => !secretNames.has(name))) },
      secrets: Object.fromEntries([...Object.entries(item.secrets).map(([name, secret]) => [name, secret.reveal()] as const), ...given.filter(([name]) => secretNames.has(name))]),
      // What was missing is why it is off; filled in, it is as good as any.
      enabled: kind !== undefined && kind.capabilities.runsPrograms !== true && (item.enabled || (item.missing.length > 0 && complete)),
      ...(item.events === undefined ? {} : { events: [...item.events] }),
    })
    if (!answer.ok) return { problems: answer.problems }
    return { id: settings.settings().destinations.find(({ id }) => !before.has(id))?.id ?? null }
  }

  return {
    read(source, text) {
      const importer = importers.find(({ id }) => id === source)
      if (!importer) throw new Error(`There is nothing to import from "${source}". There is: ${importers.map(({ id }) => id).join(', ')}.`)
      const { destinations, notes, problems } = importer.read(text)
      const importId = newId()
      const items = new Map(destinations.map((destination, index) => [String(index + 1), destination]))
      held = { importId, items }
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
      held = null
    },
  }
}

function viewOf(key: string, item: ImportedDestination, kind: ChannelKind | undefined): ImportItem {
  const runsPrograms = kind?.capabilities.runsPrograms === true
  const fields = kind === undefined ? {} : ((schemaOf(kind.configSchema).properties ?? {}) as Record<string, { title?: string; description?: string }>)
  return {
    key, line: item.line, channel: item.channel, channelName: kind?.displayName ?? item.channel, label: item.label,
    enabled: item.enabled && kind !== undefined && !runsPrograms,
    runsPrograms,
    notes: [...item.notes],
    secrets: Object.keys(item.secrets).map((name) => kind?.secretFields[name]?.label ?? name),
    missing: item.missing.map((name) => {
      const secret = kind?.secretFields[name]
      return { name, label: secret?.label ?? fields[name]?.title ?? name, hint: fields[name]?.description ?? '', secret: secret !== undefined }
    }),
  }
}
