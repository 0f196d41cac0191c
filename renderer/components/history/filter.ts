/** What the chips of the history choose, and the filter that the main process is asked for. Pure: now comes in. */
import { eventType } from '../../../electron/bridge/views/common.ts'
import type { HistoryFilter, HistoryRow } from '../../../electron/bridge/views/history.ts'

type EventType = HistoryRow['type']
export type Severity = HistoryRow['severity']

export const SEVERITIES = ['critical', 'error', 'warning', 'success', 'info'] as const satisfies readonly Severity[]

/** Kinds as people choose them: a few groups in place of fifty types. */
export const GROUPS = ['prints', 'progress', 'attention', 'failure', 'heaters', 'device', 'links', 'messages', 'commands', 'app'] as const
export type Group = (typeof GROUPS)[number]

const PROGRESS: readonly EventType[] = ['job.first_layer_done', 'job.layer', 'job.progress', 'job.milestone_time', 'job.finishing_soon']
const PREFIXES: Readonly<Record<Exclude<Group, 'progress'>, readonly string[]>> = {
  prints: ['job.'], attention: ['attention.'], failure: ['failure.'], heaters: ['heater.'], device: ['device.'], links: ['link.', 'camera.'], messages: ['message.', 'server.'], commands: ['command.'], app: ['app.'],
}

export function groupOf(type: EventType): Group {
  if (PROGRESS.includes(type)) return 'progress'
  return (Object.keys(PREFIXES) as Exclude<Group, 'progress'>[]).find((group) => PREFIXES[group].some((prefix) => type.startsWith(prefix))) ?? 'app'
}

/** 'all', everything but the steps of a running print, or these groups. */
export type Kinds = 'all' | 'but-progress' | readonly Group[]

/** Days are those of this computer. 'span': from and to are the inputs' own "2026-11-24"; "" = open. */
export type Dates = { what: 'any' } | { what: 'today' | 'yesterday' | 'week' | 'month' } | { what: 'span'; from: string; to: string }

export interface Chosen {
  text: string
  printerIds: readonly string[]
  kinds: Kinds
  severities: readonly Severity[]
  dates: Dates
  unseen: boolean
  /** Only what went there; null = wherever it went. */
  destinationId: string | null
}

export const UNFILTERED: Chosen = { text: '', printerIds: [], kinds: 'but-progress', severities: [], dates: { what: 'any' }, unseen: false, destinationId: null }

/** What a link to the history of one printer or destination asks for: all of that, and nothing else. */
export function chosenBy({ printer, destination }: { printer?: string | undefined; destination?: string | undefined }): Chosen {
  return { ...UNFILTERED, kinds: 'all', printerIds: printer === undefined ? [] : [printer], destinationId: destination ?? null }
}

/** Whether something is hidden that the page shows when it opens. */
export function isFiltered(chosen: Chosen): boolean {
  return chosen.text.trim() !== '' || chosen.printerIds.length > 0 || (chosen.kinds !== 'all' && chosen.kinds !== 'but-progress') || chosen.severities.length > 0 || chosen.dates.what !== 'any' || chosen.unseen || chosen.destinationId !== null
}

/** Midnight at the begin of the day that lies `days` after the one of `at`; epoch ms. */
function dayStart(at: number, days = 0): number {
  const day = new Date(at)
  day.setDate(day.getDate() + days)
  return day.setHours(0, 0, 0, 0)
}

/** "2026-11-24" of an input; null when it is empty or no date. */
export function dayOf(input: string): number | null {
  const parts = /^(\d{4,6})-(\d{2})-(\d{2})$/.exec(input)
  return parts ? new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])).getTime() : null
}

/** The last moment of the day of `at`. */
export function dayEnd(at: number): number {
  return dayStart(at, 1) - 1
}

function span(dates: Dates, now: number): { since?: number; until?: number } {
  switch (dates.what) {
    case 'any': return {}
    case 'today': return { since: dayStart(now) }
    case 'yesterday': return { since: dayStart(now, -1), until: dayStart(now) - 1 }
    case 'week': return { since: dayStart(now, -6) }
    case 'month': return { since: dayStart(now, -29) }
    case 'span': {
      const [from, to] = [dayOf(dates.from), dayOf(dates.to)]
      return { ...(from === null ? {} : { since: from }), ...(to === null ? {} : { until: dayEnd(to) }) }
    }
  }
}

export function filterOf(chosen: Chosen, now: number): HistoryFilter {
  const { kinds } = chosen
  const types = kinds === 'all' ? null : eventType.options.filter((type) => (kinds === 'but-progress' ? groupOf(type) !== 'progress' : kinds.includes(groupOf(type))))
  return {
    ...(chosen.text.trim() === '' ? {} : { text: chosen.text.trim() }),
    ...(chosen.printerIds.length === 0 ? {} : { printerIds: [...chosen.printerIds] }),
    ...(types === null ? {} : { types }),
    ...(chosen.severities.length === 0 ? {} : { severities: [...chosen.severities] }),
    ...span(chosen.dates, now),
    ...(chosen.unseen ? { unseen: true } : {}),
    ...(chosen.destinationId === null ? {} : { destinationId: chosen.destinationId }),
  }
}
