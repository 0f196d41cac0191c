/** Connection settings of a Moonraker and what a pasted address means. */
import { z } from 'zod'
import type { SecretFields } from '../../settings/secret.ts'
import { addressField, baseAddress, pinField, type AddressRules } from '../kit/address.ts'

/** The one printer a Moonraker speaks for; its id towards the rest of the engine. */
export const SOURCE_ID = 'printer'

/** Ports of Moonraker itself, where no web server stands in front; the second one only when it has a certificate. */
const OWN_PORTS = { 'http:': '7125', 'https:': '7130' } as const

/** Moonraker's own paths, and pages of Mainsail and Fluidd: what stands before them is the base address people meant. */
const OWN_PAGES = new Set([
  'websocket', 'klippysocket', 'server', 'printer', 'access', 'machine', 'api', 'webcam', 'index.html',
  'dashboard', 'console', 'heightmap', 'files', 'viewer', 'history', 'timelapse', 'config', 'configure', 'jobs', 'tune', 'settings', 'login', 'cam', 'allPrinters',
])

const ADDRESS: AddressRules = { ownPages: OWN_PAGES, examples: ['http://mainsailos.local', 'http://mainsailos.local:7125'] }

/** The base address from whatever was pasted; a prefix such as "/printer2" stays. @throws BadAddress */
export function baseUrl(input: string): string {
  return baseAddress(input, ADDRESS)
}

/**
 * Moonraker's own port on the same computer, where none was given: with the path, then without. Empty where one was given.
 * Never from https to http.
 */
export function ownPorts(base: string): string[] {
  const url = new URL(base)
  if (url.port !== '') return []
  const own = `${url.protocol}//${url.hostname}:${OWN_PORTS[url.protocol as keyof typeof OWN_PORTS]}`
  const path = url.pathname.replace(/\/+$/, '')
  return path === '' ? [own] : [own + path, own]
}

/** The same server with less of the path, longest first: a path that is too long was pasted. */
export function shorterPaths(base: string): string[] {
  const url = new URL(base)
  const segments = url.pathname.split('/').filter((segment) => segment !== '').slice(0, 5)
  return segments.map((_segment, cut) => [url.origin, ...segments.slice(0, segments.length - 1 - cut)].join('/'))
}

export const moonrakerSettings = z.object({
  url: addressField(ADDRESS).meta({ title: 'Address', description: 'As in the browser, with the path prefix if there is one: http://mainsailos.local' }),
  user: z.string().min(1).optional().meta({ title: 'User name', description: 'Only where Moonraker wants a login; an API key does as well' }),
  basicUser: z.string().min(1).optional().meta({ title: 'Proxy user name', description: 'Only where a proxy in front of Moonraker asks for a user name and password' }),
  pin: pinField,
  camera: z.string().min(1).optional().meta({ title: 'Camera', description: 'Name of the webcam as it stands in Mainsail or Fluidd; empty takes the first one' }),
  snapshotUrl: z.url({ protocol: /^https?$/ }).optional().meta({ title: 'Snapshot address', description: "Used instead of Moonraker's webcams; must answer with a JPEG or an MJPEG stream" }),
})

export type MoonrakerSettings = z.output<typeof moonrakerSettings>

export const moonrakerSecrets = {
  apiKey: { label: 'API key', required: false },
  password: { label: 'Password', required: false, after: 'user' },
  basicPassword: { label: 'Proxy password', required: false, after: 'basicUser' },
} as const satisfies SecretFields
