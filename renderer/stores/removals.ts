import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { DestinationView } from '../../electron/bridge/views/settings.ts'
import { useSettings } from './settings.ts'

/** Ms in which a removal can be taken back. */
export const UNDO_FOR = 8_000

/**
 * Destinations a person removed: gone from the pages at once, really removed when the time to take it back is over, so that taking it
 * back loses nothing (secrets, history, what waits). Closing the window removes at once.
 */
export const useRemovals = defineStore('removals', () => {
  const pending = shallowRef<readonly { id: string; label: string }[]>([])
  const timers = new Map<string, ReturnType<typeof setTimeout>>()
  const settings = useSettings()

  function take(id: string): void {
    clearTimeout(timers.get(id))
    timers.delete(id)
    pending.value = pending.value.filter((one) => one.id !== id)
  }
  /** @returns whether it goes; what a profile names does not, and that is told at once (R43) */
  function remove({ id, label }: Pick<DestinationView, 'id' | 'label'>): boolean {
    const users = settings.view?.rules.profiles.filter(({ destinations, escalate }) => destinations.some(({ destination }) => destination === id) || escalate?.to.includes(id)).map(({ name }) => `"${name}"`) ?? []
    if (users.length > 0) {
      settings.tellLost([{ path: '', message: `"${label}" is used by ${users.length > 1 ? 'the profiles' : 'the profile'} ${users.join(', ')}`, cure: `Take it out of ${users.length > 1 ? 'them' : 'it'} first, on the page "Rules".` }])
      return false
    }
    take(id)
    pending.value = [...pending.value, { id, label }]
    timers.set(id, setTimeout(() => void finish(id), UNDO_FOR))
    return true
  }
  function undo(id: string): void {
    take(id)
  }
  async function finish(id: string): Promise<void> {
    clearTimeout(timers.get(id))
    timers.delete(id)
    const answer = await settings.change({ what: 'remove-destination', id })
    // Refused: it is shown again, with the reason.
    if (!answer.ok) settings.tellLost(answer.problems)
    take(id)
  }
  const isGone = (id: string): boolean => pending.value.some((one) => one.id === id)

  if (typeof window !== 'undefined') {
    window.addEventListener('pagehide', () => {
      for (const id of timers.keys()) void finish(id)
    })
  }
  return { pending, remove, undo, isGone }
})
