/** The address of a webhook. Whoever has it can post, so it is a secret as a whole. */
import type { Secret } from '../../settings/secret.ts'
import { problemOfAddress } from '../kit/address.ts'

/** Where a webhook lives: at Discord, or at somebody's own relay to it. */
export interface Webhook {
  /** Without a slash at its end: "https://discord.com/api/v10". */
  apiBase: string
  id: string
  token: Secret
  /** Of the address itself; null = none. */
  threadId: string | null
}

const LOOKS_LIKE = 'It looks like https://discord.com/api/webhooks/NUMBER/LETTERS.'
const HOSTS = /(^|\.)(discord|discordapp)\.com$/
const PATH = /^(.*\/api)(\/v\d{1,2})?\/webhooks\/(\d{5,20})\/([\w-]{8,200})(\/\w+)?\/?$/
/** Addresses that people copy name no version, and Discord would take an old one (https://discord.com/developers/docs/reference#api-versioning). */
const VERSION = '/v10'

/** @returns the webhook, or what is wrong with the address, in words of cause and cure */
export function readAddress(address: Secret, secretOf: (token: string) => Secret): Webhook | string {
  const text = address.reveal().trim()
  const problem = problemOfAddress(text, { credentials: 'Discord needs none' })
  if (problem !== null) return `${problem} ${LOOKS_LIKE}`
  const url = new URL(text)
  const [, base, version, id, token, more] = PATH.exec(url.pathname) ?? []
  if (base === undefined || id === undefined || token === undefined) return `This is no webhook of Discord. ${LOOKS_LIKE}`
  if (more !== undefined) return `Take "${more}" off the end of the address.`
  const thread = url.searchParams.get('thread_id')
  const threadId = thread !== null && /^\d{5,20}$/.test(thread) ? thread : null
  return { apiBase: `${url.origin}${base}${version ?? (HOSTS.test(url.hostname) ? VERSION : '')}`, id, token: secretOf(token), threadId }
}
