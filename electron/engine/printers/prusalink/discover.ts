/** PrusaLinks in this network, by mDNS: `_prusalink._tcp`, announced by both kinds. */
import type { AdapterPorts, Discovered } from '../adapter.ts'
import { browse, urlOf, type Announcement } from '../kit/browse.ts'

/** What an announcement means. A Pi calls itself "PrusaLink at HOST". */
export function toDiscovered(kind: string, found: Announcement): Discovered | null {
  const path = typeof found.txt === 'object' && found.txt !== null && 'path' in found.txt && typeof found.txt.path === 'string' ? found.txt.path : '/'
  const url = urlOf(found, path)
  if (url === null) return null
  const name = found.name.replace(/^PrusaLink at /i, '').trim()
  return { kind, id: `${found.host.replace(/\.$/, '')}:${found.port}`, name: name === '' ? found.host : name, url, version: null }
}

/** Yields each PrusaLink once until `signal` aborts. */
export function discover(kind: string, ports: AdapterPorts, signal: AbortSignal): AsyncIterable<Discovered> {
  return browse('prusalink', (found) => toDiscovered(kind, found), ports, signal)
}
