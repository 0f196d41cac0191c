/** Whether, and how much, may be sent to a destination right now: by its circuit, its channel's pace and this computer's network. */
import { createBucket, type Bucket } from './bucket.ts'
import type { Circuits } from './circuits.ts'
import type { Lanes } from './lanes.ts'
import type { OpenDestination, WorkerPorts } from './ports.ts'

/** So many may begin, 0 = none until something under way ends; or none before `until` (epoch ms; null = not by itself). */
export type Gate = { open: number } | { until: number | null }

export interface Gates {
  of(destinationId: string, open: OpenDestination | null): Gate
  /** Null = its channel takes whatever comes. */
  bucket(destinationId: string, open: OpenDestination | null): Bucket | null
  /** Whether it can't be reached because this computer has no network. */
  isOffline(open: OpenDestination): boolean
  /** It was opened anew or is no more: its pace begins afresh. */
  forget(destinationId: string): void
}

/** While this computer has no network, it is looked for so often; ms. */
const OFFLINE_POLL_MS = 15_000

export function createGates({ clock, online }: Pick<WorkerPorts, 'clock' | 'online'>, lanes: Pick<Lanes, 'free'>, circuits: Pick<Circuits, 'permit'>): Gates {
  const buckets = new Map<string, Bucket>()

  function bucket(destinationId: string, open: OpenDestination | null): Bucket | null {
    const rate = open?.capabilities.rate
    if (rate === undefined) return null
    const known = buckets.get(destinationId) ?? createBucket(rate, clock)
    buckets.set(destinationId, known)
    return known
  }

  const isOffline = (open: OpenDestination): boolean => open.needsNetwork && online() === false

  return {
    bucket,
    isOffline,
    of(destinationId, open) {
      const permit = circuits.permit(destinationId)
      if (permit.may === 'none') return permit
      const free = lanes.free(destinationId, permit.may === 'one' ? 1 : open?.capabilities.parallel)
      if (free === 0) return { open: 0 }
      if (open !== null && isOffline(open)) return { until: clock.now() + OFFLINE_POLL_MS }
      const limit = bucket(destinationId, open)
      const wait = limit?.wait() ?? 0
      return wait > 0 ? { until: clock.now() + wait } : { open: Math.min(free, limit?.free() ?? free) }
    },
    forget: (destinationId) => void buckets.delete(destinationId),
  }
}
