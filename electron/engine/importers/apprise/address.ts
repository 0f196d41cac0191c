/**
 * Apprise's addresses, as its page "URL basics" has them. They only look like web addresses: "tgram://123:abc/456" has no port,
 * "slack://a/b/c/#general" no fragment, and a "+name=value" in the query is a header. So the usual reader of addresses is of no use.
 */

export interface AppriseAddress {
  /** Lower case, without "://". */
  scheme: string
  user: string | null
  password: string | null
  /** Decoded; as it was written otherwise. */
  host: string
  port: number | null
  /** Between the slashes; decoded, none of them empty. */
  path: readonly string[]
  /** Whom it goes to: commas and blanks are as good as slashes there. */
  targets: readonly string[]
  /** Decoded, names in lower case; the last of a name wins. */
  query: Readonly<Record<string, string>>
  /** "+name=value" in the query: headers. */
  headers: Readonly<Record<string, string>>
  /** "-name=value" in the query: parameters of the request. */
  params: Readonly<Record<string, string>>
  /** ":name=value" in the query: further fields of what is sent. */
  fields: Readonly<Record<string, string>>
  /** As it stood there. */
  text: string
}

const SHAPE = /^([a-z0-9]{1,32}):\/\/([^/?]*)([^?]*)(?:\?(.*))?$/is

/** Null = it is none. */
export function readAddress(text: string): AppriseAddress | null {
  const shape = SHAPE.exec(text.trim())
  if (shape === null) return null
  const [, scheme = '', authority = '', path = '', query = ''] = shape
  const at = authority.lastIndexOf('@')
  const login = at < 0 ? null : authority.slice(0, at)
  const place = authority.slice(at + 1)
  const port = /^(.*):(\d{1,5})$/.exec(place)
  const colon = login?.indexOf(':') ?? -1
  return {
    scheme: scheme.toLowerCase(),
    user: login === null ? null : decoded(colon < 0 ? login : login.slice(0, colon)),
    password: login === null || colon < 0 ? null : decoded(login.slice(colon + 1)),
    host: decoded(port?.[1] ?? place),
    port: port === null ? null : Number(port[2]),
    path: path.split('/').filter((part) => part !== '').map(decoded),
    targets: path.split(/[\s,/]+/).filter((part) => part !== '').map(decoded),
    ...readQuery(query),
    text: text.trim(),
  }
}

function readQuery(query: string): Pick<AppriseAddress, 'query' | 'headers' | 'params' | 'fields'> {
  const read: Record<'query' | 'headers' | 'params' | 'fields', Record<string, string>> = { query: {}, headers: {}, params: {}, fields: {} }
  for (const pair of query.split('&').filter((one) => one !== '')) {
    const equals = pair.indexOf('=')
    // The sign itself may be encoded ("%2BX-Token"); a plus further on is a blank.
    const name = decoded((equals < 0 ? pair : pair.slice(0, equals)).replace(/(?!^)\+/g, ' '))
    const value = equals < 0 ? '' : decoded(pair.slice(equals + 1).replaceAll('+', ' '))
    const group = ({ '+': 'headers', '-': 'params', ':': 'fields' } as const)[name.charAt(0)]
    if (group === undefined) read.query[name.toLowerCase()] = value
    else read[group][name.slice(1)] = value
  }
  return read
}

/** What is not encoded well stands for itself. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Apprise's lists: commas or blanks between. */
export function listOf(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter((part) => part !== '')
}

/** Apprise's yes and no. */
export function isYes(text: string | undefined): boolean {
  return /^(y|yes|t|true|1|on|enable|\+)/i.test(text ?? '')
}
