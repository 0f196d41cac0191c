import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef } from 'vue'
import { cardOrder } from '../../electron/bridge/views/card-order.ts'
import type { LivePicture, PrinterCard } from '../../electron/bridge/views/printers.ts'
import { ask, onPush } from '../lib/bridge.ts'
import { locale } from '../lib/locale.ts'
import { errorText } from '../lib/problems.ts'

export interface Watched {
  printerId: string
  cameraId: string | null
}
export interface LiveStill {
  url: string
  takenAt: number
}

/** The main process takes pictures of so many printers at once. */
const MOST_WATCHED = 12
/** Scrolling settles first; ms. */
const SETTLE_MS = 150

/** The cards as the main process tells them, and the pictures of those that are looked at. */
export const usePrinters = defineStore('printers', () => {
  const byId = shallowRef<ReadonlyMap<string, PrinterCard>>(new Map())
  const loaded = ref(false)
  const error = ref<string | null>(null)
  const cards = computed(() => [...byId.value.values()].sort(cardOrder(locale.value)))

  onPush('printers.changed', ({ cards: changed, removed }) => {
    // Before the first answer there is nothing to change: it brings everything.
    if (!loaded.value) return
    const next = new Map(byId.value)
    for (const id of removed) next.delete(id)
    for (const card of changed) next.set(card.id, card)
    byId.value = next
  })

  async function load(): Promise<void> {
    error.value = null
    try {
      byId.value = new Map((await ask('printers.list')).map((card) => [card.id, card]))
      loaded.value = true
    } catch (failure) {
      error.value = errorText(failure)
    }
  }

  // --------------------------------------------------------------------------------------------------- live pictures
  /** The newest one of each printer that is watched. */
  const live = shallowReactive(new Map<string, LiveStill>())
  /** Why a watched printer gives no picture. */
  const dark = shallowReactive(new Map<string, string>())
  /** Who watches what: a page, and each button that wants one picture. */
  const watching = new Map<string, readonly Watched[]>()
  const waiting = new Map<string, (picture: LivePicture) => void>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let sent = '[]'

  onPush('live.picture', (picture) => {
    if (picture.ok) {
      live.set(picture.printerId, { url: picture.url, takenAt: picture.takenAt })
      dark.delete(picture.printerId)
      waiting.get(picture.printerId)?.(picture)
    } else refuse(picture.printerId, picture.why)
  })

  function refuse(printerId: string, why: string): void {
    dark.set(printerId, why)
    waiting.get(printerId)?.({ printerId, ok: false, why })
  }

  function sync(): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      // Nobody looks at a window that is hidden; who waits for a picture gets it all the same.
      const pages = document.visibilityState === 'hidden' ? [] : [...watching.values()].flat()
      const all = new Map([...pages, ...[...waiting.keys()].map((printerId) => ({ printerId, cameraId: cameraOf(printerId) }))].map((watched) => [watched.printerId, watched]))
      const list = [...all.values()].slice(0, MOST_WATCHED)
      for (const known of [live, dark]) for (const id of known.keys()) if (!list.some(({ printerId }) => printerId === id)) known.delete(id)
      const key = JSON.stringify(list)
      if (key === sent) return
      sent = key
      ask('printers.watch-live', list).catch((failure: unknown) => {
        // Told where the pictures would be, and asked anew with the next change.
        sent = ''
        for (const { printerId } of list) refuse(printerId, errorText(failure))
      })
    }, SETTLE_MS)
  }
  document.addEventListener('visibilitychange', sync)

  const cameraOf = (printerId: string): string | null => [...watching.values()].flat().find((watched) => watched.printerId === printerId)?.cameraId ?? null

  /** @param who one list each; an empty one ends it */
  function watchLive(who: string, list: readonly Watched[]): void {
    if (list.length === 0) watching.delete(who)
    else watching.set(who, list)
    sync()
  }

  /** One picture, now. It stays on the card until the next one of an event. */
  function takePicture(printerId: string): Promise<LivePicture> {
    return new Promise((resolve) => {
      waiting.set(printerId, (picture) => {
        waiting.delete(printerId)
        if (picture.ok) taken.set(printerId, { url: picture.url, takenAt: picture.takenAt })
        sync()
        resolve(picture)
      })
      sync()
    })
  }
  const taken = shallowReactive(new Map<string, LiveStill>())

  return { cards, byId, loaded, error, load, live, dark, taken, watchLive, takePicture }
})
