/** What must not stand in the settings: where a secret was written into a header, the body or the address, and the ones that have a field. */
import type { Secret } from '../../settings/secret.ts'
import { withoutParams } from './params.ts'

/** Headers that carry one. */
const TELLING_HEADER = /authorization|cookie|api-?key|secret|token|password/i
/** Fields of a body that carry one. */
const TELLING_FIELD = /^(?:.*(?:secret|password|api[-_ ]?key|private[-_ ]?key)|token|access[-_ ]?(?:token|code|key)|auth[-_ ]?(?:token|key)|app[-_ ]?token|user[-_ ]?key)$/i
/** In a query also these: in a body they may as well name something else. */
const TELLING_IN_QUERY = /^(?:key|pass|pwd|auth|sig|signature|code)$/i
/** What stands before one and is none. */
const SCHEME = /^(?:Basic|Bearer|Token|Key|ApiKey|GenieKey|Digest|Negotiate)$/i

/** Whether the value of this header is a secret that was written out. */
export function isSecretHeader(name: string, value: string): boolean {
  return TELLING_HEADER.test(name) && writtenOut(value)
}

export function isSecretField(name: string, value: unknown): boolean {
  return typeof value === 'string' && TELLING_FIELD.test(name) && writtenOut(value)
}

/** Something is left when parameters and the word before a token are taken away. */
function writtenOut(value: string): boolean {
  const rest = withoutParams(value).replace(/[\w-]+="?"?(?=[;,&]|$)/g, '').trim()
  return rest !== '' && !SCHEME.test(rest) && !/^(?:true|false|null|none|[\s.:;,=&-]+)$/i.test(rest)
}

/** Where secrets are written out in a body, as paths ("auth.token"); at any depth. */
export function secretsInBody(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    const here = path === '' ? name : `${path}.${name}`
    return isSecretField(name, inner) ? [here] : secretsInBody(inner, here)
  })
}

/** The names of query values that are written out and telling. */
export function secretsInQuery(url: string): string[] {
  const query = /\?([^#]*)/.exec(url)?.[1] ?? ''
  return query.split('&').flatMap((pair) => {
    const [name = '', ...value] = pair.split('=')
    const given = value.join('=')
    return isSecretField(name, given) || (TELLING_IN_QUERY.test(name) && writtenOut(given)) ? [name] : []
  })
}

/** The secrets as parameters see them: `@apiSecret`, and each `@secrets.NAME`. */
export interface SecretValues {
  apiSecret: string
  secrets: Readonly<Record<string, string>>
}

export const BAD_SECRETS = 'The field "Other secrets" is no JSON object of texts. Enter it like {"name": "value"}.'

/** @returns null when "Other secrets" can't be read */
export function secretValues(secrets: Readonly<Record<string, Secret>>): SecretValues | null {
  const others = secrets.secrets === undefined ? {} : objectOf(secrets.secrets.reveal())
  if (others === null || !Object.values(others).every((value) => typeof value === 'string')) return null
  return { apiSecret: secrets.apiSecret?.reveal() ?? '', secrets: others as Record<string, string> }
}

/** JSON that must be an object; null = it is none. */
export function objectOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : null
  } catch {
    return null
  }
}

/** Those of `@secrets.NAME` in a template that are not there. */
export function missingSecrets(template: string, { secrets }: SecretValues): string[] {
  const there = (name: string): boolean => Object.keys(secrets).some((known) => secrets[known] !== '' && (name === known || name.startsWith(`${known}-`)))
  return [...template.matchAll(/(?<!@)@secrets\.([\p{L}\p{N}_-]+)/gu)].map(([, name = '']) => name).filter((name) => !there(name)).map((name) => `@secrets.${name}`)
}
