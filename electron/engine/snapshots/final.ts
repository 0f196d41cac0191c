/**
 * The picture of a finished print as it stood before the head parked: in a print's last minutes a few stills are kept in memory, and its end
 * takes the newest from before that. Without one (short print, camera too slow) the end gets a fresh picture like any other event.
 */
import type { PrinterState } from '../events/model.ts'
import type { Cancel, Clock, Log } from '../ports.ts'
import { heightsSeen, noHeights, type Heights } from './parked.ts'
import type { LookResult, Still } from './snapshots.ts'

export interface FinalPicturesParts {
  clock: Clock
  log: Log
  /** Whether somebody wants such a picture of this printer now: asked before each still. */
  wanted(printerId: string): boolean
  /** One still, now; null = the printer is not connected. Never throws, and gives up within `deadlineMs`. */
  look(printerId: string, deadlineMs: number): Promise<LookResult> | null
  /** Switches the printer's light on for as long as stills are taken; null = it has none. Never throws. */
  light(printerId: string, signal: AbortSignal): Promise<() => void> | null
}

export interface FinalPictures {
  /** How a printer stands now; null = it is not watched any more. Cheap: called several times a second and printer. */
  onState(printerId: string, state: PrinterState | null): void
  /**
   * The newest still of a job from before its head parked: where the height tells that, by it, else `marginMs` before its end (epoch ms).
   * Null = there is none, or only one that is too old to show the end.
   */
  of(printerId: string, jobKey: string, endedAt: number, marginMs: number): Still | null
  /** Forgets everything, and leaves no timer behind. */
  stop(): void
}

/** The end is near when no more than this is left, s, or this part is done; whichever the server tells. */
const NEAR_S = 180
const NEAR_PROGRESS = 0.98
/** A still each so often, ms; an end that does not come (a bad estimate, a bed that cools within the file) is waited for more calmly. */
const EVERY_MS = 5_000
const EVERY_CALM_MS = 15_000
const CALM_AFTER_MS = 5 * 60_000
/** While nobody wants one, and after a camera failed several times in a row. */
const EVERY_IDLE_MS = 30_000
const FAILURES_TO_CALM = 3
const DEADLINE_MS = 4_000
/** At most twelve stills within 1280x960 each; a larger file than this is no such still. */
const MOST = 12
const MOST_BYTES = 2_000_000
/** A still that is older than this before the parking shows another state of the print. */
const OLDEST_MS = 60_000
/** The end's event is committed within moments; then the stills go. */
const KEEP_MS = 60_000

interface Ring {
  jobKey: string
  stills: Still[]
  heights: Heights
  /** What was told last of how far the print is. */
  numbers: string
  /** On the monotonic clock. */
  beganAt: number
  failures: number
  /** Stills are taken: it prints, and the end is near. */
  running: boolean
  /** One is on its way. */
  looking: boolean
  next: Cancel | null
  forget: Cancel | null
  /** Lets go of the light. */
  dark: (() => void) | null
}

export function createFinalPictures(parts: FinalPicturesParts): FinalPictures {
  const { clock } = parts
  const rings = new Map<string, Ring>()
  let stopped = false

  function begin(printerId: string, jobKey: string): Ring {
    const ring: Ring = { jobKey, stills: [], heights: noHeights(), numbers: '', beganAt: clock.monotonic(), failures: 0, running: false, looking: false, next: null, forget: null, dark: null }
    rings.set(printerId, ring)
    return ring
  }

  /** No more stills for now; those that are there stay for a moment. */
  function rest(printerId: string, ring: Ring): void {
    if (!ring.running) return
    ring.running = false
    ring.next?.()
    ring.next = null
    ring.dark?.()
    ring.dark = null
    ring.forget = clock.after(KEEP_MS, () => drop(printerId, ring))
  }

  function drop(printerId: string, ring: Ring): void {
    rest(printerId, ring)
    ring.forget?.()
    if (rings.get(printerId) === ring) rings.delete(printerId)
  }

  function go(printerId: string, ring: Ring): void {
    if (ring.running) return
    ring.running = true
    ring.forget?.()
    ring.forget = null
    if (!ring.looking) arm(printerId, ring, 0)
  }

  function arm(printerId: string, ring: Ring, ms: number): void {
    ring.next = clock.after(ms, () => {
      ring.next = null
      ring.looking = true
      void look(printerId, ring).catch((error: unknown) => {
        parts.log.error('a picture of the last minutes could not be taken', { error, printer: printerId })
        return EVERY_IDLE_MS
      }).then((wait) => {
        ring.looking = false
        if (ring.running) arm(printerId, ring, wait)
      })
    })
  }

  /** @returns ms until the next one */
  async function look(printerId: string, ring: Ring): Promise<number> {
    const began = clock.monotonic()
    // What follows the parking shows nothing of the print.
    if (ring.heights.parked) return EVERY_MS
    if (!parts.wanted(printerId)) {
      ring.dark?.()
      ring.dark = null
      return EVERY_IDLE_MS
    }
    await lighten(printerId, ring)
    const result = ring.running ? await parts.look(printerId, DEADLINE_MS) : null
    if (!ring.running) return EVERY_MS
    keep(ring, result)
    const every = ring.failures >= FAILURES_TO_CALM ? EVERY_IDLE_MS : clock.monotonic() - ring.beganAt >= CALM_AFTER_MS ? EVERY_CALM_MS : EVERY_MS
    return Math.max(0, every - (clock.monotonic() - began))
  }

  async function lighten(printerId: string, ring: Ring): Promise<void> {
    if (ring.dark !== null) return
    const abort = new AbortController()
    const switching = parts.light(printerId, abort.signal)
    if (switching === null) return
    const cancel = clock.after(DEADLINE_MS, () => abort.abort())
    const dark = await switching.finally(cancel)
    // It ended while the light came on.
    if (ring.running) ring.dark = dark
    else dark()
  }

  function keep(ring: Ring, result: LookResult | null): void {
    const still = result?.still ?? null
    if (still === null || still.jpeg.byteLength > MOST_BYTES) {
      ring.failures += 1
      return
    }
    ring.failures = 0
    ring.stills = [...ring.stills, still].slice(-MOST)
  }

  return {
    onState(printerId, state) {
      if (stopped) return
      const known = rings.get(printerId)
      const jobKey = state?.jobRef?.key ?? null
      if (known && known.jobKey !== jobKey) drop(printerId, known)
      const ring = known?.jobKey === jobKey ? known : undefined
      if (state === null || jobKey === null || !isNearEnd(state)) {
        if (ring) rest(printerId, ring)
        return
      }
      const near = ring ?? begin(printerId, jobKey)
      const numbers = numbersOf(state)
      // Without a new number there was no report of the print, and the height may be seconds old.
      if (numbers !== near.numbers) near.heights = heightsSeen(near.heights, state.z, clock.now())
      near.numbers = numbers
      go(printerId, near)
    },
    of(printerId, jobKey, endedAt, marginMs) {
      const ring = rings.get(printerId)
      if (ring?.jobKey !== jobKey) return null
      const { parked, printedAt } = ring.heights
      const until = parked && printedAt !== null ? printedAt : endedAt - marginMs
      const still = ring.stills.findLast(({ takenAt }) => takenAt <= until)
      return still && until - still.takenAt <= OLDEST_MS ? still : null
    },
    stop() {
      stopped = true
      for (const [printerId, ring] of [...rings]) drop(printerId, ring)
    },
  }
}

const numbersOf = ({ z, progress, elapsed, printTime, remaining, layer }: PrinterState): string => [z, progress, elapsed, printTime, remaining, layer].join()

/** While it prints and tells how far it is. A pause is no end, and its picture would show a parked head. */
function isNearEnd({ link, job, remaining, progress }: PrinterState): boolean {
  if (link !== 'up' || (job !== 'printing' && job !== 'finishing')) return false
  return (remaining !== null && remaining <= NEAR_S) || (progress !== null && progress >= NEAR_PROGRESS)
}
