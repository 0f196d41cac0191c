/** The message that a test would send, asked anew whenever what it depends on changes; only the newest answer counts. */
import { onBeforeUnmount, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { TestPreviewView, TestWishView } from '../../../electron/bridge/views/destinations.ts'
import { ask } from '../../lib/bridge.ts'
import { errorText } from '../../lib/problems.ts'

/** @param about what it depends on; `more` is compared as text: the destination's settings */
export function usePreview(about: () => { destinationId: string; wish: TestWishView; more: string }): { preview: ShallowRef<TestPreviewView | null>; failed: Ref<string | null> } {
  const preview = shallowRef<TestPreviewView | null>(null)
  const failed = ref<string | null>(null)
  let round = 0
  async function look(): Promise<void> {
    const mine = ++round
    const { destinationId, wish } = about()
    try {
      const told = await ask('destinations.preview', { destinationId, wish })
      if (mine !== round) return
      preview.value = told
      failed.value = null
    } catch (error) {
      if (mine !== round) return
      preview.value = null
      failed.value = errorText(error)
    }
  }
  watch(() => JSON.stringify(about()), look, { immediate: true })
  onBeforeUnmount(() => {
    round++
  })
  return { preview, failed }
}
