/** What the rules of the settings name must be there. */
import { ALWAYS } from '../rules/timeslot.ts'
import type { Found } from './expand.ts'
import { suggest } from './problems.ts'
import type { Settings } from './schema.ts'

/** A name that leads nowhere would be a rule that never rings. */
export function checkRules(settings: Settings, found: Pick<Found, 'problems' | 'uncertain' | 'elsewhere'>): void {
  const { timeslots, filters, profiles } = settings
  for (const [list, entries] of [['timeslots', timeslots], ['filters', filters], ['profiles', profiles]] as const) unique(list, entries, found)
  const own = timeslots.findIndex(({ id }) => id === ALWAYS.id)
  if (own >= 0) found.problems.push({ path: `timeslots[${own}].id`, message: `is "${ALWAYS.id}", which always exists`, cure: 'Give it another id.' })
  const known = {
    timeslot: [ALWAYS.id, ...timeslots.map(({ id }) => id)], filter: filters.map(({ id }) => id),
    destination: [...settings.destinations.map(({ id }) => id), ...found.elsewhere], printer: settings.printers.map(({ id }) => id),
  }
  const check = (path: string, what: keyof typeof known, id: string): void => {
    if (known[what].includes(id)) return
    found.problems.push({ path, message: `names a ${what} "${id}" that does not exist`, cure: suggest(id, [...new Set(known[what])]) })
  }
  for (const [index, profile] of profiles.entries()) {
    const path = `profiles[${index}]`
    check(`${path}.timeslot`, 'timeslot', profile.timeslot)
    for (const [n, id] of profile.filters.entries()) check(`${path}.filters[${n}]`, 'filter', id)
    for (const [n, { destination }] of profile.destinations.entries()) {
      if (destination !== '*' && !found.uncertain.has('destinations')) check(`${path}.destinations[${n}].destination`, 'destination', destination)
    }
  }
  for (const [index, { escalate }] of found.uncertain.has('destinations') ? [] : profiles.entries()) {
    for (const [n, id] of (escalate?.to ?? []).entries()) check(`profiles[${index}].escalate.to[${n}]`, 'destination', id)
  }
  if (found.uncertain.has('printers')) return
  for (const [index, { match }] of filters.entries()) {
    for (const [n, id] of (match.printers ?? []).entries()) check(`filters[${index}].match.printers[${n}]`, 'printer', id)
  }
}

function unique(list: string, entries: readonly { id: string; name: string }[], found: Pick<Found, 'problems'>): void {
  for (const field of ['id', 'name'] as const) {
    const firstAt = new Map<string, number>()
    for (const [index, entry] of entries.entries()) {
      const first = firstAt.get(entry[field])
      if (first === undefined) firstAt.set(entry[field], index)
      else found.problems.push({ path: `${list}[${index}].${field}`, message: `is "${entry[field]}", which ${list}[${first}] has already`, cure: `Give each its own ${field}.` })
    }
  }
}
