/** What a service's mapping of Apprise addresses gives, and what it says of the parts that it leaves out. */
import type { AppriseAddress } from './address.ts'

/** What becomes of one address; it may be several (one for each topic or chat). */
export interface Draft {
  channel: string
  config: Record<string, unknown>
  secrets: Record<string, string>
  missing?: string[]
  notes?: string[]
}

/** Null = it asks for more than the channel can: the gateway takes it as it is. A string = what is wrong with it. */
export type Mapping = (address: AppriseAddress) => Draft[] | string | null

/** Those of the query that the mapping does not know, as a note. */
export function leftOut(address: AppriseAddress, known: readonly string[]): string[] {
  const others = Object.keys(address.query).filter((name) => !known.includes(name) && !EVERYWHERE.has(name))
  return others.length === 0 ? [] : [`Not taken over: ${others.map((name) => name.slice(0, 30)).join(', ')}.`]
}

/** Apprise's own for every service: how it sends, which ours do in their own way. */
const EVERYWHERE = new Set(['format', 'overflow', 'emojis', 'tz', 'verify', 'rto', 'cto', 'store', 'redirect', 'retry', 'wait', 'optional', 'image', 'footer', 'title', 'body', 'mode', 'auth'])
