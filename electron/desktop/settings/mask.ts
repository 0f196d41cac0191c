/** Logins inside of addresses never reach the window (R35). Pure. */

/** Stands for user and password in an address that is shown. */
export const MASK = '•••'

const LOGIN = /([a-z][a-z0-9+.-]*:\/\/)[^/?#\s]*@/gi

/** "http://me:hunter2@cam.local/" to "http://•••@cam.local/"; in texts, lists and objects of any depth. */
export function masked<T>(value: T): T {
  if (typeof value === 'string') return value.replace(LOGIN, `$1${MASK}@`) as T
  if (Array.isArray(value)) return value.map((item: unknown) => masked(item)) as T
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, masked(item as unknown)])) as T
  return value
}

/** A field that comes back as it was shown was not changed: its login is still the one we hold. */
export function unmasked(given: unknown, held: unknown): unknown {
  return typeof given === 'string' && given.includes(MASK) && typeof held === 'string' && masked(held) === given ? held : given
}
