/** Takes the secrets that people wrote into addresses, headers and bodies out of them: `@secrets.NAME` stays in their place. */
import { isSecretField, isSecretHeader } from '../channels/octoprint-webhooks/secrets.ts'

/** Long, with digits among letters: what services make up. */
const TOKEN = /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_~.+=:-]{16,}$/
const SCHEME = /^(?:Basic|Bearer|Token|Key|ApiKey|GenieKey|Digest)$/i

/** Gathers them under names of their own. */
export class TakenOut {
  readonly values: Record<string, string> = {}

  /** @returns what stands in its place */
  take(name: string, value: string): string {
    const plain = name.replace(/[^A-Za-z0-9_]+/g, '_').replace(/^_+|_+$/g, '') || 'secret'
    const same = Object.keys(this.values).find((known) => this.values[known] === value)
    if (same !== undefined) return `@secrets.${same}`
    let free = plain
    for (let number = 2; Object.hasOwn(this.values, free); number += 1) free = `${plain}${number}`
    this.values[free] = value
    return `@secrets.${free}`
  }
}

/** User and password become a header; path and query keep all but their tokens. */
export function takeFromUrl(url: string, taken: TakenOut): { url: string; authorization: string | null } {
  const login = /^(https?:\/\/)([^/?#@\s]+)@(?=[^@\s]+$)/i.exec(url)
  const [, scheme = '', user = ''] = login ?? []
  const authorization = login === null ? null : taken.take('Authorization', `Basic ${Buffer.from(decoded(user)).toString('base64')}`)
  const rest = login === null ? url : url.slice(login[0].length)
  const [, start = '', path = '', query = ''] = /^((?:https?:\/\/)?[^/?#]*)([^?#]*)(.*)$/i.exec(rest) ?? []
  const cleanPath = path.split('/').map((part) => (TOKEN.test(decoded(part)) ? taken.take('url', decoded(part)) : part)).join('/')
  const cleanQuery = query.replace(/([?&])([^=&#]*)=([^&#]*)/g, (all, mark: string, name: string, value: string) =>
    value !== '' && !value.includes('@') && (isSecretField(name, value) || /^(?:key|pass|pwd|auth|sig|signature|code)$/i.test(name) || TOKEN.test(decoded(value))) ? `${mark}${name}=${taken.take(name, decoded(value))}` : all)
  return { url: `${scheme}${start}${cleanPath}${cleanQuery}`, authorization }
}

export function takeFromHeaders(headers: Readonly<Record<string, string>>, taken: TakenOut): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, isSecretHeader(name, value) ? inPlace(name, value, taken) : value]))
}

export function takeFromBody(value: unknown, taken: TakenOut): unknown {
  if (Array.isArray(value)) return value.map((item) => takeFromBody(item, taken))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, isSecretField(name, inner) ? inPlace(name, String(inner), taken) : takeFromBody(inner, taken)]))
}

/** The whole value; among parameters, only the words that are written out. */
function inPlace(name: string, value: string, taken: TakenOut): string {
  if (!value.includes('@')) return taken.take(name, value)
  return value.split(' ').map((word) => (word === '' || word.includes('@') || SCHEME.test(word) ? word : taken.take(name, word))).join(' ')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Puts them back, for an export with secrets. */
export function putBack(value: unknown, secrets: Readonly<Record<string, string>>, encode: (text: string) => string = (text) => text): unknown {
  if (typeof value === 'string') return value.replace(/(?<!@)@secrets\.([A-Za-z0-9_]+)/g, (all, name: string) => (secrets[name] === undefined ? all : encode(secrets[name])))
  if (Array.isArray(value)) return value.map((item) => putBack(item, secrets, encode))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, putBack(inner, secrets, encode)]))
}
