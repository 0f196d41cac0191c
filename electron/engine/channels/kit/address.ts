/** Addresses that people enter for a destination. */
import { isIP } from 'node:net'
import { z } from 'zod'

/** Cloud machines hand out credentials at these addresses; no destination ever lives there. */
const METADATA = new Set(['169.254.169.254', '169.254.170.2', '100.100.100.200', '[fd00:ec2::254]', 'metadata.google.internal', 'metadata'])

/** An http(s) address without user and password, trimmed. Loopback and the LAN are fine: it is the user's own desk. */
export const webAddress = z.string().trim().superRefine((text, context) => {
  const problem = problemOfAddress(text)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})

/** As `webAddress`, or nothing. One string for the form: a union of both could not be typed into. */
export const webAddressOrNothing = z.string().trim().superRefine((text, context) => {
  const problem = text === '' ? null : problemOfAddress(text)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem.replace('or https://.', 'or https://, or leave it empty.') })
})

/** The base address of a service: as `webAddress`, kept without the slash at its end. */
export const baseAddress = webAddress.transform((text) => text.replace(/\/+$/, ''))

/** What is wrong with it, in words of cause and cure; null = it can be used. */
export function problemOfAddress(text: string, { credentials = 'use the field "token"' }: { credentials?: string } = {}): string | null {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return 'Not an address. Start with http:// or https://.'
  if (url.username !== '' || url.password !== '') return `Take user and password out of the address; ${credentials}.`
  return problemOfHost(url.hostname)
}

/** @param hostname as `URL.hostname` has it */
export function problemOfHost(hostname: string): string | null {
  const host = hostname.replace(/\.$/, '')
  const mapped = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(host)
  const plain = mapped ? ipv4(Number.parseInt(mapped[1] ?? '', 16), Number.parseInt(mapped[2] ?? '', 16)) : host
  if (METADATA.has(plain)) return 'This address hands out the credentials of cloud machines. Nothing is sent there.'
  return isIP(plain) !== 0 || host !== '' ? null : 'The address names no computer.'
}

function ipv4(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
