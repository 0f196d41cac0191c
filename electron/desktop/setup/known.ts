/** Which servers are in the settings already. */
import type { PrinterAdapter } from '../../engine/printers/adapter.ts'
import type { EngineSettings, ResolvedServer } from '../../engine/settings/expand.ts'
import { sameAddress } from './address.ts'

type Kinds = ReadonlyMap<string, Pick<PrinterAdapter, 'webUrl'>>

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
