/** Settings as a story needs them: real ones, with what every story would repeat filled in. */
import type { settingsSchema } from '../../electron/engine/settings/schema.ts'
import type { z } from 'zod'

type Written = z.input<ReturnType<typeof settingsSchema>>
type Profile = NonNullable<Written['profiles']>[number]
type Target = NonNullable<Profile['destinations']>[number]

export interface HouseProfile extends Omit<Profile, 'name' | 'destinations'> {
  /** Kinds of events; absent = everything. */
  hears?: string[]
  /** How it reaches whom, by destination. */
  to: Record<string, 'now' | 'in_app' | 'off' | Omit<Target, 'destination'>>
}

export interface House extends Omit<Written, 'version' | 'printers' | 'destinations' | 'profiles' | 'timeslots'> {
  /** Ids, or with more about them. The name is the id in capitals. */
  printers: (string | { id: string; tags?: string[] })[]
  /** Ids. "desk" is the toast on this computer, every other one is far away. */
  destinations: (string | { id: string; events?: string[]; enabled?: boolean })[]
  timeslots?: Record<string, NonNullable<Written['timeslots']>[number]['ranges'] | { zone: string; ranges: NonNullable<Written['timeslots']>[number]['ranges'] }>
  /** Absent = the one that everybody has from the start. */
  profiles?: HouseProfile[]
}

export const everyDay = (from: string, to: string): { days: number[]; from: string; to: string }[] => [{ days: [1, 2, 3, 4, 5, 6, 7], from, to }]
export const digestAt = (time: string, days?: number[]): Omit<Target, 'destination'> => ({ mode: 'digest', digest: { at: [time], ...(days ? { days } : {}) } })

/** As they would stand in the settings file. Without a zone they go by UTC, as the stories do; a printer on stage says a word every ten minutes, which must do. */
export function settingsOf({ printers, destinations, timeslots = {}, filters = [], profiles, ...rest }: House): Written {
  return {
    version: 1, zone: 'UTC', thresholds: { linkStale: 1_200 }, ...rest,
    printers: printers.map((printer) => (typeof printer === 'string' ? { id: printer } : printer)).map((printer) => ({ ...printer, name: printer.id.toUpperCase(), server: { kind: 'fake', id: `${printer.id}-server`, url: `http://${printer.id}` } })),
    destinations: destinations.map((destination) => (typeof destination === 'string' ? { id: destination } : destination)).map((destination) => ({ ...destination, label: destination.id, channel: destination.id === 'desk' ? 'toast' : 'hook' })),
    timeslots: Object.entries(timeslots).map(([id, slot]) => ({ id, name: id, ...(Array.isArray(slot) ? { ranges: slot } : slot) })),
    filters: [...filters, ...(profiles ?? []).flatMap(({ id, hears }) => (hears ? [{ id: `${id}-hears`, name: `what ${id} hears`, match: { events: hears } }] : []))],
    ...(profiles ? { profiles: profiles.map(profileOf) } : {}),
  }
}

function profileOf({ hears, to, filters = [], ...rest }: HouseProfile): Profile {
  return {
    ...rest, name: rest.id, filters: [...filters, ...(hears ? [`${rest.id}-hears`] : [])],
    destinations: Object.entries(to).map(([destination, how]) => ({ destination, ...(typeof how === 'string' ? { mode: how } : how) })),
  }
}
