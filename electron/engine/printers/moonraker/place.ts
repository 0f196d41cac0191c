/** Where on its computer a Moonraker answers, and what answers where none does. */
import { ServerError } from '../kit/server-error.ts'
import type { Rest } from '../kit/rest.ts'
import { parseJson, type HttpAnswer } from '../net.ts'
import { foreign, isMoonraker, judge, notRunning, proxyAuth } from './rest.ts'

/** Names by which a page's title, or another server's own words, give themselves away; first match wins. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/octoprint/i, 'OctoPrint. Add it as an OctoPrint server'],
  [/prusa ?(link|connect)|original prusa/i, 'PrusaLink. Add it as a PrusaLink server'],
  [/duet web control|reprap/i, 'a Duet board (RepRapFirmware)'],
  [/repetier/i, 'Repetier-Server'],
  [/mainsail|fluidd/i, 'a page of Mainsail or Fluidd without a Moonraker behind it'],
  [/home assistant/i, 'Home Assistant'],
  [/obico|spaghetti detective/i, 'an Obico server'],
  [/fritz!box|openwrt|luci|router|gateway|unifi|mikrotik|pfsense|opnsense|speedport|netgear|tp-link|zyxel/i, "a router's page"],
  [/mjpg|motion|camera|webcam/i, "a camera's page"],
]

interface Places {
  readonly rest: Rest
  restAt(base: string): Rest
}

/** The first of these places where a Moonraker answers, other than the one that was tried; null = at none. */
export async function placeOf(here: Places, places: readonly string[], signal: AbortSignal): Promise<string | null> {
  for (const place of places) {
    if (signal.aborted) return null
    if (place !== here.rest.base && await answersAt(here.restAt(place), signal)) return place
  }
  return null
}

async function answersAt(rest: Rest, signal: AbortSignal): Promise<boolean> {
  try {
    return await isMoonraker(rest, signal)
  } catch (error) {
    if (error instanceof ServerError) return false
    throw error
  }
}

/** Why there is no websocket where one was answered with a status instead. @throws what is no ServerError */
export async function nameRefusal(rest: Rest, status: number, signal: AbortSignal): Promise<ServerError> {
  const { host } = rest
  if (status === 403) return originRefused(host)
  if (status === 502 || status === 503 || status === 504) return notRunning(host, status)
  try {
    const here = await isMoonraker(rest, signal)
    if (status === 401) return proxyAuth(host, status)
    if (here) return new ServerError('server_error', `Moonraker answers on ${host}, but its websocket is answered with status ${status}. The proxy in front must pass upgrades of /websocket on.`, status)
    return await stranger(rest, signal)
  } catch (error) {
    if (error instanceof ServerError) return error
    throw error
  }
}

/** A websocket that is forbidden: we send no Origin, so somebody in between does. */
export function originRefused(host: string): ServerError {
  return new ServerError('permission_missing', `Moonraker on ${host} refuses the websocket (status 403). A proxy in front adds an Origin that moonraker.conf does not allow: let it add none, or write that Origin into cors_domains.`, 403)
}

/** Says what answers there instead of a Moonraker. Nothing secret is sent. */
export async function stranger(rest: Rest, signal: AbortSignal): Promise<ServerError> {
  const options = { signal, anonymous: true, maxBytes: 500_000, deadlineMs: 5_000 }
  const said = await rest.call('GET', '/api/version', options)
  const version: unknown = said.status < 300 ? parseJson(said.body) : undefined
  const text = typeof version === 'object' && version !== null && 'text' in version && typeof version.text === 'string' ? version.text : ''
  const page = await rest.call('GET', '/', options)
  const wrong = judge(page, rest.host)
  if (wrong && wrong.cause_ !== 'wrong_prefix' && wrong.cause_ !== 'server_error') return wrong
  if (wrong && page.status < 400) return wrong
  const title = titleOf(page)
  const server = (page.headers['server'] ?? '').slice(0, 60)
  for (const [pattern, name] of NAMES) if (pattern.test(text) || pattern.test(title) || pattern.test(server)) return foreign(rest.host, name)
  const shown = title === '' ? '' : ` The page there is called "${title}".`
  return new ServerError('not_this_server', `This is not Moonraker: ${rest.host} answers${server === '' ? '' : ` as "${server}"`}, but not in Moonraker's way.${shown}`)
}

/** The title of a page, one line, bounded; '' when there is none. */
function titleOf(page: HttpAnswer): string {
  const title = /<title[^>]*>([^<]{0,300})/i.exec(new TextDecoder().decode(page.body))?.[1] ?? ''
  return title.replace(/\s+/g, ' ').trim().slice(0, 80)
}
