/**
 * Takes out of texts what is nobody else's business: where the user's servers are, who the user is, and whatever looks like a key.
 * Whatever is a secret that this process knows goes first (scrub); this is the net for what it does not know. Pure.
 */
import { scrub } from '../../engine/settings/secret.ts'

export const LEFT_OUT = '[left out]'

/** Fields of log lines that hold credentials by their name. Not every "key": a job's key is no secret. */
const TELLING_NAME = /token|passw|pwd|passphrase|secret|credential|cookie|^auth$|authorization|api[-_]?key|access[-_]?key|private[-_]?key|^key$|signature/i
/** The same names in running text, with what stands behind them: `apiKey=...`, `"token": "..."`, `password is ...`. */
const NAMED_VALUE = /\b((?:x-)?(?:api|access|private)[-_ ]?key|[\w-]*token|[\w-]*passw(?:or)?d|pwd|passphrase|[\w-]*secret|credentials?|cookie|signature)(["']?\s*(?:[:=]|\bis\b)\s*["']?)[^\s"',;&}]+/gi
const SCHEME_VALUE = /\b(Bearer|Basic|Digest)\s+[^\s"',;]+/gi
const ADDRESS = /\b([a-z][a-z0-9+.-]*:\/\/)([^\s"'<>`]+)/gi
const MAIL = /[^\s@"'<>(),:;=]+@[^\s@"'<>(),:;=]+\.[a-z]{2,}/gi
const IPV4 = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)/g
const IPV6 = /(?<![\w:.])(?:[0-9a-f]{0,4}:){3,7}(?:[0-9a-f]{1,4}|:)(?:%\w+)?(?![\w:])/gi
/** Names that only mean something in one network, and the one a resolver complains about. */
const LOCAL_NAME = /(?<![\w.-])[\w-]+(?:\.[\w-]+)*\.(?:local|lan|home|internal|fritz\.box|localdomain|home\.arpa)(?![\w-])/gi
const LOOKED_UP = /\b(ENOTFOUND|EAI_AGAIN)\s+([\w.-]+)/g
/** Long, with letters and digits: what programs make up. Our own ids are as long and are no secret. */
const MADE_UP = /(?<![A-Za-z0-9_=-])(?=[A-Za-z0-9_=-]*\d)(?=[A-Za-z0-9_=-]*[A-Za-z])[A-Za-z0-9_=-]{20,}|(?<![A-Za-z0-9+/])(?=[A-Za-z0-9+/]*\d)(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])[A-Za-z0-9+/]{24,}={0,2}/g
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/
const DEEPEST = 8
/** Characters of one text; the patterns take long for long ones, and nobody reads them. */
const LONGEST = 4_000

export interface VeilOptions {
  /** Hosts of the user's servers, whatever they are called. */
  hosts: readonly string[]
  /** The user's home folder, and the user's name. */
  home: string
  user: string
}

export interface Veil {
  text(text: string): string
  /** The same through objects and lists; fields that are secret by their name go as a whole. */
  value(value: unknown): unknown
}

/** The same host gets the same stand-in ("host-1") everywhere in what one veil covers. */
export function createVeil({ hosts, home, user }: VeilOptions): Veil {
  const standIns = new Map<string, string>()
  const standIn = (host: string): string => {
    const name = host.toLowerCase()
    if (name === 'localhost' || name === '127.0.0.1' || name === '[::1]') return name
    const known = standIns.get(name)
    if (known !== undefined) return known
    const made = `host-${standIns.size + 1}`
    standIns.set(name, made)
    return made
  }
  const known = [...new Set(hosts.map((host) => host.toLowerCase()))].filter((host) => host.length > 1 && host !== 'localhost')
  for (const host of known) standIn(host)
  // The longest first: one may be the beginning of another.
  const names = known.sort((a, b) => b.length - a.length).map((host) => ({ host, pattern: new RegExp(`(?<![\\w.-])${escaped(host)}(?![\\w-]|\\.\\w)`, 'gi') }))
  const homes = home.length > 1 ? new RegExp(escaped(home).replaceAll('/', '[\\\\/]'), 'gi') : null
  const users = user.length > 2 ? new RegExp(`(?<![\\p{L}\\p{N}_])${escaped(user)}(?![\\p{L}\\p{N}_])`, 'gu') : null

  function text(given: string): string {
    const whole = scrub(given)
    let clean = (whole.length > LONGEST ? `${whole.slice(0, LONGEST)} ...` : whole)
      .replace(SCHEME_VALUE, `$1 ${LEFT_OUT}`)
      .replace(ADDRESS, (_all, scheme: string, rest: string) => {
        const end = /[.,;:!?)\]}]*$/.exec(rest)?.[0] ?? ''
        return `${scheme}${shortened(rest.slice(0, rest.length - end.length), standIn)}${end}`
      })
      .replace(NAMED_VALUE, `$1$2${LEFT_OUT}`)
      .replace(MAIL, LEFT_OUT)
    for (const { host, pattern } of names) clean = clean.replace(pattern, standIn(host))
    clean = clean
      .replace(LOOKED_UP, (_all, code: string, host: string) => `${code} ${/^host-\d+$/.test(host) ? host : standIn(host)}`)
      .replace(LOCAL_NAME, standIn)
      .replace(IPV4, standIn)
      .replace(IPV6, (address) => standIn(`[${address}]`))
    if (homes) clean = clean.replace(homes, '~')
    if (users) clean = clean.replace(users, 'user')
    return clean.replace(MADE_UP, (word) => (ULID.test(word) ? word : LEFT_OUT))
  }

  function value(given: unknown, depth = 0): unknown {
    if (typeof given === 'string') return text(given)
    if (typeof given !== 'object' || given === null) return given
    if (depth >= DEEPEST) return LEFT_OUT
    if (Array.isArray(given)) return given.map((item) => value(item, depth + 1))
    return Object.fromEntries(Object.entries(given).map(([name, item]) => [text(name), TELLING_NAME.test(name) && !isReference(item) ? LEFT_OUT : value(item, depth + 1)]))
  }
  return { text, value: (given) => value(given) }
}

/** "me:pw@octopi.local:5000/a?key=b" to "host-1:5000/...": what is behind the host is left out, for it may hold anything. */
function shortened(rest: string, standIn: (host: string) => string): string {
  const [, authority = '', path = ''] = /^([^/?#\\]*)(.*)$/.exec(rest) ?? []
  const [, host = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(:\d+)?/.exec(authority.slice(authority.lastIndexOf('@') + 1)) ?? []
  return `${standIn(host)}${port}${path === '' || path === '/' ? path : '/...'}`
}

/** Where a secret lies is no secret; its value stands elsewhere. */
function isReference(value: unknown): boolean {
  if (value === null || typeof value === 'boolean') return true
  if (typeof value !== 'object' || Array.isArray(value)) return false
  const names = Object.keys(value)
  return names.length === 1 && ['env', 'file', 'store'].includes(names[0] ?? '')
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, (sign) => (sign === '/' ? '/' : `\\${sign}`))
}
