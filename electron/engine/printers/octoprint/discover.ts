/** OctoPrints in this network, by mDNS: `_octoprint._tcp`, announced by the bundled "discovery" plugin. */
import { z } from 'zod'
import type { AdapterPorts, Discovered } from '../adapter.ts'
import { browse, urlOf, type Announcement } from '../kit/browse.ts'

const txt = z.object({ path: z.string().catch('/').default('/'), uuid: z.string().optional().catch(undefined), version: z.string().optional().catch(undefined) })

/** What an announcement means. PrusaLink announces itself as an OctoPrint too; it is left to its own adapter. */
export function toDiscovered(kind: string, found: Announcement): Discovered | null {
  const record = txt.safeParse(found.txt ?? {})
  if (!record.success || /^PrusaLink\b/i.test(found.name)) return null
  const { path, uuid, version } = record.data
  const url = urlOf(found, path)
  if (url === null) return null
  const prefix = path.replace(/^\/+|\/+$/g, '')
  return { kind, id: uuid ?? `${found.host}:${found.port}/${prefix}`, name: found.name.replace(/^OctoPrint instance (?:"(.*)"|on (.*))$/, (_all, quoted: string | undefined, on: string | undefined) => quoted ?? on ?? ''), url, version: version ?? null }
}

/** Yields each OctoPrint once until `signal` aborts. */
export function discover(kind: string, ports: AdapterPorts, signal: AbortSignal): AsyncIterable<Discovered> {
  return browse('octoprint', (found) => toDiscovered(kind, found), ports, signal)
}
