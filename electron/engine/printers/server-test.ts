import type { SecretStore } from '../ports.ts'
import type { EngineSettings, ResolvedServer } from '../settings/expand.ts'
import type { Secret } from '../settings/secret.ts'
import type { AdapterPorts, PrinterAdapter, ServerConfig, TestResult } from './adapter.ts'

export interface ServerTestParts extends AdapterPorts {
  settings: EngineSettings
  adapters: ReadonlyMap<string, PrinterAdapter>
  secrets: SecretStore
}

/** The settings have no server, and no printer, of this id. */
export class NoSuchServer extends Error {
  override readonly name = 'NoSuchServer'
}

/** How long a whole connection test may take. */
const TEST_MS = 30_000

/** The server of this id, or of the printer of this id, with its adapter. @throws NoSuchServer naming what there is */
export function findServer(id: string, parts: Pick<ServerTestParts, 'settings' | 'adapters'>): { server: ResolvedServer; adapter: PrinterAdapter } {
  const { servers, printers } = parts.settings
  const serverId = printers.find((printer) => printer.id === id)?.sources[0]?.serverId ?? id
  const server = servers.find((candidate) => candidate.id === serverId)
  const adapter = server && parts.adapters.get(server.kind)
  if (!server || !adapter) throw new NoSuchServer(`there is no server "${id}"; there are: ${servers.map((candidate) => candidate.id).join(', ') || 'none'}`)
  return { server, adapter }
}

/** Resolves the secrets that are there; a missing one is left out, for a test or a pairing that comes before it. */
export async function configOf(server: ResolvedServer, secrets: SecretStore): Promise<{ config: ServerConfig; missing: string[] }> {
  const missing: string[] = []
  const found: [string, Secret][] = []
  for (const [name, ref] of Object.entries(server.secrets)) {
    try {
      found.push([name, await secrets.resolve(ref)])
    } catch (error) {
      missing.push((error as Error).message)
    }
  }
  return { config: { id: server.id, kind: server.kind, settings: server.settings, secrets: Object.fromEntries(found) }, missing }
}

/** Tests the connection of the server, or printer, of this id. @throws NoSuchServer */
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
