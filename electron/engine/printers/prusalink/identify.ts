/** Whether a PrusaLink answers, which one, and what stands there if it is none. */
import { z } from 'zod'
import { ServerError, tidy } from '../kit/server-error.ts'
import { parseJson, type HttpAnswer } from '../net.ts'
import { infoSchema, versionSchema } from './payloads.ts'
import { judge, keyMissing, type PrusaLinkRest } from './rest.ts'

export interface Identity {
  /** The version of PrusaLink as it tells it; null = it does not. */
  version: string | null
  /** "PrusaLink I3MK3S 0.8.1", for texts. */
  what: string
  /** What its owner calls the printer; null = nothing. */
  name: string | null
}

/** Asks who answers and logs in by that. @throws ServerError: key_missing, key_invalid, not_this_server, booting ... */
export async function identify(rest: PrusaLinkRest, signal: AbortSignal): Promise<Identity> {
  if (!rest.hasCredentials) throw keyMissing(rest.host)
  const told = await rest.json('GET', '/api/version', versionSchema, { signal })
  const text = told.text ?? ''
  if (!/prusalink/i.test(`${text} ${told.original ?? ''}`)) throw new ServerError('not_this_server', notPrusaLink(rest.host, text))
  const info = await rest.json('GET', '/api/v1/info', infoSchema, { signal })
  const version = told.server ?? null
  const original = told.original?.replace(/^PrusaLink\s+/i, '') ?? ''
  return {
    version,
    what: ['PrusaLink', version, original === '' ? null : `(${original})`].filter((part) => part !== null).join(' '),
    name: [info.name, told.hostname, info.hostname].find((one) => one != null && one.trim() !== '') ?? null,
  }
}

function notPrusaLink(host: string, text: string): string {
  if (/moonraker/i.test(text)) return `${host} is Moonraker. Add it as a Moonraker server.`
  if (/octoprint/i.test(text)) return `${host} is OctoPrint. Add it as an OctoPrint server.`
  return `This is not PrusaLink: ${host} answers as "${tidy(text)}".`
}

const moonraker = z.object({ result: z.object({ klippy_state: z.string() }) })
const octoprint = z.object({ name: z.string().nullable(), permissions: z.array(z.string()) })

/** What answers without being a PrusaLink, and whether it was ever set up. */
export interface Stranger {
  setupUnfinished: boolean
  /** A sentence. */
  detail: string
}

/** Looks at the address without credentials: it may be anybody's. @throws ServerError */
export async function lookAround(rest: PrusaLinkRest, signal: AbortSignal): Promise<Stranger> {
  const get = async (path: string): Promise<HttpAnswer | null> => rest.call('GET', path, { signal, anonymous: true }).catch((error: unknown) => {
    if (error instanceof ServerError) return null
    throw error
  })
  const page = await get('/')
  const location = page?.headers['location'] ?? ''
  if (page !== null && page.status >= 300 && page.status < 400 && /\/wizard\b/.test(location)) return { setupUnfinished: true, detail: `PrusaLink on ${rest.host} has not been set up yet. Finish its wizard in the browser.` }
  if (moonraker.safeParse(parsed(await get('/server/info'))).success) return { setupUnfinished: false, detail: `${rest.host} is Moonraker. Add it as a Moonraker server.` }
  if (octoprint.safeParse(parsed(await get('/api/currentuser'))).success) return { setupUnfinished: false, detail: `${rest.host} is OctoPrint. Add it as an OctoPrint server.` }
  if (page === null) return { setupUnfinished: false, detail: `${rest.host} does not answer like a PrusaLink.` }
  const title = /<title[^>]*>([^<]{0,300})/i.exec(new TextDecoder().decode(page.body.subarray(0, 20_000)))?.[1]?.replace(/\s+/g, ' ').trim() ?? ''
  const server = tidy(page.headers['server'] ?? '', 60)
  return { setupUnfinished: false, detail: `This is not PrusaLink: ${rest.host} answers${server === '' ? '' : ` as "${server}"`}, but not in PrusaLink's way.${title === '' ? '' : ` The page there is called "${tidy(title, 80)}".`}` }
}

function parsed(answer: HttpAnswer | null): unknown {
  return answer === null || judge(answer, '') !== null ? undefined : parseJson(answer.body)
}
