import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import { clockTime } from '../engine/delivery/text.ts'
import type { Silence } from '../engine/history/history.ts'
import { UserError } from './errors.ts'
import { clean } from './live-view.ts'
import type { Out } from './out.ts'
import { ask, needsEngine } from './remote.ts'

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
    const answered = await ask(options, { call: 'lift-silence', id: silence.id })
    if (!answered) throw needsEngine(options.data)
    out.line(answered.result === true ? `No longer muted: ${about(silence)}.` : `Was over already: ${about(silence)}.`)
  }
  return 0
}

async function list(options: Common): Promise<Silence[]> {
  const answered = await ask(options, { call: 'silences' })
  if (!answered) throw needsEngine(options.data)
  return answered.result as Silence[]
}

/** "01J…: p1, this print, until 15:04, by cli". `now` epoch ms. */
export function silenceLine(silence: Silence, now: number): string {
  const end = silence.endsAt === null ? 'until it is lifted' : `until ${clockTime(silence.endsAt, now)}`
  return clean(`${silence.id}: ${about(silence)}, ${end}, by ${silence.by}`)
}

/** What it mutes: "p1, one print". */
export function about({ match }: Pick<Silence, 'match'>): string {
  const parts = [match.printerIds?.join(' and '), match.jobKey === undefined ? undefined : 'one print', match.types?.join(' and '), match.destinationIds ? `to ${match.destinationIds.join(' and ')}` : undefined]
  return clean(parts.filter((part) => part !== undefined).join(', ') || 'everything')
}
