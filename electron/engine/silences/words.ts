import { clean } from '../delivery/text.ts'
import type { Silence } from '../history/history.ts'
import type { NamedSilence } from '../rules/explain.ts'

/** A silence as decisions speak of it. `now` epoch ms; null stays null. */
export function named(silence: Silence | null, now: number): NamedSilence | null {
  return silence && { name: clean(silence.reason), by: clean(silence.by), over: silence.endsAt !== null && silence.endsAt <= now }
}
