/** What of the plot of events is no drawing. Pure. */
import type { DailyCountsView } from '../../../electron/bridge/views/reports.ts'

export type CountedDay = DailyCountsView['days'][number]
export type CountedKind = CountedDay['kinds'][number]
export type CountedSeverity = CountedKind['severity']

/** From the ground of a bar to its top, the gravest last, so that it lies on the rest. */
export const SEVERITIES: readonly CountedSeverity[] = ['info', 'success', 'warning', 'error', 'critical']

/** Colours of the look by severity; the plot says them in words too. */
export const TOKEN_OF: Readonly<Record<CountedSeverity, string>> = { info: '--idle-solid', success: '--done-solid', warning: '--needs-solid', error: '--error-solid', critical: '--error' }

const sum = (kinds: readonly CountedKind[]): number => kinds.reduce((all, { events }) => all + events, 0)

export function eventsOf({ kinds }: CountedDay, severity?: CountedSeverity): number {
  return sum(severity === undefined ? kinds : kinds.filter((kind) => kind.severity === severity))
}

/** Severities that there is any of. */
export function severitiesIn(days: readonly CountedDay[]): CountedSeverity[] {
  return SEVERITIES.filter((severity) => days.some((day) => eventsOf(day, severity) > 0))
}

/** Kinds of a day whatever their severity, the most frequent first. */
export function kindsOf({ kinds }: CountedDay): { type: CountedKind['type']; severity: CountedSeverity; events: number }[] {
  const byType = new Map<CountedKind['type'], { type: CountedKind['type']; severity: CountedSeverity; events: number }>()
  for (const kind of kinds) {
    const known = byType.get(kind.type)
    // The gravest stands for it.
    byType.set(kind.type, known ? { ...known, events: known.events + kind.events, severity: SEVERITIES.indexOf(kind.severity) > SEVERITIES.indexOf(known.severity) ? kind.severity : known.severity } : kind)
  }
  return [...byType.values()].sort((a, b) => b.events - a.events || a.type.localeCompare(b.type))
}

/** Noon of a day's date on this computer's clock: the date is what is shown, whatever the zone it was counted in. */
export function noonOf(day: string): number {
  return new Date(`${day}T12:00:00`).getTime()
}
