/** Addresses as people paste them and as servers tell them. */
import { isIPv6 } from 'node:net'
import { z } from 'zod'

/** An address nobody could connect to. The message says what to write instead. */
export class BadAddress extends Error {
  override readonly name = 'BadAddress'
}

export interface AddressRules {
  /** First segments of the server's own pages: what stands before them is the base address people meant. */
  ownPages: ReadonlySet<string>
  /** Addresses to show to somebody who wrote none: by name, and with the usual port ("http://octopi.local", "http://octopi.local:5000"). */
  examples: readonly [string, string]
}

/**
 * The base address without a trailing slash, from whatever was pasted: a missing scheme becomes http, bare IPv6 gets its
 * brackets, query, fragment and the server's own pages fall away, any other path is a prefix and stays.
 * @throws BadAddress
 */
export function baseAddress(input: string, { ownPages, examples }: AddressRules): string {
  let text = input.trim()
  if (text === '') throw new BadAddress(`The address is empty. Write it as in the browser, for example ${examples[0]}.`)
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)
  if (scheme && !/^https?$/i.test(scheme[1] ?? '')) throw new BadAddress(`The address begins with ${scheme[1]}://. Use http:// or https://.`)
  if (!scheme) text = isBareIPv6(text) ? `http://[${text}]` : `http://${text}`
  else {
    const rest = text.slice(scheme[0].length)
    const host = rest.split('/')[0] ?? ''
    if (isBareIPv6(host)) text = `${scheme[0]}[${host}]${rest.slice(host.length)}`
  }
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new BadAddress(`This is no address. Write it as in the browser, for example http://192.168.1.20 or ${examples[1]}.`)
  }
  if (url.username !== '' || url.password !== '') throw new BadAddress('Take user name and password out of the address; there are fields of their own for them.')
  const kept: string[] = []
  for (const segment of url.pathname.split('/')) {
    if (segment === '') continue
    if (ownPages.has(segment)) break
    kept.push(segment)
  }
  return `${url.protocol}//${url.host}${kept.map((segment) => `/${segment}`).join('')}`
}

/** The settings' field for an address: refused with the words of `BadAddress`. Give it a title with `.meta`. */
export function addressField(rules: AddressRules): z.ZodString {
  return z.string().superRefine((value, context) => {
    try {
      baseAddress(value, rules)
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'This is no address.' })
    }
  })
}

/** Two colons first: Node makes its pattern for IPv6 when it is asked the first time, and that takes milliseconds of a start (docs/performance.md). */
const isBareIPv6 = (host: string): boolean => /:.*:/.test(host) && isIPv6(host)

/** The settings' field for the fingerprint of a certificate, with or without colons. */
export const pinField = z.string().regex(/^([0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/, 'a SHA-256 fingerprint has 64 hexadecimal digits').optional()
  .meta({ title: 'Certificate fingerprint', description: 'SHA-256 of a self-signed certificate; no other one is accepted then' })

/** A server on this computer is there without any network. */
export function isLoopback(base: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(base).hostname)
}

/**
 * A camera's address as it is reached from here: relative ones belong to the server's origin ("/webcam/?action=stream",
 * as the browser resolves it), and what the server calls 127.0.0.1 is the server's own computer. Null when it is no http.
 */
export function fromHere(address: string | null, base: string): string | null {
  if (address === null) return null
  let url: URL
  try {
    url = new URL(address, `${base}/`)
  } catch {
    return null
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  if (/^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/.test(url.hostname)) url.hostname = new URL(base).hostname
  return url.href
}
