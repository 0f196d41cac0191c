/** What people read of an update that could not be had: cause, then cure. */
import { UpdateError } from './updater.ts'

const UNREACHABLE = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EPIPE', 'ERR_NETWORK'])
const TOO_SLOW = new Set(['ETIMEDOUT', 'ECONNABORTED'])

/** @param host that was asked */
export function failureText(error: unknown, host: string): string {
  if (error instanceof UpdateError) return error.message
  const code = codeOf(error)
  if (UNREACHABLE.has(code)) return `${host} can't be reached. Check the network; Printbell tries again.`
  if (TOO_SLOW.has(code)) return `${host} does not answer. Printbell tries again.`
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'There is no space left for the download. Make room on the disk.'
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'The download can\'t be written into the data folder. Check who may write there.'
  if (code === 'EPROXYDOWN' || code === 'EPROXYREFUSED' || code === 'EPROXYKIND') return `The proxy lets nothing through to ${host}. Check the system's proxy settings.`
  if (/CERT|SELF_SIGNED|TLS|SSL/.test(code)) return `The certificate of ${host} is not trusted. Check the address, and the clock of this computer.`
  return 'The newer version could not be had; the log says why. Printbell tries again.'
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null
  return typeof code === 'string' ? code : ''
}
