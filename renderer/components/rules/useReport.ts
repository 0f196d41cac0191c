/** A report of the history: asked when its card is first seen, and anew when the question is another one. */
import { onBeforeUnmount, onMounted, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'

export type Answer<T> = { result: 'ready'; report: T } | { result: 'cancelled' } | { result: 'failed'; why: string }

export interface Report<T> {
  /** The newest that came. */
  readonly report: Readonly<ShallowRef<T | null>>
  readonly working: Readonly<Ref<boolean>>
  readonly failed: Readonly<Ref<string | null>>
  again(): void
}

/**
 * @param card seen = scrolled to: what nobody looks at costs nothing
 * @param question another value asks anew
 */
export function useReport<T>(card: Readonly<Ref<HTMLElement | null>>, question: () => unknown, answer: () => Promise<Answer<T>>): Report<T> {
  const report = shallowRef<T | null>(null)
  const working = ref(false)
  const failed = ref<string | null>(null)
  let round = 0
  let seen = false
  let watching: IntersectionObserver | null = null

  async function go(): Promise<void> {
    const mine = ++round
    working.value = true
    try {
      const came = await answer()
      if (mine !== round || came.result === 'cancelled') return
      failed.value = came.result === 'failed' ? came.why : null
      if (came.result === 'ready') report.value = came.report
    } catch (error) {
      if (mine === round) failed.value = error instanceof Error ? error.message : String(error)
    } finally {
      if (mine === round) working.value = false
    }
  }

  onMounted(() => {
    if (!card.value) return
    watching = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      watching?.disconnect()
      seen = true
      void go()
    })
    watching.observe(card.value)
  })
  watch(question, () => {
    if (seen) void go()
  })
  onBeforeUnmount(() => {
    round += 1
    watching?.disconnect()
  })

  return { report, working, failed, again: () => void go() }
}
