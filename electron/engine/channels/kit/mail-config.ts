/** What a person enters about a mail server; shared by every kind that speaks SMTP. */
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { z } from 'zod'
import type { Secret, SecretFields } from '../../settings/secret.ts'
import { problemOfAddress, problemOfHost } from './address.ts'

const LONGEST_LOCAL = 64
const LONGEST_ADDRESS = 254
/** RFC 5321 atoms; quoted local parts are not taken, nobody has one. */
const LOCAL = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const LABEL = /^(?!-)[A-Za-z0-9-]{1,63}(?<!-)$/

const NO_SERVER = 'A mail server is needed. Your mail provider calls it "SMTP server".'

/** The port that goes with each way of encrypting (RFC 8314, RFC 6409). */
export const USUAL_PORT = { tls: 465, starttls: 587, none: 25 } as const

/** Where access tokens are made, for servers whose login is known. */
const TOKEN_ADDRESSES: Readonly<Record<string, string>> = {
  'smtp.gmail.com': 'https://oauth2.googleapis.com/token',
  'smtp-mail.outlook.com': 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
  'smtp.office365.com': 'https://login.microsoftonline.com/common/oauth2/v2.0/token',
}

/** A domain as it goes over the wire (punycode, lower case); null = it is none. A name without a dot is fine: it is the own network. */
function domainOf(text: string): string | null {
  const ascii = domainToASCII(text)
  return ascii !== '' && ascii.length <= 253 && ascii.split('.').every((label) => LABEL.test(label)) ? ascii : null
}

/** A bare mail address, trimmed, its domain as it goes over the wire; null = it is none. */
export function asMailAddress(text: string): string | null {
  const trimmed = text.trim()
  const at = trimmed.lastIndexOf('@')
  const local = trimmed.slice(0, Math.max(0, at))
  const domain = domainOf(trimmed.slice(at + 1))
  if (at < 1 || domain === null || local.length > LONGEST_LOCAL || !LOCAL.test(local)) return null
  const address = `${local}@${domain}`
  return address.length <= LONGEST_ADDRESS ? address : null
}

/** A mail address in a form; kept as it goes over the wire. */
export const mailAddress = z.string({ error: 'A mail address is needed.' }).transform((text, context) => {
  const address = asMailAddress(text)
  if (address !== null) return address
  context.addIssue({ code: 'custom', message: 'Not a mail address. Enter it bare, like me@example.org.' })
  return z.NEVER
})

const serverName = z.string({ error: NO_SERVER }).trim().superRefine((text, context) => {
  const problem = problemOfServer(text)
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})

function problemOfServer(text: string): string | null {
  if (text === '') return NO_SERVER
  if (/[:/]{2}|\//.test(text) && isIP(text) === 0) return 'Not the name of a server. Leave out what stands before and behind it, like https://.'
  if (isIP(text) === 0 && /:\d+$/.test(text)) return 'Enter the port into its own field.'
  if (isIP(text) === 0 && domainOf(text) === null) return 'Not the name of a server. Enter it like smtp.example.org.'
  return problemOfHost(isIP(text) === 6 ? `[${text}]` : text)
}

const tokenAddress = z.string().trim().superRefine((text, context) => {
  const problem = text === '' ? null : problemOfAddress(text, { credentials: 'they have fields of their own' })
  if (problem !== null) context.addIssue({ code: 'custom', message: problem })
})

const WITH_LOGIN = { auth: ['password', 'plain', 'login', 'xoauth2'] }
const WITH_PASSWORD = { auth: ['password', 'plain', 'login'] }
const WITH_TOKEN = { auth: ['xoauth2'] }

/** The fields of a form, in its order. */
export const mailServerFields = {
  server: serverName.meta({ title: 'Mail server', description: 'Outgoing mail (SMTP), like smtp.example.org' }),
  security: z.enum(['tls', 'starttls', 'none']).default('tls')
    .meta({ title: 'Encryption', description: 'TLS from the start (port 465), STARTTLS (port 587), or none: then password and mail can be read on their way' }),
  port: z.number().int().min(1).max(65_535).optional().meta({ title: 'Port', description: 'Empty: 465 for TLS, 587 for STARTTLS, 25 without encryption' }),
  auth: z.enum(['password', 'plain', 'login', 'xoauth2', 'none']).default('password')
    .meta({ title: 'Login', description: 'Password takes PLAIN or LOGIN, whichever the server offers. XOAUTH2 logs in by a token. None: the server wants no login' }),
  user: z.string().trim().max(320).default('').meta({ when: WITH_LOGIN, title: 'User', description: 'For most providers the whole mail address' }),
  clientId: z.string().trim().max(500).default('').meta({ when: WITH_TOKEN, title: 'Client ID', description: 'For XOAUTH2 with a refresh token: of the app that you registered' }),
  tokenAddress: tokenAddress.default('').meta({ when: WITH_TOKEN, title: 'Token address', description: 'For XOAUTH2 with a refresh token. Empty: known for Gmail and Outlook' }),
  from: mailAddress.meta({ title: 'From', description: 'The address that the mail comes from. Most servers take only your own' }),
  fromName: z.string().trim().max(100).default('Printbell').meta({ title: "Sender's name", description: 'Stands beside the address' }),
  timeoutMs: z.number().int().min(1_000).max(60_000).default(30_000).meta({ title: 'Wait at most', description: 'How long one mail may take', unit: 'ms' }),
} as const

export const mailSecretFields = {
  password: { label: 'Password', required: false, after: 'user', when: WITH_PASSWORD },
  clientSecret: { label: 'Client secret', required: false, after: 'clientId', when: WITH_TOKEN },
  refreshToken: { label: 'Refresh token', required: false, after: 'tokenAddress', when: WITH_TOKEN },
  accessToken: { label: 'Access token', required: false, after: 'tokenAddress', when: WITH_TOKEN },
} as const satisfies SecretFields

export interface MailServerConfig {
  server: string
  security: keyof typeof USUAL_PORT
  port?: number | undefined
  auth: 'password' | 'plain' | 'login' | 'xoauth2' | 'none'
  user: string
  clientId: string
  tokenAddress: string
  from: string
  fromName: string
  timeoutMs: number
}

interface Issues {
  addIssue(issue: { code: 'custom'; path: string[]; message: string }): void
}

/** What only shows when the fields are looked at together; a `superRefine` of the kind's schema calls it. */
export function checkMailServer(config: MailServerConfig, context: Issues): void {
  const issue = (field: keyof MailServerConfig, message: string): void => context.addIssue({ code: 'custom', path: [field], message })
  if (config.port === USUAL_PORT.tls && config.security !== 'tls') issue('port', 'Port 465 is encrypted from the start: choose TLS, or port 587 for STARTTLS.')
  if (config.port === USUAL_PORT.starttls && config.security === 'tls') issue('port', 'Port 587 begins unencrypted: choose STARTTLS, or port 465 for TLS.')
  if (config.auth !== 'none' && config.user === '') issue('user', 'A user is needed to log in. Choose the login "None" if the server wants none.')
  if (config.auth === 'xoauth2' && config.clientId !== '' && tokenAddressOf(config) === null) issue('tokenAddress', 'The address that hands out tokens is needed; the provider names it in its OAuth pages.')
}

/** Where a refresh token is exchanged; null = not known. */
export function tokenAddressOf(config: Pick<MailServerConfig, 'tokenAddress' | 'server'>): string | null {
  return config.tokenAddress !== '' ? config.tokenAddress : TOKEN_ADDRESSES[config.server.toLowerCase()] ?? null
}

/** The secret that the chosen login can't do without, in words of cause and cure; null = it is there. */
export function missingSecret(config: Pick<MailServerConfig, 'auth' | 'clientId'>, secrets: Readonly<Record<string, Secret>>): string | null {
  switch (config.auth) {
    case 'none': return null
    case 'xoauth2':
      if (secrets.accessToken !== undefined || (secrets.refreshToken !== undefined && config.clientId !== '')) return null
      return 'There is no token to log in with. Enter an access token, or client ID and refresh token.'
    default: return secrets.password === undefined ? 'There is no password to log in with. Enter it.' : null
  }
}
