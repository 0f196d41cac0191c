import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import { clockTime } from '../engine/delivery/text.ts'
import type { Silence } from '../engine/history/history.ts'
import { UserError } from './errors.ts'
import { clean } from './live-view.ts'
import type { Out } from './out.ts'
import { askRunning } from './remote.ts'

/** Lists what is muted, and until when. */
export async function silences(options: Common & { json?: boolean }, out: Out): Promise<number> {
  const listed = await list(options)
  for (const silence of listed) out.line(options.json ? JSON.stringify(silence) : silenceLine(silence, systemClock().now()))
  if (!options.json && listed.length === 0) out.note('Nothing is muted.')
  return 0
}

/** Lifts one silence by its id, all of a printer, or all there are. */
export async function unmute(what: string | undefined, options: Common, out: Out): Promise<number> {
  const listed = await list(options)
  const chosen = what === undefined ? listed : listed.filter(({ id, match }) => id === what || match.printerIds?.includes(what))
  if (chosen.length === 0) throw new UserError(what === undefined ? 'Nothing is muted.' : `Nothing called "${what}" is muted. "silences" lists what is.`)
  for (const silence of chosen) {
    const lifted = await askRunning(options, { call: 'lift-silence', id: silence.id })
    out.line(lifted === true ? `No longer muted: ${about(silence)}.` : `Was over already: ${about(silence)}.`)
  }
  return 0
}

const list = async (options: Common): Promise<Silence[]> => (await askRunning(options, { call: 'silences' })) as Silence[]

/** "01J…: Cleaning: p1, one print, from 14:00 until 15:04, by cli". `now` epoch ms. */
export function silenceLine(silence: Silence, now: number): string {
  const time = (at: number): string => clockTime(at, now)
  const { startsAt, endsAt, reason } = silence
  const over = endsAt !== null && endsAt <= now
  const begin = startsAt > now || over ? `from ${time(startsAt)} ` : ''
  const end = endsAt !== null ? `until ${time(endsAt)}` : silence.match.jobKey === undefined ? 'until it is lifted' : 'until that ends'
  const name = NAMELESS.has(reason) ? '' : `${reason}: `
  return clean(`${silence.id}: ${name}${about(silence)}, ${begin}${end}${over ? ', over' : ''}, by ${silence.by}`)
}

/** What Printbell itself calls one that nobody named. */
const NAMELESS: ReadonlySet<string> = new Set(['', 'Muted', 'This print is muted'])

/** What it mutes: "p1, one print". */
export function about({ match }: Pick<Silence, 'match'>): string {
  const listed = (ids: readonly string[] | undefined, before = ''): string | undefined => ids && `${before}${ids.join(' and ')}`
  const filter = typeof match.filter === 'string' ? `filter ${match.filter}` : match.filter && 'a filter of its own'
  const parts = [listed(match.printerIds), listed(match.serverIds, 'server '), match.jobKey === undefined ? undefined : 'one print', listed(match.types), listed(match.destinationIds, 'to '), filter]
  return clean(parts.filter((part) => part !== undefined).join(', ') || 'everything')
}
