/** A made-up event through all rules to one destination, and what came of it. */
import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { CallInput, CallOutput } from '../../../electron/bridge/contract.ts'
import { ask } from '../../lib/bridge.ts'
import { errorText } from '../../lib/problems.ts'

export interface Rehearsal {
  readonly busy: Readonly<Ref<boolean>>
  /** Null = none was held yet, or one is under way. */
  readonly answer: Readonly<ShallowRef<CallOutput<'destinations.rehearse'> | null>>
  rehearse(): Promise<void>
}

/** @param what read when it is pressed */
export function useRehearsal(what: () => CallInput<'destinations.rehearse'>): Rehearsal {
  const busy = ref(false)
  const answer = shallowRef<CallOutput<'destinations.rehearse'> | null>(null)
  async function rehearse(): Promise<void> {
    if (busy.value) return
    busy.value = true
    answer.value = null
    answer.value = await ask('destinations.rehearse', what()).catch((error: unknown) => ({ eventId: null, detail: errorText(error) }))
    busy.value = false
  }
  return { busy, answer, rehearse }
}
