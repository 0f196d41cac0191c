/**
 * Names ending in .local where the system's resolver does not know them (Linux without nss-mdns, containers): they are
 * asked for by mDNS (RFC 6762). Nothing here knows a kind of printer server.
 */
import { isIPv4, type LookupFunction } from 'node:net'
import { z } from 'zod'
import { systemClock } from '../clock.ts'
import { once } from '../once.ts'
import type { Cancel, Clock } from '../ports.ts'

/** ms a name is waited for. */
const LOCAL_MS = 3_000
/** A query may be lost: asked again at these times, in ms (RFC 6762, 5.2: not within the first second). */
const AGAIN_MS = [1_000, 2_000]

/** The part of a multicast-dns socket that is needed here. */
export interface MdnsSocket {
  on(event: 'response', listener: (packet: unknown) => void): unknown
  on(event: 'error' | 'warning', listener: (error: Error) => void): unknown
  query(name: string, type: 'A'): void
  destroy(): void
}

/** What a lookup asks, in this order. */
export interface Resolvers {
  system: LookupFunction
  /** The IPv4 address of a .local name, null when nobody tells it. Must end by itself and never throw. */
  mdns(name: string): Promise<string | null>
}

const record = once(() => z.object({ type: z.string(), name: z.string(), data: z.unknown() }))
const response = once(() => z.object({ answers: z.array(z.unknown()).catch([]), additionals: z.array(z.unknown()).catch([]) }))

/** Whether mDNS is in charge of this name. */
export function isLocalName(name: string): boolean {
  return /[^.]\.local\.?$/i.test(name)
}

/** The IPv4 address one mDNS answer gives a name; a link-local one only when there is no other. */
function addressIn(packet: unknown, name: string): string | null {
  const read = response().safeParse(packet)
  if (!read.success) return null
  const addresses = [...read.data.answers, ...read.data.additionals].flatMap((one) => {
    const { success, data } = record().safeParse(one)
    return success && data.type === 'A' && plain(data.name) === name && typeof data.data === 'string' && isIPv4(data.data) ? [data.data] : []
  })
  return addresses.find((one) => !one.startsWith('169.254.')) ?? addresses[0] ?? null
}

function plain(name: string): string {
  return name.replace(/\.$/, '').toLowerCase()
}

async function openSocket(): Promise<MdnsSocket> {
  const { Server } = await import('bonjour-service/dist/lib/mdns-server.js')
  // bonjour-service's own door to multicast-dns: it has no query by name.
  return new Server({}).mdns as MdnsSocket
}

/**
 * The IPv4 address of a .local name by mDNS; null when nobody answers in `ms`, when there is no multicast here, or when
 * `signal` aborts. Never throws; leaves neither timer nor listener behind.
 */
export async function addressOfLocal(name: string, ms = LOCAL_MS, signal?: AbortSignal, clock: Clock = systemClock(), open: () => MdnsSocket | Promise<MdnsSocket> = openSocket): Promise<string | null> {
  if (signal?.aborted) return null
  const wanted = plain(name)
  const timers: Cancel[] = []
  let socket: MdnsSocket | null = null
  let onAbort = () => undefined as void
  try {
    const opened = open()
    const asked = opened instanceof Promise ? await opened : opened
    socket = asked
    if (signal?.aborted) return null
    return await new Promise<string | null>((resolve, reject) => {
      onAbort = () => resolve(null)
      signal?.addEventListener('abort', onAbort, { once: true })
      asked.on('error', reject)
      // One interface without multicast is no reason to stop: another may have it.
      asked.on('warning', () => undefined)
      asked.on('response', (packet) => {
        const address = addressIn(packet, wanted)
        if (address !== null) resolve(address)
      })
      timers.push(clock.after(ms, () => resolve(null)))
      for (const at of AGAIN_MS) if (at < ms) timers.push(clock.after(at, () => asked.query(wanted, 'A')))
      asked.query(wanted, 'A')
    })
  } catch {
    // No multicast on this computer: then nobody knows the name, which is what the caller tells.
    return null
  } finally {
    for (const cancel of timers) cancel()
    signal?.removeEventListener('abort', onAbort)
    close(socket)
  }
}

function close(socket: MdnsSocket | null): void {
  socket?.destroy()
}

/**
 * A `lookup` for sockets and agents: the system's, and for .local names that the system does not find, mDNS. The name
 * itself stays what it is, for the Host header and TLS. What nobody knows fails with the system's own error.
 */
export function lookupWith(resolvers: Resolvers): LookupFunction {
  return (hostname, options, callback) => {
    resolvers.system(hostname, options, (error, address, family) => {
      const unknown = error !== null && (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
      // Only IPv4 addresses are asked for: who wants IPv6 alone gets the system's answer.
      if (!unknown || !isLocalName(hostname) || options.family === 6 || options.family === 'IPv6') return callback(error, address, family)
      void resolvers.mdns(hostname).then((found) => {
        if (found === null) callback(error, address, family)
        else if (options.all === true) callback(null, [{ address: found, family: 4 }])
        else callback(null, found, 4)
      })
    })
  }
}

/** Node's own, loaded when the first name is asked for: printers have mostly addresses, and its resolver reads files as it is loaded. */
const systemLookup: LookupFunction = (hostname, options, callback) => void import('node:dns').then(({ lookup }) => lookup(hostname, options, callback))

/** The lookup of this computer. */
export const hostLookup: LookupFunction = lookupWith({ system: systemLookup, mdns: (name) => addressOfLocal(name) })
