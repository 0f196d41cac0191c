/** Servers in this network, by mDNS. */
import { isIPv4 } from 'node:net'
import type { Bonjour, Service } from 'bonjour-service'
import type { AdapterPorts, Discovered } from '../adapter.ts'

/** A query may be lost: asked again at these times after the start, in ms. */
const AGAIN_MS = [1_000, 3_000, 8_000]

export interface Announcement {
  /** Without the type. */
  name: string
  host: string
  port: number
  addresses: readonly string[]
  txt: unknown
}

/** The name of a service without its type. The library cuts it at its first dot, which "Voron 2.4" has. */
export function instanceName(service: { name: string; fqdn?: string | undefined }, type: string): string {
  const fqdn = service.fqdn ?? ''
  const end = new RegExp(`\\._${type}\\._tcp\\.[^.]+$`, 'i').exec(fqdn)
  return end === null || end.index === 0 ? service.name : fqdn.slice(0, end.index)
}

/**
 * The address to connect to; '' = there is none. The IPv4 address wins over the .local name: names need mDNS in the system's resolver,
 * which not every computer has.
 */
export function addressOf(found: Pick<Announcement, 'addresses' | 'host'>): string {
  return found.addresses.find((one) => isIPv4(one) && !one.startsWith('169.254.')) ?? found.host.replace(/\.$/, '')
}

/** http, without the usual port, with the prefix if there is one; null = it has no address. */
export function urlOf(found: Announcement, path = '/'): string | null {
  const address = addressOf(found)
  if (address === '') return null
  const prefix = path.replace(/^\/+|\/+$/g, '')
  return `http://${address}${found.port === 80 ? '' : `:${found.port}`}${prefix === '' ? '' : `/${prefix}`}`
}

/**
 * Yields each server once, by the id that `read` gives it, until `signal` aborts. `read` returns null for what is not of its kind.
 * No multicast (a container, a VPN) ends the search with a line in the log; it is no error of the caller's.
 * @param type the service without underscore and protocol: "octoprint"
 */
export async function* browse(type: string, read: (found: Announcement) => Discovered | null, ports: AdapterPorts, signal: AbortSignal): AsyncIterable<Discovered> {
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
    // Searched for seldom, so it is no part of a start.
    const library = await import('bonjour-service')
    bonjour = new library.Bonjour({}, fail)
    const browser = bonjour.find({ type, protocol: 'tcp' }, (service: Service) => {
      const one = read({ name: instanceName(service, type), host: service.host, port: service.port, addresses: service.addresses ?? [], txt: service.txt as unknown })
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
