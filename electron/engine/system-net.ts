import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'
import axios from 'axios'
import type { Net } from './ports.ts'

/** The real network. Statuses are answers, not exceptions; redirects and proxies are each caller's own decision. */
export function systemNet(): Net {
  return {
    http: axios.create({ proxy: false, maxRedirects: 0, validateStatus: () => true, headers: { 'User-Agent': 'Printbell' } }),
    online: () => hasNetwork(networkInterfaces()),
  }
}

/** Bridges and tunnels of this computer's own: they have addresses whether or not a cable is in. */
const OWN_MAKE = /^(docker|br-|veth|virbr|vmnet|vboxnet|vEthernet|lxc|lxd|cni|flannel|podman|tun|tap|wg|utun|zt|tailscale|awdl|llw|bridge)/i

/**
 * Whether any real interface has an address that reaches further than its own cable: link-local ones are what a computer gives
 * itself when nobody answers.
 */
export function hasNetwork(interfaces: NodeJS.Dict<Pick<NetworkInterfaceInfo, 'address' | 'internal'>[]>): boolean {
  return Object.entries(interfaces).some(([name, addresses]) => !OWN_MAKE.test(name) && (addresses ?? []).some(({ address, internal }) => !internal && !/^(169\.254\.|fe80:)/i.test(address)))
}
