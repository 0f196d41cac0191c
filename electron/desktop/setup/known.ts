/** Which servers are in the settings already. */
import type { PrinterAdapter } from '../../engine/printers/adapter.ts'
import type { EngineSettings, ResolvedServer } from '../../engine/settings/expand.ts'
import type { SecretStore } from '../../engine/ports.ts'
import { sameAddress } from '../../engine/printers/same-address.ts'
import type { Secret } from '../../engine/settings/secret.ts'

type Kinds = ReadonlyMap<string, Pick<PrinterAdapter, 'webUrl'>>

/**
 * The secrets that are kept for a server, as far as they can be had. None when `url` is not its address: a key goes to nobody but the
 * server it was made for.
 */
export async function storedSecrets(serverId: string | undefined, url: string, { settings, adapters, secrets }: { settings: EngineSettings; adapters: Kinds; secrets: SecretStore }): Promise<Record<string, Secret>> {
  const server = settings.servers.find(({ id }) => id === serverId)
  if (!server || !sameAddress(adapters.get(server.kind)?.webUrl(server.settings) ?? '', url)) return {}
  const found: [string, Secret][] = []
  for (const [field, ref] of Object.entries(server.secrets)) {
    const secret = await secrets.resolve(ref).catch(() => null)
    // One that cannot be had counts as not given: the test then says that it is missing.
    if (secret !== null) found.push([field, secret])
  }
  return Object.fromEntries(found)
}

/** The server of this address; by the address alone, a name and the number it stands for are not told to be the same. */
export function serverAt(url: string, settings: EngineSettings, adapters: Kinds, kind?: string): ResolvedServer | null {
  return settings.servers.find((server) => (kind === undefined || server.kind === kind) && sameAddress(adapters.get(server.kind)?.webUrl(server.settings) ?? '', url)) ?? null
}

/** Printers that watch this server, with the source each has there (null = the only one). */
export function sourcesAt(serverId: string, settings: EngineSettings): { printerId: string; sourceId: string | null }[] {
  return settings.printers.flatMap((printer) => printer.sources.filter((source) => source.serverId === serverId).map(({ sourceId }) => ({ printerId: printer.id, sourceId })))
}

/** Ids of the printers that watch the server of this address; none = it is new. */
export function printersAt(url: string, settings: EngineSettings, adapters: Kinds): string[] {
  return settings.servers
    .filter((server) => sameAddress(adapters.get(server.kind)?.webUrl(server.settings) ?? '', url))
    .flatMap((server) => sourcesAt(server.id, settings).map(({ printerId }) => printerId))
}
