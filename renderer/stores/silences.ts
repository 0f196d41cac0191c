import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { ProblemView, Saved } from '../../electron/bridge/views/common.ts'
import type { NewSilenceView, SilencePatch, SilenceView } from '../../electron/bridge/views/silences.ts'
import { ask, onPush } from '../lib/bridge.ts'
import { errorText } from '../lib/problems.ts'

/** All silences as the engine has them, and the one that is being written. */
export const useSilences = defineStore('silences', () => {
  const all = shallowRef<readonly SilenceView[] | null>(null)
  const error = ref<string | null>(null)
  /** Not made yet; null = none is written. */
  const draft = shallowRef<NewSilenceView | null>(null)
  onPush('silences.changed', (list) => {
    all.value = list
  })

  async function load(): Promise<void> {
    error.value = null
    try {
      all.value = await ask('silences.list')
    } catch (cause) {
      error.value = errorText(cause)
    }
  }

  /** Makes what is written. @returns its id, or why there is none */
  async function make(): Promise<{ id: string } | { problems: readonly ProblemView[] }> {
    if (draft.value === null) return { problems: [] }
    const answer = await ask('silences.add', draft.value)
    if (!answer.ok) return answer
    await load()
    draft.value = null
    return answer
  }

  async function edit(id: string, patch: SilencePatch): Promise<Saved> {
    const answer = await ask('silences.edit', { id, patch })
    if (answer.ok) await load()
    return answer
  }

  async function end(id: string): Promise<void> {
    await ask('silences.end', id)
    await load()
  }

  return { all, error, draft, load, make, edit, end }
})
