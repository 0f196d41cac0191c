import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import type { AdapterPorts, Discovered, PrinterAdapter } from '../engine/printers/adapter.ts'
import { adapters } from '../engine/printers/registry.ts'
import { sameAddress } from '../engine/printers/same-address.ts'
import type { EngineSettings } from '../engine/settings/expand.ts'
import { systemNet } from '../engine/system-net.ts'
import { clean } from './live-view.ts'
import type { Out } from './out.ts'
import { quietLog } from '../engine/quiet-log.ts'
import { UserError } from './errors.ts'
import { readSettingsFile } from './settings-file.ts'

type Servers = EngineSettings['servers']
type Adapters = ReadonlyMap<string, Pick<PrinterAdapter, 'discover' | 'webUrl'>>

/** Looks for printer servers in this network. */
export async function discover(options: Common & { seconds?: number }, out: Out): Promise<number> {
  const seconds = options.seconds ?? 5
  let servers: Servers = []
  try {
    servers = (await readSettingsFile(options)).engine.servers
  } catch (error) {
    // One searches before there are settings; broken ones are what "check" is for.
    if (!(error instanceof UserError)) throw error
  }
  const keepAlive = setInterval(() => undefined, 1_000)
  try {
    const ports = { clock: systemClock(), random: Math.random, net: systemNet(), log: { ...quietLog, warn: (message: string, fields?: object) => out.note(`warning: ${message} ${JSON.stringify(fields ?? {})}`) } }
    const count = await discoverWith({ adapters, servers, ports, seconds }, out)
    if (count === 0) out.note(`Nothing announced itself within ${seconds} s. Servers in another network, and those without their discovery plugin, must be written into the settings by hand.`)
    return 0
  } finally {
    clearInterval(keepAlive)
  }
}

/** Asks all kinds at once and prints each server as it appears. @returns how many there were */
export async function discoverWith(parts: { adapters: Adapters; servers: Servers; ports: AdapterPorts; seconds: number }, out: Out): Promise<number> {
  const { ports } = parts
  const abort = new AbortController()
  const cancel = ports.clock.after(parts.seconds * 1_000, () => abort.abort())
  const seen = new Set<string>()
  try {
    await Promise.all([...parts.adapters.values()].map(async (adapter) => {
      for await (const found of adapter.discover?.(ports, abort.signal) ?? []) {
        const key = `${found.kind} ${found.id}`
        if (seen.has(key)) continue
        seen.add(key)
        out.line(lineOf(found, nameInSettings(found.url, parts)))
      }
    }))
  } finally {
    cancel()
  }
  return seen.size
}

function lineOf(found: Discovered, known: string | null): string {
  return clean(`${found.url}  ${found.name}  ${found.kind}${found.version === null ? '' : ` ${found.version}`}${known === null ? '' : `  (in the settings as "${known}")`}`)
}

/** By the address alone. */
function nameInSettings(url: string, { adapters: kinds, servers }: { adapters: Adapters; servers: Servers }): string | null {
  return servers.find((server) => sameAddress(kinds.get(server.kind)?.webUrl(server.settings) ?? '', url))?.id ?? null
}
