/** Silences in words. Pure. */
import type { SilenceMatchView, SilenceView } from '../../../electron/bridge/views/silences.ts'
import type { SettingsView } from '../../../electron/bridge/views/settings.ts'
import { dayAndClock, until } from '../../lib/time.ts'
import { together, type Translate } from '../rules/words.ts'
import { eventKey } from '../settings/words.ts'

/** What names are looked up in. */
export type Named = Pick<SettingsView, 'printers' | 'servers' | 'destinations' | 'rules'>

const WEEK = 6 * 86_400_000
/** So many kinds are named, more are counted. */
const KINDS_NAMED = 2

/** "14:31", "Tue 14:31", or "31 Dec, 14:31" when that is further away. */
export function moment(at: number, now: number): string {
  return Math.abs(at - now) < WEEK ? until(at, now) : dayAndClock(at)
}

/** "OctoPrint (192.168.1.20)". */
export function serverName({ id, kindName, fields }: SettingsView['servers'][number]): string {
  const { url } = fields
  return `${kindName} (${typeof url === 'string' && URL.canParse(url) ? new URL(url).host : id})`
}

/** Whether it matches all there is. */
export function isEverything(match: SilenceMatchView): boolean {
  return Object.values(match).every((value) => value === undefined)
}

/** "MK4 left bench and Ender in the cellar, Link lost, at My phone"; "everything". */
export function whatText(match: SilenceMatchView, view: Named, t: Translate): string {
  if (isEverything(match)) return t('silences.what.everything')
  const { printerIds, serverIds, jobKey, types, destinationIds, filter } = match
  const gone = (id: string): string => t('silences.what.gone', { id })
  const printers = printerIds && together(printerIds.map((id) => view.printers.find((one) => one.id === id)?.name ?? gone(id)), t)
  const parts = [
    printers === undefined ? undefined : jobKey === undefined ? printers : t('silences.what.print', { names: printers }),
    serverIds && t('silences.what.server', { names: together(serverIds.map((id) => nameOf(view.servers.find((one) => one.id === id)) ?? gone(id)), t) }),
    types && (types.length > KINDS_NAMED ? t('silences.what.kinds', { count: types.length }) : together(types.map((type) => t(`settings.events.${eventKey(type)}`)), t)),
    typeof filter === 'string' ? t('silences.what.filter', { name: t('rules.quoted', { name: view.rules.filters.find((one) => one.id === filter)?.name ?? gone(filter) }) }) : filter && t('silences.what.ownFilter'),
    destinationIds && t('silences.what.at', { names: together(destinationIds.map((id) => view.destinations.find((one) => one.id === id)?.label ?? gone(id)), t) }),
  ]
  return parts.filter((part) => part !== undefined).join(', ')
}

const nameOf = (server: SettingsView['servers'][number] | undefined): string | undefined => server && serverName(server)

/** "until 18:00", "until it is ended". */
function endText({ endsAt, match }: Pick<SilenceView, 'endsAt' | 'match'>, now: number, t: Translate): string {
  if (endsAt !== null) return t('silences.until', { time: moment(endsAt, now) })
  return t(match.jobKey === undefined ? 'silences.open' : 'silences.print')
}

/** When it holds, as a row of the list says it. */
export function whenText(silence: SilenceView, now: number, t: Translate): string {
  const { state, startsAt, endsAt } = silence
  if (state === 'running') return endText(silence, now, t)
  if (state === 'past') return t('silences.ended', { time: moment(endsAt ?? now, now) })
  return endsAt === null ? t('silences.from', { start: moment(startsAt, now) }) : t('silences.span', { start: moment(startsAt, now), end: moment(endsAt, now) })
}

/** What a silence will do, in a sentence: said before it is made. `startsAt` null = now. */
export function willText({ match, startsAt, endsAt }: { match: SilenceMatchView; startsAt: number | null; endsAt: number | null }, view: Named, now: number, t: Translate): string {
  const end = endText({ endsAt, match }, now, t)
  const when = startsAt === null ? t('silences.will.now', { end }) : t('silences.will.later', { start: moment(startsAt, now), end })
  return isEverything(match) ? t('silences.will.everything', { when }) : t('silences.will.some', { what: whatText(match, view, t), when })
}

const KNOWN_BY: readonly string[] = ['window', 'cli', 'toast', 'tray', 'chat', 'hook']

export function byText(by: string, t: Translate): string {
  return KNOWN_BY.includes(by) ? t(`silences.by.${by}`) : t('silences.by.somebody', { name: by })
}

export function nameText({ reason }: Pick<SilenceView, 'reason'>, t: Translate): string {
  return reason.trim() === '' ? t('silences.nameless') : reason
}
