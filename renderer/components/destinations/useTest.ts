/** Sends a test to a destination and keeps the real answer. */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { ExchangeView, TestWishView } from '../../../electron/bridge/views/destinations.ts'
import { ask } from '../../lib/bridge.ts'
import { errorText } from '../../lib/problems.ts'

export interface TestAnswer {
  ok: boolean
  detail: string
  /** null = it was never sent. */
  ms: number | null
  /** What was said and answered; null = its channel does not tell. */
  exchange: ExchangeView | null
}

/** @param wish which message is sent; absent = the usual one */
export function useTest(id: () => string, wish: () => TestWishView | null = () => null): { testing: Ref<boolean>; answer: ShallowRef<TestAnswer | null>; test(): Promise<void> } {
  const testing = ref(false)
  const answer = shallowRef<TestAnswer | null>(null)
  return {
    testing, answer,
    async test() {
      if (testing.value) return
      testing.value = true
      answer.value = null
      const asked = id()
      const sent = JSON.stringify(wish())
      const told = await ask('destinations.test', { destinationId: asked, wish: wish() }).catch((error: unknown) => ({ ok: false, detail: errorText(error), ms: null, exchange: null }))
      testing.value = false
      // The page may show another one, or another message, by now.
      if (asked === id() && sent === JSON.stringify(wish())) answer.value = told
    },
  }
}
