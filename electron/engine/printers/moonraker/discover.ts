/** Moonrakers in this network, by mDNS: `_moonraker._tcp`, announced where moonraker.conf has a section [zeroconf]. */
import { z } from 'zod'
import type { AdapterPorts, Discovered } from '../adapter.ts'
import { browse, urlOf, type Announcement } from '../kit/browse.ts'

const text = z.string().max(200).optional().catch(undefined)
const txt = z.object({ uuid: text, version: text, route_prefix: text })

/** What an announcement means; null = nothing to connect to. The instance is called "Moonraker @ voron" or "Moonraker Instance on voron". */
export function toDiscovered(kind: string, found: Announcement): Discovered | null {
  const record = txt.safeParse(found.txt ?? {})
  const { uuid, version, route_prefix: prefix = '' } = record.success ? record.data : {}
  const url = urlOf(found, prefix)
  if (url === null) return null
  const name = found.name.replace(/^Moonraker (?:@|Instance on) /i, '')
  return { kind, id: uuid ?? `${found.host}:${found.port}/${prefix.replace(/^\/+|\/+$/g, '')}`, name, url, version: version ?? null }
}

/** Yields each Moonraker once until `signal` aborts. */
export function discover(kind: string, ports: AdapterPorts, signal: AbortSignal): AsyncIterable<Discovered> {
  return browse('moonraker', (found) => toDiscovered(kind, found), ports, signal)
}
