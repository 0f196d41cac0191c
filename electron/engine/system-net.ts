import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { networkInterfaces, type NetworkInterfaceInfo } from 'node:os'
import tls from 'node:tls'
import axios, { type AxiosInstance, type CreateAxiosDefaults, type InternalAxiosRequestConfig } from 'axios'
import { getProxyForUrl } from 'proxy-from-env'
import { isOwnNetwork } from './own-network.ts'
import type { Net } from './ports.ts'
import type { agentFor } from './proxy-agents.ts'
import type { DestinationNetwork } from './settings/schema.ts'

export interface SystemNetParts {
  /** The proxy that this system uses for an address; null = none. */
  proxyFor?(url: string): Promise<string | null>
}

const DEFAULTS: CreateAxiosDefaults = { proxy: false, maxRedirects: 0, validateStatus: () => true, headers: { 'User-Agent': 'Printbell' } }
/** No bundle of authorities is larger; a mistyped path to something else should not be read whole. Bytes. */
const LARGEST_CA = 1_000_000

/**
 * The real network. Statuses are answers, not exceptions; redirects are each caller's own decision. `http` itself goes straight;
 * `through` makes the way of one destination, by default the system's proxy as the environment tells it.
 */
export function systemNet({ proxyFor = async (url) => getProxyForUrl(url) || null }: SystemNetParts = {}): Net {
  return {
    http: axios.create(DEFAULTS),
    online: () => hasNetwork(networkInterfaces()),
    async through({ proxy, ca }) {
      const trusted = ca === undefined ? null : await authoritiesWith(ca)
      const trust = trusted && tls.createSecureContext({ ca: trusted })
      const http = axios.create(DEFAULTS)
      http.interceptors.request.use(async (config) => withAgent(config, async (url, signal) => {
        const through = await proxyOf(proxy, url, signal, proxyFor)
        // Most go straight and never load what speaks with proxies.
        return through === null && trust === null ? null : (await import('./proxy-agents.ts')).agentFor(url, { proxy: through, trust, signal })
      }))
      return { http, ...(trusted === null ? {} : { tls: { ca: trusted } }) }
    },
  }
}

type AgentOf = (url: string, signal: AbortSignal | undefined) => Promise<ReturnType<typeof agentFor>>

async function withAgent(config: InternalAxiosRequestConfig, agentOf: AgentOf): Promise<InternalAxiosRequestConfig> {
  // Who brings an agent has a way of its own.
  if (config.httpAgent || config.httpsAgent) return config
  const agent = await agentOf(addressOf(config), config.signal as AbortSignal | undefined)
  if (agent !== null) Object.assign(config, { httpAgent: agent, httpsAgent: agent })
  return config
}

function addressOf(config: InternalAxiosRequestConfig): string {
  return axios.getUri(config as Parameters<AxiosInstance['getUri']>[0])
}

/** What lies in the own network is never asked of the system's proxy: it would not find it, and it is nobody's business. */
async function proxyOf(wish: DestinationNetwork['proxy'], url: string, signal: AbortSignal | undefined, proxyFor: NonNullable<SystemNetParts['proxyFor']>): Promise<string | null> {
  if (wish === 'none') return null
  if (wish !== 'system') return wish
  if (isOwnNetwork(new URL(url).hostname)) return null
  return await Promise.race([proxyFor(url), givenUp(signal)])
}

/** A system that looks for its proxy in the network may take long; then the request ends as any that was aborted. */
function givenUp(signal: AbortSignal | undefined): Promise<null> {
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(null), { once: true }))
}

/** All that is trusted by itself, and what stands in the file. @throws Error in words of cause and cure */
async function authoritiesWith(file: string): Promise<string[]> {
  const wrong = (what: string): Error => new Error(`The file of its certificate authority ${what}. Name a PEM file with the authority's certificate.`)
  let text: string
  try {
    const bytes = await readFile(file)
    if (bytes.length > LARGEST_CA) throw wrong('is too large to be one')
    text = bytes.toString('latin1')
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null
    throw typeof code === 'string' ? wrong(code === 'ENOENT' ? 'does not exist' : `can't be read (${code})`) : error
  }
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
  if (certificates.length === 0 || !certificates.every(isCertificate)) throw wrong('holds no certificate that can be read')
  return [...systemAuthorities(), ...certificates]
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).subject !== ''
  } catch {
    return false
  }
}

/** Newer Nodes tell what they trust, NODE_EXTRA_CA_CERTS with it; older ones only what they brought along. */
function systemAuthorities(): readonly string[] {
  const told: unknown = Reflect.get(tls, 'getCACertificates')
  return typeof told === 'function' ? (told as (type: string) => string[])('default') : tls.rootCertificates
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
