import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { ask } from '../lib/bridge.ts'
import { errorText } from '../lib/problems.ts'
import { UNDO_FOR } from './removals.ts'
import { useStatus } from './status.ts'

export interface Discard {
  key: number
  destinationId: string
  /** Those that are listed no more; null = all of the destination. */
  eventIds: readonly string[] | null
  /** How it is told. */
  text: string
}

/**
 * Undelivered messages that a person discarded: gone from the page at once, really discarded when the time to take it back is over.
 * Closing the window discards at once.
 */
export const useDiscards = defineStore('discards', () => {
  const pending = shallowRef<readonly Discard[]>([])
  /** Rises with each that ended, so that lists look anew. */
  const finished = ref(0)
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  let count = 0

  function take(key: number): void {
    clearTimeout(timers.get(key))
    timers.delete(key)
    pending.value = pending.value.filter((one) => one.key !== key)
  }
  function discard(what: Omit<Discard, 'key'>): void {
    const one = { ...what, key: ++count }
    pending.value = [...pending.value, one]
    timers.set(one.key, setTimeout(() => void finish(one), UNDO_FOR))
  }
  async function finish({ key, destinationId, eventIds }: Discard): Promise<void> {
    clearTimeout(timers.get(key))
    timers.delete(key)
    try {
      for (const eventId of eventIds ?? [null]) await ask('destinations.discard', { destinationId, eventId })
    } catch (error) {
      // They are listed again, with the reason.
      const status = useStatus()
      status.notices = [...status.notices, { level: 'error' as const, text: errorText(error) }].slice(-3)
    }
    take(key)
    finished.value++
  }
  const isGone = (destinationId: string, eventId: string): boolean => pending.value.some((one) => one.destinationId === destinationId && (one.eventIds === null || one.eventIds.includes(eventId)))

  if (typeof window !== 'undefined') {
    window.addEventListener('pagehide', () => {
      for (const one of pending.value) void finish(one)
    })
  }
  return { pending, finished, discard, undo: take, isGone }
})
