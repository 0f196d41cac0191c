/** Rules in words. Pure. */
import { ALL_THE_TIME } from '../../../electron/bridge/views/timeslots.ts'
import type { DayRangeView, FilterView, ProfileTarget, ProfileView, RulesView } from '../../../electron/bridge/views/rules.ts'
import type { DestinationView } from '../../../electron/bridge/views/settings.ts'
import { daysAs, draftOf } from './week.ts'

export type Translate = (key: string, values?: Record<string, unknown>) => string

/** "every day", "Mon to Fri", "Mon, Wed to Fri". */
export function daysText(days: readonly number[], t: Translate): string {
  const as = daysAs(days)
  if (typeof as === 'string') return t(`rules.days.${as}`)
  const short = (day: number): string => t(`rules.days.short.${day}`)
  return as.runs.map(([first, last]) => (first === last ? short(first) : last === first + 1 ? `${short(first)}, ${short(last)}` : t('rules.days.run', { first: short(first), last: short(last) }))).join(', ')
}

/** "Mon to Fri, 08:00 to 18:00". */
export function rangeText(range: DayRangeView, t: Translate): string {
  const { days, allDay, from, to } = draftOf(range)
  return allDay ? t('rules.range.whole', { days: daysText(days, t) }) : t('rules.range.timed', { days: daysText(days, t), from, to })
}

export function rangesText(ranges: readonly DayRangeView[], t: Translate): string {
  return ranges.map((range) => rangeText(range, t)).join('; ')
}

/** When a profile speaks: its timeslot's times. */
export function whenText({ timeslot }: Pick<ProfileView, 'timeslot'>, rules: RulesView, t: Translate): string {
  if (timeslot === ALL_THE_TIME) return t('rules.range.always')
  const slot = rules.timeslots.find(({ id }) => id === timeslot)
  return slot ? rangesText(slot.ranges, t) : timeslot
}

/** "Night, Evening and Weekend". */
export function together(names: readonly string[], t: Translate): string {
  return names.length < 2 ? names.join('') : t('rules.and', { a: names.slice(0, -1).join(', '), b: names.at(-1) })
}

/** "“Night” and “Evening”". */
export function listed(names: readonly string[], t: Translate): string {
  return together(names.map((name) => t('rules.quoted', { name })), t)
}

export function targetName({ destination }: Pick<ProfileTarget, 'destination'>, destinations: readonly DestinationView[], t: Translate): string {
  if (destination === '*') return t('rules.targets.all')
  return destinations.find(({ id }) => id === destination)?.label ?? t('rules.edit.missing', { id: destination })
}

/** Where a profile goes to: "to Phone, Family (digest 07:00)". */
export function whereText(profile: ProfileView, destinations: readonly DestinationView[], t: Translate): string {
  if (profile.destinations.length === 0) return t('rules.profiles.nobody')
  const where = profile.destinations.map((target) => t(`rules.targets.said.${target.mode}`, { where: targetName(target, destinations, t), times: target.digest?.at.join(', ') ?? '' })).join(', ')
  return t('rules.profiles.to', { where })
}

/** Which events: "Everything", "What is ticked", "Only “Critical” and “Needs me”". */
export function whatText(profile: ProfileView, rules: RulesView, t: Translate): string {
  const base = profile.byEvents ? t('rules.profiles.ticked') : t('rules.profiles.everything')
  if (profile.filters.length === 0) return base
  const only = t('rules.profiles.matches', { filters: listed(profile.filters.map((id) => rules.filters.find((filter) => filter.id === id)?.name ?? id), t) })
  return profile.byEvents ? `${base}. ${only}` : only
}

export function usersOfSlot(rules: RulesView, id: string): string[] {
  return rules.profiles.filter(({ timeslot }) => timeslot === id).map(({ name }) => name)
}

export function usersOfFilter(rules: RulesView, id: string): string[] {
  return rules.profiles.filter(({ filters }) => filters.includes(id)).map(({ name }) => name)
}

/** A filter that says nothing matches nothing, unless every filter gets something. */
export function saysNothing({ match }: Pick<FilterView, 'match'>): boolean {
  return Object.values(match).every((value) => value === undefined)
}
