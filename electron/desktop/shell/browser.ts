import { shell } from 'electron'
import type { Log } from '../../engine/ports.ts'
import { mayOpen } from './security.ts'

export interface BrowserParts {
  /** The pages of the servers in the settings, as they are now. */
  servers(): readonly string[]
  /** The project's own page; null = it has none. */
  homepage: string | null
  log: Log
}

/**
 * Opens an address in the browser: of a server of the settings, or one that the caller allows.
 * @returns called with the address, servers that are not in the settings yet, and pages that are meant by themselves; false = it was not opened
 */
export function browserOpener({ servers, homepage, log }: BrowserParts): (url: string, more?: readonly string[], pages?: readonly string[]) => Promise<boolean> {
  return async (url, more = [], pages = []) => {
    if (!mayOpen(url, { serverUrls: [...servers(), ...more], allowed: [...pages, ...(homepage === null ? [] : [homepage])] })) {
      log.warn('an address was not opened: no server of the settings has it', { url })
      return false
    }
    return shell.openExternal(url).then(() => true, (error: unknown) => {
      log.warn('the browser could not be opened', { error })
      return false
    })
  }
}
