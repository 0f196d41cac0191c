/** Puts a server that was found good into the settings, or renews what is known of one that is there already. */
import type { ProblemView } from '../../bridge/views/common.ts'
import type { Added } from '../../bridge/views/setup.ts'
import { readAddress } from './address.ts'
import { missingSecrets, readDraft, typedUrl, type Draft, type ReadDraft } from './draft.ts'
import { serverAt, sourcesAt, storedSecrets } from './known.ts'
import { adapterFor, type SetupParts } from './parts.ts'
import type { Tester } from './test.ts'

export interface Wanted {
  name: string
  /** null = the server's only printer. */
  sourceId: string | null
}

/**
 * Adds the server and its printers in one write. A server that is there gets the new key and the new fields, and its printers that are
 * watched already stay what they are.
 */
export async function addServer(found: ReadDraft, wanted: readonly Wanted[], { settings, adapters }: Pick<SetupParts, 'settings' | 'adapters'>): Promise<Added> {
  const { adapter, fields, secrets, config } = found
  const server = serverAt(adapter.webUrl(config.settings) ?? '', settings.engine(), adapters, adapter.kind)
  const watched = server === null ? [] : sourcesAt(server.id, settings.engine())
  // A source without an id is the server's only one: whoever asks for it by its id means the same.
  const same = (sourceId: string | null) => watched.find((source) => source.sourceId === null || sourceId === null || source.sourceId === sourceId)
  const printers = wanted.map(({ name, sourceId }) => ({ name, sourceId: (same(sourceId) ?? { sourceId }).sourceId }))
  return settings.add({ kind: adapter.kind, fields, secrets, printers })
}

/** Adds what the window describes. A kind that is not known yet, and names of several printers, are asked of the server. */
export async function addDraft(asked: { server: Draft; name: string; sourceIds: readonly string[] | null }, parts: SetupParts, tester: Tester): Promise<Added> {
  const { sourceIds, name } = asked
  const unknown = asked.server.kind === null || (sourceIds !== null && sourceIds.length > 1)
  const test = unknown ? await tester.test(asked.server) : null
  if (test !== null && (test.kind === null || test.url === null || !test.ok)) return refused({ path: 'url', message: test.detail, cure: '' })
  const kind = test?.kind ?? asked.server.kind
  const url = test?.url ?? understood(asked.server)
  if (kind === null || url === null) return refused({ path: 'url', message: 'This is not an address.', cure: 'Write it as in the browser, for example 192.168.1.40 or octopi.local.' })
  const { adapters, secrets, settings } = parts
  const stored = await storedSecrets(asked.server.serverId, url, { settings: settings.engine(), adapters, secrets })
  const read = readDraft(asked.server, adapterFor(kind, adapters), url, stored)
  if (!read.ok) return { ok: false, problems: read.problems }
  const missing = missingSecrets(read.draft)
  if (missing.length > 0) return { ok: false, problems: missing }
  const names = new Map(test?.sources.map((source) => [source.sourceId, source.name]))
  const wanted = sourceIds === null ? [{ name, sourceId: null }]
    : sourceIds.length === 1 ? sourceIds.map((sourceId) => ({ name, sourceId }))
      : sourceIds.map((sourceId) => ({ name: names.get(sourceId) ?? `${name} ${sourceId}`, sourceId }))
  return addServer(read.draft, wanted, parts)
}

function understood(draft: Draft): string | null {
  const address = readAddress(typedUrl(draft))
  return address.ok ? address.attempts[0].url : null
}

function refused(problem: ProblemView): Added {
  return { ok: false, problems: [problem] }
}
