/** The proxy that this desktop uses for an address, as Chromium finds it out: system settings, or a script (PAC) that decides. */

/**
 * The first way of an answer in PAC's words ("PROXY proxy.lan:3128; DIRECT") as an address; null = straight.
 * A way that only other programs can go ("SOCKS5 ...") is left out when another one follows, else given as it is, so that it can be named.
 */
export function proxyOfPac(answer: string): string | null {
  const ways = answer.split(';').map(wayOf).filter((way) => way !== undefined)
  const spoken = ways.find((way) => way === null || way.startsWith('http'))
  return spoken === undefined ? ways[0] ?? null : spoken
}

const SCHEMES: Readonly<Record<string, string>> = { PROXY: 'http', HTTP: 'http', HTTPS: 'https', SOCKS: 'socks', SOCKS4: 'socks4', SOCKS5: 'socks5', QUIC: 'quic' }

/** Undefined = no words of PAC. */
function wayOf(text: string): string | null | undefined {
  const [kind = '', place = ''] = text.trim().split(/\s+/)
  if (kind.toUpperCase() === 'DIRECT') return null
  const scheme = SCHEMES[kind.toUpperCase()]
  return scheme === undefined || place === '' ? undefined : `${scheme}://${place}`
}

/**
 * What the environment names wins: somebody set it for this very program, and Chromium forgets the login in it.
 * @param resolve Electron's `session.resolveProxy`
 * @param named the proxy that the environment names for an address; '' = none
 */
export function desktopProxy(resolve: (url: string) => Promise<string>, named: (url: string) => string): (url: string) => Promise<string | null> {
  return async (url) => named(url) || proxyOfPac(await resolve(url))
}
