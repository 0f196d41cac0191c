/** mailto:// and mailtos://, as Apprise's page "Email" has them: much of such an address is left to what is known of providers. */
import { asMailAddress, USUAL_PORT } from '../../channels/kit/mail-config.ts'
import { listOf, type AppriseAddress } from './address.ts'
import { leftOut, type Draft } from './mapping.ts'

type Security = keyof typeof USUAL_PORT

interface Provider {
  domains: RegExp
  server: string
  security: Security
  port: number
  /** It wants the name alone to log in; all others want the whole address. */
  byName?: true
}

/** Where mail of a domain is handed in, as Apprise knows it of the common ones. */
const PROVIDERS: readonly Provider[] = [
  { domains: /^(gmail|googlemail)\.com$/, server: 'smtp.gmail.com', security: 'starttls', port: 587 },
  { domains: /^(hotmail|live)\.com(\.au)?$/, server: 'smtp-mail.outlook.com', security: 'starttls', port: 587 },
  { domains: /^outlook\.com(\.au)?$/, server: 'smtp-mail.outlook.com', security: 'starttls', port: 587 },
  { domains: /^yahoo\.(ca|com)$/, server: 'smtp.mail.yahoo.com', security: 'tls', port: 465 },
  { domains: /^yandex\.(com|ru|ua|by|kz|uz|tr|fr)$/, server: 'smtp.yandex.ru', security: 'tls', port: 465, byName: true },
  { domains: /^gmx\.(net|com|de|at|ch|fr)$/, server: 'mail.gmx.com', security: 'starttls', port: 587 },
  { domains: /^fastmail\.(com|fm)$/, server: 'smtp.fastmail.com', security: 'tls', port: 465 },
  { domains: /^zoho(mail)?\.(com|eu)$/, server: 'smtp.zoho.com', security: 'starttls', port: 587 },
]

const MODES: Readonly<Record<string, Security>> = { ssl: 'tls', starttls: 'starttls', insecure: 'none' }

export function mail(address: AppriseAddress): Draft[] | string | null {
  const { query, user, password, host, targets } = address
  if (query.pgp !== undefined && !/^no/i.test(query.pgp)) return null
  const from = fromOf(address)
  if (from === null) return 'The address that the mail comes from can not be told. Add it: from=ME@EXAMPLE.ORG.'
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1).toLowerCase()
  const provider = query.smtp === undefined ? PROVIDERS.find(({ domains }) => domains.test(domain)) : undefined
  const server = query.smtp ?? provider?.server ?? host
  if (server === '') return 'The mail server can not be told. Add it: smtp=MAIL.EXAMPLE.ORG.'
  const security = MODES[(query.mode ?? '').toLowerCase()] ?? provider?.security ?? (address.scheme === 'mailtos' ? 'starttls' : 'none')
  const port = address.port ?? provider?.port ?? USUAL_PORT[security]
  const login = query.user ?? (provider === undefined || provider.byName ? user : from.address) ?? ''
  const given = [...targets, ...listOf(query.to)]
  const copies = [...listOf(query.cc), ...listOf(query.bcc)]
  const to = [...(given.length > 0 ? given : [from.address]), ...copies]
  return [{
    channel: 'email',
    config: {
      server, security, ...(port === USUAL_PORT[security] ? {} : { port }), ...(login === '' || password === null ? { auth: 'none' } : { user: login }),
      from: from.address, ...(from.name === null ? {} : { fromName: from.name }), to,
    },
    secrets: password === null ? {} : { password },
    notes: [
      ...(copies.length > 0 ? ['Whoever got a copy gets a mail of their own.'] : []),
      ...(security === 'none' ? ['It sends without encryption: password and mail can be read on their way.'] : []),
      ...leftOut(address, ['to', 'cc', 'bcc', 'from', 'name', 'smtp', 'user', 'pgp', 'inline', 'wkd']),
      ...(Object.keys(address.headers).length > 0 ? ['Headers of its own are not taken over.'] : []),
    ],
  }]
}

/** "from" may be a bare address, or a name with the address in brackets, or a name alone. */
function fromOf({ query, user, host }: AppriseAddress): { address: string; name: string | null } | null {
  const [, named, inside] = /^\s*(.*?)\s*<([^<>]+)>\s*$/.exec(query.from ?? '') ?? []
  const given = asMailAddress(inside ?? query.from ?? '')
  const own = user === null ? null : asMailAddress(user.includes('@') ? user : `${user}@${host}`)
  const address = given ?? own
  if (address === null) return null
  const alone = given === null && query.from !== undefined && query.from !== '' ? query.from : null
  const name = named ?? alone ?? query.name ?? ''
  return { address, name: name === '' ? null : name.slice(0, 100) }
}
