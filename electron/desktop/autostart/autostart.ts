/** Start at login: what every system's way has in common. Types only. */
import type { SystemFacts } from '../../bridge/views/settings.ts'

/** `detail` says why it is on, off or not possible. */
export type AutostartFacts = SystemFacts['autostart']

export interface Autostart {
  facts(): Promise<AutostartFacts>
  /** @returns what came of it; a refusal is told in `detail`, never thrown */
  set(on: boolean): Promise<AutostartFacts>
  /** At start: lets an entry whose program has moved away name this one. Leaves an entry alone that names another Printbell. */
  repair(): Promise<void>
}
