/** How often OctoPrint is asked to tell its state: seldom while nothing runs and nothing is hot, for each frame wakes the whole program. */
import type { JobPhase, Observation } from '../../events/model.ts'
import { IDLE_THROTTLE, THROTTLE } from './subscription.ts'

/** Phases in which nothing moves. */
const AT_REST: ReadonlySet<JobPhase> = new Set<JobPhase>(['none', 'done', 'cancelled', 'failed', 'unknown'])

export interface Pace {
  /** To be called with whatever was observed, in order. Asks for another pace when that changes. */
  saw(observations: readonly Observation[]): void
}

/** @param send sends a message to the server; the first pace (THROTTLE) was sent by the caller */
export function createPace(send: (message: Record<string, unknown>) => void): Pace {
  let resting = false
  let job: JobPhase = 'unknown'
  /** Targets by heater, °C; a heater that was not told lately counts as it was. */
  const targets = new Map<string, number>()

  function take(observation: Observation): void {
    if (observation.kind === 'state') {
      const { job: phase, heaters } = observation.state
      if (phase !== undefined) job = phase
      for (const [name, { target }] of Object.entries(heaters ?? {})) targets.set(name, target ?? 0)
    } else if (observation.kind === 'signal') {
      // Events are never held back: the print is known to run before a frame says so.
      if (observation.signal.type === 'job_started' || observation.signal.type === 'job_resumed') job = 'printing'
    }
  }

  return {
    saw(observations) {
      for (const observation of observations) take(observation)
      const rests = AT_REST.has(job) && [...targets.values()].every((target) => target <= 0)
      if (rests === resting) return
      resting = rests
      send(rests ? IDLE_THROTTLE : THROTTLE)
    },
  }
}
