/** Connection settings of an OctoPrint and what a pasted address means. */
import { z } from 'zod'
import type { SecretFields } from '../../settings/secret.ts'
import { addressField, baseAddress, pinField, type AddressRules } from '../kit/address.ts'

/** The one printer an OctoPrint speaks for; its id towards the rest of the engine. */
export const SOURCE_ID = 'printer'

/** Pages of OctoPrint's own: what stands before them is the base address people meant. */
const OWN_PAGES = new Set(['api', 'login', 'sockjs', 'plugin', 'plugin_assets', 'downloads', 'static', 'recovery', 'reverse_proxy_test', 'index.html', 'webcam'])

const ADDRESS: AddressRules = { ownPages: OWN_PAGES, examples: ['http://octopi.local', 'http://octopi.local:5000'] }

/** The base address from whatever was pasted; a prefix such as "/octoprint" stays. @throws BadAddress */
export function baseUrl(input: string): string {
  return baseAddress(input, ADDRESS)
}

export const octoprintSettings = z.object({
  url: addressField(ADDRESS).meta({ title: 'Address', description: 'As in the browser, with the path prefix if there is one: http://octopi.local' }),
  basicUser: z.string().min(1).optional().meta({ title: 'Proxy user name', description: 'Only where a proxy in front of OctoPrint asks for a user name and password' }),
  pin: pinField,
  camera: z.string().min(1).optional().meta({ title: 'Camera', description: 'Name of the webcam as it stands in OctoPrint; empty leaves the choice to OctoPrint' }),
  snapshotUrl: z.url({ protocol: /^https?$/ }).optional().meta({ title: 'Snapshot address', description: "Used instead of OctoPrint's cameras; must answer with a JPEG or an MJPEG stream" }),
})

export type OctoPrintSettings = z.output<typeof octoprintSettings>

export const octoprintSecrets = {
  apiKey: { label: 'API key or application key', required: true },
  basicPassword: { label: 'Proxy password', required: false, after: 'basicUser' },
} as const satisfies SecretFields
