/** What decisions speak of by id, in the words of the settings. */
import type { Silence } from '../engine/history/history.ts'
import { clockTime } from '../engine/delivery/text.ts'
import type { Settings } from '../engine/settings/schema.ts'
import type { WhyNames } from '../engine/why/fate.ts'
import { about } from './silences.ts'

/** @param silences those that are in force @param now epoch ms; no zone = the computer's */
export function namesIn(settings: Pick<Settings, 'filters' | 'profiles'>, silences: readonly Silence[], now: number, timeZone?: string): WhyNames {
  return {
    silence: (id) => {
      const silence = silences.find((one) => one.id === id)
      return silence === undefined ? null : `${silence.reason}: ${about(silence)}`
    },
    filter: (id) => settings.filters.find((filter) => filter.id === id)?.name ?? null,
    profile: (id) => settings.profiles.find((profile) => profile.id === id)?.name ?? null,
    time: (at) => clockTime(at, now, timeZone),
  }
}
