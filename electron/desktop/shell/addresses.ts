/** What an address of our two schemes names. Pure: nothing is read here, and no path of the window's choice gets anywhere. */
import { join, normalize, sep } from 'node:path'
import { PICTURE_SCHEME, UI_SCHEME } from './security.ts'

/** Which picture an address names; null = none of ours. Ids only: what they lie in on disk is looked up, never joined. */
export function pictureOf(address: string): { what: 'event' | 'live'; id: string } | null {
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  if (url.protocol !== `${PICTURE_SCHEME}:` || (url.hostname !== 'event' && url.hostname !== 'live')) return null
  let id: string
  try {
    id = decodeURIComponent(url.pathname.slice(1))
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id) ? { what: url.hostname, id } : null
}

/** The file of the window that an address names; null = outside of it. @param folder absolute */
export function fileOf(address: string, folder: string): string | null {
  if (!URL.canParse(address)) return null
  const url = new URL(address)
  if (url.protocol !== `${UI_SCHEME}:` || url.hostname !== 'ui') return null
  let path: string
  try {
    path = decodeURIComponent(url.pathname)
  } catch (error) {
    if (error instanceof URIError) return null
    throw error
  }
  if (path.includes('\0')) return null
  const file = normalize(join(folder, path === '/' ? 'index.html' : path))
  return file.startsWith(folder + sep) ? file : null
}
