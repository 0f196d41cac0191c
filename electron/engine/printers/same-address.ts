/** Addresses of servers, as they are compared and kept. */

/** Without user, query and fragment, without closing slashes. */
export function bareAddress(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`
}

/**
 * Whether two addresses are the same but for the case of the host, closing slashes and what follows "#" or "?". A name and the number
 * it stands for are not told to be the same.
 */
export function sameAddress(a: string, b: string): boolean {
  if (!URL.canParse(a) || !URL.canParse(b)) return false
  return bareAddress(new URL(a)) === bareAddress(new URL(b))
}
