/** Connection settings of a PrusaLink, on a printer's own board or on a Pi beside it. */
import { z } from 'zod'
import type { SecretFields } from '../../settings/secret.ts'
import { addressField, baseAddress, pinField, type AddressRules } from '../kit/address.ts'

/** The one printer a PrusaLink speaks for; its id towards the rest of the engine. */
export const SOURCE_ID = 'printer'

/** The user of every Buddy board; on a Pi the wizard asks for one. */
export const USUAL_USER = 'maker'

/** Pages of PrusaLink's own: what stands before them is the base address people meant. */
const ADDRESS: AddressRules = {
  ownPages: new Set(['api', 'login', 'dashboard', 'files', 'cameras', 'control', 'settings', 'storage', 'jobs', 'error', 'wizard', 'thumb', 'index.html']),
  examples: ['http://192.168.1.30', 'http://prusalink.local:8080'],
}

/** The base address from whatever was pasted; a prefix stays. @throws BadAddress */
export function baseUrl(input: string): string {
  return baseAddress(input, ADDRESS)
}

export const prusalinkSettings = z.object({
  url: addressField(ADDRESS).meta({ title: 'Address', description: 'As in the browser; the printer shows its IP address under Settings, Network' }),
  user: z.string().min(1).optional().meta({ title: 'User name', description: `Only for the login with a password; "${USUAL_USER}" where nothing else was chosen` }),
  pin: pinField,
  camera: z.string().min(1).optional().meta({ title: 'Camera', description: 'Id of the camera in PrusaLink; empty takes its first one' }),
  snapshotUrl: z.url({ protocol: /^https?$/ }).optional()
    .meta({ title: 'Snapshot address', description: 'Of a camera that PrusaLink does not know (printers with a board of their own know none); must answer with a JPEG or an MJPEG stream' }),
})

export type PrusaLinkSettings = z.output<typeof prusalinkSettings>

export const prusalinkSecrets = {
  apiKey: { label: 'API key, or the password the printer shows', required: false },
  password: { label: 'Password', required: false, after: 'user' },
} as const satisfies SecretFields
