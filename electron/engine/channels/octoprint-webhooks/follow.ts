/**
 * Redirects as the plugin's HTTP library follows them, within limits: at most five, never from https to http, and never to another
 * computer, because headers and body hold secrets.
 */
import type { ChannelPorts } from '../channel.ts'
import { ask, type Answer, type Asked, type Asking } from '../kit/http.ts'

const AT_MOST = 5
/** Repeated as it was. The library would send a GET without body after a 301, and the event would be lost. */
const AGAIN = [301, 307, 308]
/** "Look there for the answer": the event was taken. */
const SEE_OTHER = [302, 303]

/** Why the last redirect was not followed; null = there was none. */
export type Stop = 'elsewhere' | 'unsafe' | 'circle' | null

export async function askFollowing(ports: Pick<ChannelPorts, 'clock' | 'net'>, first: Asked): Promise<{ asking: Asking; stop: Stop; secure: boolean }> {
  let asked = first
  for (let hops = 0; ; hops += 1) {
    const asking = await ask(ports, asked)
    const secure = asked.url.toLowerCase().startsWith('https:')
    const target = asking.answer === null ? null : targetOf(asking.answer, asked.url)
    if (asking.answer === null || target === null) return { asking, stop: null, secure }
    const stop = hops >= AT_MOST ? 'circle' : stopOf(new URL(asked.url), target)
    if (stop !== null) return { asking, stop, secure }
    asked = next(asked, asking.answer.status, target)
  }
}

/** Null = it sends nobody on. */
function targetOf({ status, headers }: Answer, from: string): URL | null {
  const { location } = headers
  if (location === undefined || (!AGAIN.includes(status) && !SEE_OTHER.includes(status)) || !URL.canParse(location, from)) return null
  return new URL(location, from)
}

function stopOf(from: URL, to: URL): Stop {
  if (from.protocol === 'https:' && to.protocol !== 'https:') return 'unsafe'
  const upgraded = from.protocol === 'http:' && to.protocol === 'https:'
  return to.hostname === from.hostname && (upgraded || (to.protocol === from.protocol && to.port === from.port)) ? null : 'elsewhere'
}

function next(asked: Asked, status: number, target: URL): Asked {
  target.username = ''
  target.password = ''
  if (AGAIN.includes(status)) return { ...asked, url: target.href }
  const { data: _sent, headers = {}, ...rest } = asked
  return { ...rest, method: 'GET', url: target.href, headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !/^content-/i.test(name))) }
}
