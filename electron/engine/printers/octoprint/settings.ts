/** Connection settings of an OctoPrint and what a pasted address means. */
import { isIPv6 } from 'node:net'
import { z } from 'zod'
import type { SecretFields } from '../../settings/secret.ts'

/** The one printer an OctoPrint speaks for; its id towards the rest of the engine. */
export const SOURCE_ID = 'printer'

/** An address nobody could connect to. The message says what to write instead. */
export class BadAddress extends Error {
  override readonly name = 'BadAddress'
}

/** Pages of OctoPrint's own: what stands before them is the base address people meant. */
const OWN_PAGES = new Set(['api', 'login', 'sockjs', 'plugin', 'plugin_assets', 'downloads', 'static', 'recovery', 'reverse_proxy_test', 'index.html', 'webcam'])

/**
 * The base address without a trailing slash, from whatever was pasted: a missing scheme becomes http, bare IPv6 gets its
 * brackets, "/login/?redirect=", "/#tab", "/api/..." fall away, a prefix such as "/octoprint" stays.
 * @throws BadAddress
 */
export function baseUrl(input: string): string {
  let text = input.trim()
  if (text === '') throw new BadAddress('The address is empty. Write it as in the browser, for example http://octopi.local.')
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)
  if (scheme && !/^https?$/i.test(scheme[1] ?? '')) throw new BadAddress(`The address begins with ${scheme[1]}://. Use http:// or https://.`)
  if (!scheme) text = isIPv6(text) ? `http://[${text}]` : `http://${text}`
  else {
    const rest = text.slice(scheme[0].length)
    const host = rest.split('/')[0] ?? ''
    if (isIPv6(host)) text = `${scheme[0]}[${host}]${rest.slice(host.length)}`
  }
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new BadAddress('This is no address. Write it as in the browser, for example http://192.168.1.20 or http://octopi.local:5000.')
  }
  if (url.username !== '' || url.password !== '') throw new BadAddress('Take user name and password out of the address; there are fields of their own for them.')
  const kept: string[] = []
  for (const segment of url.pathname.split('/')) {
    if (segment === '') continue
    if (OWN_PAGES.has(segment)) break
    kept.push(segment)
  }
  return `${url.protocol}//${url.host}${kept.map((segment) => `/${segment}`).join('')}`
}

const url = z.string().superRefine((value, context) => {
  try {
    baseUrl(value)
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'This is no address.' })
  }
})

export const octoprintSettings = z.object({
  url: url.meta({ title: 'Address', description: 'As in the browser, with the path prefix if there is one: http://octopi.local' }),
  basicUser: z.string().min(1).optional().meta({ title: 'Proxy user name', description: 'Only where a proxy in front of OctoPrint asks for a user name and password' }),
  pin: z.string().regex(/^([0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/, 'a SHA-256 fingerprint has 64 hexadecimal digits').optional()
    .meta({ title: 'Certificate fingerprint', description: 'SHA-256 of a self-signed certificate; no other one is accepted then' }),
  camera: z.string().min(1).optional().meta({ title: 'Camera', description: 'Name of the webcam as it stands in OctoPrint; empty leaves the choice to OctoPrint' }),
  snapshotUrl: z.url({ protocol: /^https?$/ }).optional().meta({ title: 'Snapshot address', description: "Used instead of OctoPrint's cameras; must answer with a JPEG or an MJPEG stream" }),
})

export type OctoPrintSettings = z.output<typeof octoprintSettings>

export const octoprintSecrets = {
  apiKey: { label: 'API key or application key', required: true },
  basicPassword: { label: 'Proxy password', required: false, after: 'basicUser' },
} as const satisfies SecretFields
