/** What a person means by an address. Pure: nothing here asks the network. */
import { isIP, isIPv4, isIPv6 } from 'node:net'
import type { TestCause } from '../../engine/printers/adapter.ts'
import { bareAddress } from '../../engine/printers/same-address.ts'

/** One address to try; `after` names what must have come of the ones before. */
export interface Attempt {
  url: string
  after: readonly TestCause[]
}

export type Address =
  /** In the order they are to be tried; the first is what was typed. */
  | { ok: true; attempts: readonly [Attempt, ...Attempt[]] }
  /** Cause and cure. */
  | { ok: false; detail: string }

const EXAMPLE = 'Write it as in the browser, for example 192.168.1.40 or octopi.local.'
/** What people and their tools put around an address: "<http://octopi.local>," */
const AROUND = /^[\s<("'`\u201C\u201E\u2018\u00AB\u200B\uFEFF]+|[\s>)"'`\u201D\u201C\u2019\u00BB\u200B\uFEFF,;]+$/g
const SCHEME = /^([a-z][a-z0-9+.-]*):\/{1,3}/i

/**
 * Reads "octopi", "octopi.local", "192.168.1.40:5000", "http://octopi.local/octoprint/", "fe80::1", with spaces around. A missing
 * scheme is http; a bare name is tried with ".local" when nobody knows it; where nothing speaks plain HTTP, https is tried.
 */
export function readAddress(typed: string): Address {
  // A space beside a dot, colon or slash is a slip of the clipboard; one inside a name is a mistake.
  const text = typed.replace(AROUND, '').replaceAll('\\', '/').replace(/\s*([./:])\s*/g, '$1')
  if (text === '') return bad(`The address is empty. ${EXAMPLE}`)
  if (/\s/.test(text)) return bad(`There is a space inside the address. Take it out. ${EXAMPLE}`)
  const scheme = schemeOf(text)
  if (scheme.name !== null && !/^https?$/.test(scheme.name)) return bad(`The address begins with ${scheme.name}://. Begin with http:// or https://.`)
  const { rest } = scheme
  const wrong = hostProblem(rest)
  if (wrong !== null) return bad(wrong)
  const whole = `${scheme.name ?? 'http'}://${bracketed(rest)}`
  if (!URL.canParse(whole)) return bad(`This is not an address. ${EXAMPLE}`)
  const url = new URL(whole)
  if (url.username !== '' || url.password !== '') return bad('The address holds a user name or a password. Take them out of it; they have fields of their own.')
  return { ok: true, attempts: attemptsOf(url, scheme.name !== null) }
}

function bad(detail: string): Address {
  return { ok: false, detail }
}

/** "http:/octopi" and "http//octopi" are "http://octopi"; "octopi:5000" has no scheme. */
function schemeOf(text: string): { name: string | null; rest: string } {
  const written = SCHEME.exec(text) ?? /^(https?)\/\//i.exec(text)
  if (!written) return { name: null, rest: text.replace(/^\/+/, '') }
  return { name: (written[1] ?? '').toLowerCase(), rest: text.slice(written[0].length) }
}

/** "fe80::1/octoprint": the browser's brackets are missing. */
function bracketed(rest: string): string {
  const host = rest.split(/[/?#]/)[0] ?? ''
  return isIPv6(host) ? `[${host}]${rest.slice(host.length)}` : rest
}

/** What a URL would read in a way nobody means: "192.168.1" as 192.168.0.1, a port of six digits as no port. */
function hostProblem(rest: string): string | null {
  const authority = (rest.split(/[/?#]/)[0] ?? '').replace(/^.*@/, '')
  if (authority === '') return `There is no name in the address. ${EXAMPLE}`
  if (authority.startsWith('[') || isIPv6(authority)) return null
  const [host = '', port] = authority.split(':')
  if (port !== undefined && port !== '' && !(/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) return `"${port}" is not a port. A port is a number from 1 to 65535, for example 5000.`
  if (/^[\d.]+$/.test(host) && !isIPv4(host)) return `${host} is not an IP address. It has four numbers from 0 to 255, for example 192.168.1.40.`
  return null
}

/** Causes that say: not by this name, not on this port, not with this protocol. */
const ELSEWHERE: readonly TestCause[] = ['refused', 'not_this_server', 'wrong_prefix']

function attemptsOf(url: URL, withScheme: boolean): [Attempt, ...Attempt[]] {
  const attempts: [Attempt, ...Attempt[]] = [{ url: bareAddress(url), after: [] }]
  const isName = isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0
  if (isName && !url.hostname.includes('.') && url.hostname !== 'localhost') {
    const local = new URL(url)
    local.hostname = `${url.hostname}.local`
    attempts.push({ url: bareAddress(local), after: ['name_not_found'] })
  }
  if (!withScheme && url.port === '') {
    const safe = new URL(url)
    safe.protocol = 'https:'
    attempts.push({ url: bareAddress(safe), after: ELSEWHERE })
  }
  return attempts
}
