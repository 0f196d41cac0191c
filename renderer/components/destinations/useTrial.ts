/** What templates that are being written would tell: asked a moment after the last key, and only the newest answer counts. */
import { onBeforeUnmount, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { CallInput } from '../../../electron/bridge/contract.ts'
import type { TemplateTrialView } from '../../../electron/bridge/views/destinations.ts'
import { ask } from '../../lib/bridge.ts'
import { errorText } from '../../lib/problems.ts'

/** Ms after the last key. */
export const TRY_AFTER = 250

export function useTrial(asked: () => CallInput<'destinations.try-templates'>): { trial: ShallowRef<TemplateTrialView | null>; failed: Ref<string | null> } {
  const trial = shallowRef<TemplateTrialView | null>(null)
  const failed = ref<string | null>(null)
  let round = 0
  let waiting: ReturnType<typeof setTimeout> | undefined

  async function look(): Promise<void> {
    const mine = ++round
    const answer = await ask('destinations.try-templates', asked()).catch((error: unknown) => (errorText(error)))
    if (mine !== round) return
    trial.value = typeof answer === 'string' ? null : answer
    failed.value = typeof answer === 'string' ? answer : null
  }

  void look()
  watch(() => JSON.stringify(asked()), () => {
    clearTimeout(waiting)
    waiting = setTimeout(() => void look(), TRY_AFTER)
  })
  onBeforeUnmount(() => {
    round++
    clearTimeout(waiting)
  })
  return { trial, failed }
}
