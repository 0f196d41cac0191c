/** Whether a config leads to this computer itself: a broker or gateway on it works without any network. */
import { isIPv4 } from 'node:net'

/** True when any of its texts is, or is an address at, this computer's own loopback. */
export function isOnThisComputer(config: unknown): boolean {
  if (typeof config === 'string') return isLoopback(hostOf(config.trim().toLowerCase()))
  if (typeof config !== 'object' || config === null) return false
  return Object.values(config).some(isOnThisComputer)
}

function hostOf(text: string): string {
  if (URL.canParse(text) && text.includes('://')) return new URL(text).hostname
  // A host with its port, as a mail server or broker is often entered.
  return /^([a-z0-9.-]+):\d{1,5}$/.exec(text)?.[1] ?? text
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/\.$/, '')
  return bare === 'localhost' || bare.endsWith('.localhost') || bare === '::1' || bare === '[::1]' || (isIPv4(bare) && bare.startsWith('127.'))
}
