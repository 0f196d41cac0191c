/** What decisions speak of by id, in the words of the settings. */
import type { Silence } from '../engine/history/history.ts'
import { clockTime } from '../engine/delivery/text.ts'
import type { Settings } from '../engine/settings/schema.ts'
import { named } from '../engine/silences/words.ts'
import type { WhyNames } from '../engine/why/fate.ts'
import { about } from './silences.ts'

/** @param silence by its id, also one that is over @param now epoch ms; no zone = the computer's */
export function namesIn(settings: Pick<Settings, 'filters' | 'profiles'>, silence: (id: string) => Silence | null, now: number, timeZone?: string): WhyNames {
  return {
    silence: (id) => {
      const found = silence(id)
      const known = named(found, now)
      return found && known && { ...known, name: [known.name, about(found)].filter((part) => part !== '').join(': ') }
    },
    filter: (id) => settings.filters.find((filter) => filter.id === id)?.name ?? null,
    profile: (id) => settings.profiles.find((profile) => profile.id === id)?.name ?? null,
    time: (at) => clockTime(at, now, timeZone),
  }
}
