/** A report of the history: asked when its card is first seen, and anew when the question is another one. */
import { onBeforeUnmount, onMounted, watch, type Ref } from 'vue'
import { useNewest, type Answer, type Newest } from './useNewest.ts'

export interface Report<T> extends Pick<Newest<T>, 'report' | 'working' | 'failed'> {
  again(): void
}

/**
 * @param card seen = scrolled to: what nobody looks at costs nothing
 * @param question another value asks anew
 */
export function useReport<T>(card: Readonly<Ref<HTMLElement | null>>, question: () => unknown, answer: () => Promise<Answer<T>>): Report<T> {
  const { report, working, failed, ask } = useNewest(answer)
  let seen = false
  let watching: IntersectionObserver | null = null

  onMounted(() => {
    if (!card.value) return
    watching = new IntersectionObserver((entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      watching?.disconnect()
      seen = true
      void ask()
    })
    watching.observe(card.value)
  })
  watch(question, () => {
    if (seen) void ask()
  })
  onBeforeUnmount(() => watching?.disconnect())

  return { report, working, failed, again: () => void ask() }
}
