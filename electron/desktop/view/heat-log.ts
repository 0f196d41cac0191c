/**
 * Temperatures of the last hour, in memory: one sample each ten seconds, for sparkline and plot. Bounded: a heater costs 6 KB,
 * whatever happens. What was not looked at stays a gap.
 */
import type { Heater } from '../../engine/events/model.ts'
import type { PrinterCard, Temperatures } from '../../bridge/views/printers.ts'

/** ms between two samples of a printer. */
export const SAMPLE_MS = 10_000
const HOUR_MS = 3_600_000
const SLOTS = HOUR_MS / SAMPLE_MS
/** One point of the sparkline; ms. */
export const BUCKET_MS = 30_000
const BUCKETS = 20

export type Role = PrinterCard['heaters'][number]['role']
export type Spark = PrinterCard['spark']

/** What a heater heats, by the names that servers give. */
export function roleOf(heater: string): Role {
  if (/^(tool|extruder)\d*$/i.test(heater)) return 'nozzle'
  if (/bed/i.test(heater)) return 'bed'
  return /chamber/i.test(heater) ? 'chamber' : 'other'
}

/** The heater of a role that is told first: tool0 before tool1. */
export function firstOf(role: Role, names: Iterable<string>): string | null {
  return [...names].filter((name) => roleOf(name) === role).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))[0] ?? null
}

/** A ring of samples: its place is the time in steps of SAMPLE_MS, so that what was not written is a gap by itself. */
interface Ring {
  actual: Float32Array
  target: Float32Array
  /** Which step lies in a slot; another one than asked for = a gap. */
  step: Float64Array
}

const stepOf = (at: number): number => Math.floor(at / SAMPLE_MS)
const told = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value)

export interface HeatLog {
  /** Keeps one sample a step of ten seconds; a second one within it replaces the first. @param at epoch ms */
  sample(printerId: string, at: number, heaters: Readonly<Record<string, Heater>>): void
  /** The last hour; leading and trailing steps without a sample are left out, those between are gaps. */
  series(printerId: string, now: number): Temperatures
  /** The ten minutes before the present step of 30 s: 20 means, oldest first. */
  spark(printerId: string, now: number): Spark
  /** Printers that are no longer there. */
  keepOnly(printerIds: ReadonlySet<string>): void
}

export function createHeatLog(): HeatLog {
  const printers = new Map<string, Map<string, Ring>>()

  function ringOf(printerId: string, heater: string): Ring {
    const rings = printers.get(printerId) ?? new Map<string, Ring>()
    printers.set(printerId, rings)
    const ring = rings.get(heater) ?? { actual: new Float32Array(SLOTS).fill(NaN), target: new Float32Array(SLOTS).fill(NaN), step: new Float64Array(SLOTS).fill(-1) }
    rings.set(heater, ring)
    return ring
  }

  function pointsOf(ring: Ring, now: number): Temperatures['series'][number]['points'] {
    const last = stepOf(now)
    const points: Temperatures['series'][number]['points'] = []
    let heard = 0
    for (let step = last - SLOTS + 1; step <= last; step++) {
      const slot = step % SLOTS
      const there = ring.step[slot] === step
      if (!there && heard === 0) continue
      points.push({ at: step * SAMPLE_MS, actual: there ? told(ring.actual[slot]) : null, target: there ? told(ring.target[slot]) : null })
      if (there) heard = points.length
    }
    return points.slice(0, heard)
  }

  function means(printerId: string, role: Role, now: number): (number | null)[] {
    const rings = printers.get(printerId)
    const heater = rings ? firstOf(role, rings.keys()) : null
    const ring = heater === null ? undefined : rings?.get(heater)
    const end = Math.floor(now / BUCKET_MS)
    return Array.from({ length: BUCKETS }, (_, index) => (ring ? mean(ring, (end - BUCKETS + index) * BUCKET_MS) : null))
  }

  return {
    sample(printerId, at, heaters) {
      const step = stepOf(at)
      const slot = step % SLOTS
      for (const name in heaters) {
        const heater = heaters[name]
        if (!heater) continue
        const ring = ringOf(printerId, name)
        ring.step[slot] = step
        ring.actual[slot] = heater.actual ?? NaN
        ring.target[slot] = heater.target ?? NaN
      }
    },
    series(printerId, now) {
      const series = [...(printers.get(printerId) ?? [])]
        .map(([id, ring]) => ({ id, role: roleOf(id), points: pointsOf(ring, now).map((point) => ({ ...point, actual: tenth(point.actual), target: tenth(point.target) })) }))
        .filter(({ points }) => points.length > 0)
      return { series: series.sort((a, b) => ORDER[a.role] - ORDER[b.role] || a.id.localeCompare(b.id, 'en', { numeric: true })) }
    },
    spark: (printerId, now) => ({ nozzle: means(printerId, 'nozzle', now), bed: means(printerId, 'bed', now) }),
    keepOnly(printerIds) {
      for (const id of printers.keys()) if (!printerIds.has(id)) printers.delete(id)
    },
  }
}

const ORDER: Readonly<Record<Role, number>> = { nozzle: 0, bed: 1, chamber: 2, other: 3 }
const tenth = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10)

/** Whole degrees: finer ones don't show on 18 pixels, and would make news of noise. */
function mean(ring: Ring, from: number): number | null {
  const first = stepOf(from)
  let sum = 0
  let count = 0
  for (let step = first; step < first + BUCKET_MS / SAMPLE_MS; step++) {
    const slot = step % SLOTS
    const actual = ring.step[slot] === step ? told(ring.actual[slot]) : null
    if (actual === null) continue
    sum += actual
    count += 1
  }
  return count === 0 ? null : Math.round(sum / count)
}
