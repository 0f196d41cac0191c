import { BlockList, isIP } from 'node:net'
import { once } from './once.ts'

/** RFC 1918, 4193, 3927, 6598 (tunnels that span homes use it) and loopback. */
const own = once(() => {
  const list = new BlockList()
  for (const [address, prefix] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.168.0.0', 16]] as const) list.addSubnet(address, prefix, 'ipv4')
  for (const [address, prefix] of [['::1', 128], ['fc00::', 7], ['fe80::', 10]] as const) list.addSubnet(address, prefix, 'ipv6')
  return list
})

/** Names that no public name server knows: mDNS, and what routers and people give their own networks. */
const OWN_NAME = /(^|\.)(localhost|local|lan|home|internal|intranet|home\.arpa)$/

/**
 * Whether an address is this computer or in its own network, as far as its name tells: nothing is looked up.
 * @param hostname as `URL.hostname` has it, an IPv6 address in brackets
 */
export function isOwnNetwork(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '').toLowerCase()
  const family = isIP(host)
  if (family !== 0) return own().check(host, family === 4 ? 'ipv4' : 'ipv6')
  return !host.includes('.') || OWN_NAME.test(host)
}
