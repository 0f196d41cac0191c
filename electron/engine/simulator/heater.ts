/** A heater as a straight line in time: good enough to look at, and the same answer whenever it is asked. */
export interface HeaterState {
  /** °C at `since`. */
  from: number
  /** Simulated ms. */
  since: number
  target: number
  /** °C per second towards the target. */
  rate: number
}

export const ROOM = 21.3
/** °C per second when nothing heats. */
const COOLING = 4

/** °C at `now`, one decimal more than OctoPrint shows. */
export function actual(heater: HeaterState, now: number): number {
  const goal = heater.target > 0 ? heater.target : ROOM
  const moved = (heater.rate * Math.max(0, now - heater.since)) / 1000
  const value = goal >= heater.from ? Math.min(goal, heater.from + moved) : Math.max(goal, heater.from - moved)
  return Math.round(value * 100) / 100
}

/** A new target from `now` on; `withinMs` = how long it shall take to get there. 0 switches off and lets it cool. */
export function aim(heater: HeaterState, now: number, target: number, withinMs: number): HeaterState {
  const from = actual(heater, now)
  const rate = target > 0 && withinMs > 0 ? Math.abs(target - from) / (withinMs / 1000) : target > 0 ? 1000 : COOLING
  return { from, since: now, target, rate }
}

export function cold(): HeaterState {
  return { from: ROOM, since: 0, target: 0, rate: COOLING }
}
