/** OctoPrints in this network, by mDNS: `_octoprint._tcp`, announced by the bundled "discovery" plugin. */
import { isIPv4 } from 'node:net'
import { Bonjour, type Service } from 'bonjour-service'
import { z } from 'zod'
import type { AdapterPorts, Discovered } from '../adapter.ts'

/** A query may be lost: asked again at these times after the start, in ms. */
const AGAIN_MS = [1_000, 3_000, 8_000]

/** The name of a service without its type. The library cuts it at its first dot, which "Voron 2.4" has. */
export function instanceName(service: { name: string; fqdn?: string | undefined }): string {
  return /^(.+)\._octoprint\._tcp\.[^.]+$/i.exec(service.fqdn ?? '')?.[1] ?? service.name
}

const txt = z.object({ path: z.string().catch('/').default('/'), uuid: z.string().optional().catch(undefined), version: z.string().optional().catch(undefined) })

export interface Announcement {
  name: string
  host: string
  port: number
  addresses: readonly string[]
  txt: unknown
}

/**
 * What an announcement means. The IPv4 address wins over the .local name: names need mDNS in the system's resolver, which
 * not every computer has. PrusaLink announces itself as an OctoPrint too; it is left to its own adapter.
 */
export function toDiscovered(kind: string, found: Announcement): Discovered | null {
  const record = txt.safeParse(found.txt ?? {})
  if (!record.success || /^PrusaLink\b/i.test(found.name)) return null
  const address = found.addresses.find((one) => isIPv4(one) && !one.startsWith('169.254.')) ?? found.host.replace(/\.$/, '')
  if (address === '') return null
  const { path, uuid, version } = record.data
  const prefix = path.replace(/^\/+|\/+$/g, '')
  const url = `http://${address}${found.port === 80 ? '' : `:${found.port}`}${prefix === '' ? '' : `/${prefix}`}`
  return { kind, id: uuid ?? `${found.host}:${found.port}/${prefix}`, name: found.name.replace(/^OctoPrint instance (?:"(.*)"|on (.*))$/, (_all, quoted: string | undefined, on: string | undefined) => quoted ?? on ?? ''), url, version: version ?? null }
}

/**
 * Yields each OctoPrint once until `signal` aborts. No multicast (a container, a VPN) ends the search with a line in the
 * log; it is no error of the caller's.
 */
export async function* discover(kind: string, ports: AdapterPorts, signal: AbortSignal): AsyncIterable<Discovered> {
  const found: Discovered[] = []
  const known = new Set<string>()
  const timers: (() => void)[] = []
  let wake: (() => void) | null = null
  let broken = false
  const fail = (error: unknown) => {
    ports.log.warn('no search by mDNS in this network', { error: error instanceof Error ? error.message : String(error) })
    broken = true
    wake?.()
  }
  const onAbort = () => wake?.()
  signal.addEventListener('abort', onAbort, { once: true })
  let bonjour: Bonjour | null = null
  try {
    bonjour = new Bonjour({}, fail)
    const browser = bonjour.find({ type: 'octoprint', protocol: 'tcp' }, (service: Service) => {
      const one = toDiscovered(kind, { name: instanceName(service), host: service.host, port: service.port, addresses: service.addresses ?? [], txt: service.txt as unknown })
      if (one === null || known.has(one.id)) return
      known.add(one.id)
      found.push(one)
      wake?.()
    })
    for (const ms of AGAIN_MS) timers.push(ports.clock.after(ms, () => browser.update()))
    while (!signal.aborted && !broken) {
      const next = found.shift()
      if (next) yield next
      else await new Promise<void>((resolve) => (wake = resolve))
    }
  } catch (error) {
    fail(error)
  } finally {
    for (const cancel of timers) cancel()
    signal.removeEventListener('abort', onAbort)
    bonjour?.destroy()
  }
}
