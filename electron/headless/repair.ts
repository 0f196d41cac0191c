import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import { HistoryError } from '../engine/history/history.ts'
import { setAsideIfDamaged } from '../engine/history/repair.ts'
import { placesIn } from '../engine/places.ts'
import { UserError } from './errors.ts'
import type { Out } from './out.ts'

/** Sets a damaged history aside; a sound one stays as it is. */
export async function repair(options: Common, out: Out): Promise<number> {
  const { database } = placesIn(options.data)
  try {
    const aside = setAsideIfDamaged(database, systemClock().now())
    out.line(aside === null ? `The history is sound: ${database}. Nothing was changed.` : `The damaged history is kept as ${aside}. The next "watch" begins a new one.`)
    return 0
  } catch (error) {
    if (error instanceof HistoryError) throw new UserError(error.message)
    throw error
  }
}
