/** What stands at an address where no OctoPrint answered, and where the OctoPrint may be instead. */
import { z } from 'zod'
import type { HttpAnswer } from '../net.ts'
import type { Rest } from '../kit/rest.ts'
import { ServerError } from '../kit/server-error.ts'
import { parseJsonBody } from './rest.ts'

const version = z.object({ text: z.string().catch('').default(''), server: z.string().nullish().catch(null) })
const moonraker = z.object({ result: z.object({ klippy_state: z.string() }) })
const octoprintUser = z.object({ name: z.string().nullable(), permissions: z.array(z.string()), groups: z.array(z.string()) })

/** Names by which a page's title gives itself away; first match wins. */
const TITLES: readonly (readonly [RegExp, string])[] = [
  [/mainsail/i, 'Mainsail, a page of Moonraker. Add it as a Moonraker server'],
  [/fluidd/i, 'Fluidd, a page of Moonraker. Add it as a Moonraker server'],
  [/prusa ?(link|connect)|original prusa/i, 'PrusaLink. Add it as a PrusaLink server'],
  [/duet web control|reprap/i, 'a Duet board (RepRapFirmware)'],
  [/repetier/i, 'Repetier-Server'],
  [/home assistant/i, 'Home Assistant'],
  [/obico|spaghetti detective/i, 'an Obico server'],
  [/fritz!box|openwrt|luci|router|gateway|unifi|mikrotik|pfsense|opnsense|speedport|netgear|tp-link|zyxel/i, "a router's page"],
  [/mjpg|motion|camera|webcam/i, "a camera's page"],
]

async function get(rest: Rest, path: string, signal: AbortSignal): Promise<HttpAnswer | null> {
  try {
    // Without the key: this may be anybody.
    return await rest.call('GET', path, { signal, anonymous: true, maxBytes: 500_000, deadlineMs: 5_000 })
  } catch (error) {
    if (error instanceof ServerError) return null
    throw error
  }
}

/** A sentence that says what answers there instead. */
export async function whatElse(rest: Rest, signal: AbortSignal): Promise<string> {
  const said = version.safeParse(parse(await get(rest, '/api/version', signal)))
  const text = said.success ? said.data.text : ''
  if (/moonraker/i.test(text)) return `${rest.host} is Moonraker, which imitates OctoPrint for slicers but cannot tell events that way. Add it as a Moonraker server.`
  if (/prusalink/i.test(text)) return `${rest.host} is PrusaLink. Add it as a PrusaLink server.`
  if (moonraker.safeParse(parse(await get(rest, '/server/info', signal))).success) return `${rest.host} is Moonraker. Add it as a Moonraker server.`
  const page = await get(rest, '/', signal)
  if (page === null) return `${rest.host} does not answer like an OctoPrint.`
  const onwards = sentOnTo(page, rest.base)
  if (onwards !== null) return `${rest.host} sends this address on to ${onwards}. Use that address.`
  const title = titleOf(page)
  const server = (page.headers['server'] ?? '').slice(0, 60)
  if (page.status === 401 && /digest|apikey/i.test(page.headers['www-authenticate'] ?? '')) return `${rest.host} asks for a login the way PrusaLink does. Add it as a PrusaLink server.`
  for (const [pattern, name] of TITLES) if (pattern.test(title) || pattern.test(server)) return `This is not OctoPrint: ${rest.host} is ${name}.`
  const shown = title === '' ? '' : ` The page there is called "${title}".`
  return `This is not OctoPrint: ${rest.host} answers${server === '' ? '' : ` as "${server}"`}, but not in OctoPrint's way.${shown}`
}

/** The base address below which OctoPrint really answers, on the same host; null when it was not found. */
export async function findPrefix(rest: Rest, at: (base: string) => Rest, signal: AbortSignal): Promise<string | null> {
  const own = new URL(rest.base)
  const origin = own.origin
  const candidates = new Set<string>([`${origin}/octoprint`])
  const segments = own.pathname.split('/').filter((segment) => segment !== '')
  for (let length = segments.length - 1; length >= 0; length--) candidates.add([origin, ...segments.slice(0, length)].join('/'))
  for (const page of [await get(rest, '/', signal), await get(at(origin), '/', signal)]) {
    if (page) for (const path of linksOf(page, `${rest.base}/`)) candidates.add(path)
  }
  candidates.delete(rest.base)
  for (const candidate of [...candidates].slice(0, 8)) {
    if (octoprintUser.safeParse(parse(await get(at(candidate), '/api/currentuser', signal))).success) return candidate
  }
  return null
}

/** Whether the page at "/" is the one that OctoPrint shows while it starts. */
export async function isBootPage(rest: Rest, signal: AbortSignal): Promise<boolean> {
  const page = await get(rest, '/', signal)
  return page !== null && /octoprint is still starting/i.test(new TextDecoder().decode(page.body))
}

/** Where everything is sent on to on the same host (from http to https); null = nowhere. */
function sentOnTo(page: HttpAnswer, base: string): string | null {
  const location = page.headers['location'] ?? ''
  if (page.status < 300 || page.status >= 400 || !URL.canParse(location, base)) return null
  const [from, to] = [new URL(base), new URL(location, base)]
  return to.hostname === from.hostname && to.origin !== from.origin && /^https?:$/.test(to.protocol) ? to.origin : null
}

/** The title of a page, one line, bounded; '' when there is none. */
function titleOf(page: HttpAnswer): string {
  const title = /<title[^>]*>([^<]{0,300})/i.exec(new TextDecoder().decode(page.body))?.[1] ?? ''
  return title.replace(/\s+/g, ' ').trim().slice(0, 80)
}

/** Addresses on the same host that a page redirects or links to. */
function linksOf(page: HttpAnswer, base: string): string[] {
  const found = [page.headers['location'] ?? '']
  const html = new TextDecoder().decode(page.body)
  for (const match of html.matchAll(/(?:href|src)\s*=\s*["']([^"'#?]{1,200})["']|url=([^"'>\s]{1,200})/gi)) found.push(match[1] ?? match[2] ?? '')
  const bases = new Set<string>()
  for (const link of found) {
    if (link === '' || !URL.canParse(link, base)) continue
    const url = new URL(link, base)
    if (url.host !== new URL(base).host) continue
    // "/octoprint/static/..." and "/octoprint/" both point below the same prefix.
    const prefix = url.pathname.replace(/\/(static|plugin|login|api|index\.html).*$/, '').replace(/\/+$/, '')
    // To https on the same host, say: no path, but another server.
    if ((prefix !== '' || url.origin !== new URL(base).origin) && !/\.\w{1,5}$/.test(prefix)) bases.add(url.origin + prefix)
  }
  return [...bases].slice(0, 6)
}

function parse(answer: HttpAnswer | null): unknown {
  return answer === null || answer.status >= 300 ? undefined : parseJsonBody(answer)
}
