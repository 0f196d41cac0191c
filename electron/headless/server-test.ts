import type { AdapterPorts, PrinterAdapter, ServerConfig, TestResult } from '../engine/printers/adapter.ts'
import type { SecretStore } from '../engine/ports.ts'
import type { EngineSettings } from '../engine/settings/expand.ts'
import { UserError } from './errors.ts'

export interface ServerTestParts extends AdapterPorts {
  settings: EngineSettings
  adapters: ReadonlyMap<string, PrinterAdapter>
  secrets: SecretStore
}

/** How long a whole connection test may take. */
const TEST_MS = 30_000

/** The server of this id, or of the printer of this id, with its adapter. @throws UserError naming what there is */
export function findServer(id: string, parts: Pick<ServerTestParts, 'settings' | 'adapters'>): { server: EngineSettings['servers'][number]; adapter: PrinterAdapter } {
  const { servers, printers } = parts.settings
  const serverId = printers.find((printer) => printer.id === id)?.sources[0]?.serverId ?? id
  const server = servers.find((candidate) => candidate.id === serverId)
  const adapter = server && parts.adapters.get(server.kind)
  if (!server || !adapter) throw new UserError(`there is no server "${id}"; there are: ${servers.map((candidate) => candidate.id).join(', ') || 'none'}`)
  return { server, adapter }
}

/** Resolves the secrets that are there; a missing one is left out, for a test or a pairing that comes before it. */
export async function configOf(server: EngineSettings['servers'][number], secrets: SecretStore): Promise<{ config: ServerConfig; missing: string[] }> {
  const missing: string[] = []
  const found: [string, Awaited<ReturnType<SecretStore['resolve']>>][] = []
  for (const [name, ref] of Object.entries(server.secrets)) {
    try {
      found.push([name, await secrets.resolve(ref)])
    } catch (error) {
      missing.push((error as Error).message)
    }
  }
  return { config: { id: server.id, kind: server.kind, settings: server.settings, secrets: Object.fromEntries(found) }, missing }
}

export async function testServerWith(id: string, parts: ServerTestParts): Promise<TestResult & { missing: string[] }> {
  const { server, adapter } = findServer(id, parts)
  const { config, missing } = await configOf(server, parts.secrets)
  const abort = new AbortController()
  const cancel = parts.clock.after(TEST_MS, () => abort.abort(new Error(`no answer within ${TEST_MS / 1000} s`)))
  try {
    return { ...(await adapter.test(config, parts, abort.signal)), missing }
  } finally {
    cancel()
  }
}
