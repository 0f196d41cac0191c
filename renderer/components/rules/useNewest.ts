/** A question that is asked again and again: only the newest answer counts, and an older one stays until it is there. */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { errorText } from '../../lib/problems.ts'

export type Answer<T> = { result: 'ready'; report: T } | { result: 'cancelled' } | { result: 'failed'; why: string }

export interface Newest<T> {
  /** The newest that came. */
  readonly report: Readonly<ShallowRef<T | null>>
  readonly working: Ref<boolean>
  /** Why there is none; null = there is, or is to come. */
  readonly failed: Readonly<Ref<string | null>>
  ask(): Promise<void>
}

export function useNewest<T>(answer: () => Promise<Answer<T>>): Newest<T> {
  const report = shallowRef<T | null>(null)
  const working = ref(false)
  const failed = ref<string | null>(null)
  let round = 0

  async function ask(): Promise<void> {
    const mine = ++round
    working.value = true
    try {
      const came = await answer()
      if (mine !== round || came.result === 'cancelled') return
      failed.value = came.result === 'failed' ? came.why : null
      if (came.result === 'ready') report.value = came.report
    } catch (error) {
      if (mine === round) failed.value = errorText(error)
    } finally {
      if (mine === round) working.value = false
    }
  }
  onScopeDispose(() => {
    round += 1
  })

  return { report, working, failed, ask }
}
