/** What a profile would have told, asked anew whenever something changes; a question that is overtaken is given up. */
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import type { ProblemView } from '../../../electron/bridge/views/common.ts'
import type { PreviewView } from '../../../electron/bridge/views/reports.ts'
import type { RulesChange } from '../../../electron/bridge/views/rules.ts'
import { ask } from '../../lib/bridge.ts'
import { problemText } from '../../lib/problems.ts'

/** Ms of quiet behind the last change. */
export const ASK_AFTER = 350

export interface ProfilePreview {
  /** The newest that came; an older one stays until then. */
  readonly preview: Readonly<ShallowRef<PreviewView | null>>
  readonly working: Readonly<Ref<boolean>>
  /** Why there is none; null = there is, or is to come. */
  readonly failed: Readonly<Ref<string | null>>
  again(): void
}

export interface PreviewAsked {
  profileId: string
  days: number
  changes: readonly RulesChange[]
  /** Whatever else it is judged by: another value is another question. */
  by: unknown
}

/** @param asked followed; the first question goes at once */
export function useProfilePreview(asked: () => PreviewAsked): ProfilePreview {
  const preview = shallowRef<PreviewView | null>(null)
  const working = ref(false)
  const failed = ref<string | null>(null)
  let round = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  async function go(): Promise<void> {
    const mine = ++round
    const { profileId, days, changes } = asked()
    working.value = true
    try {
      const answer = await ask('rules.preview', { profileId, days, changes: [...changes] })
      if (mine !== round || answer.result === 'cancelled') return
      failed.value = answer.result === 'failed' ? answer.why : answer.result === 'refused' ? said(answer.problems) : null
      if (answer.result === 'ready') preview.value = answer.preview
    } catch (error) {
      if (mine === round) failed.value = error instanceof Error ? error.message : String(error)
    } finally {
      if (mine === round) working.value = false
    }
  }

  watch(() => JSON.stringify(asked()), () => {
    working.value = true
    clearTimeout(timer)
    timer = setTimeout(() => void go(), ASK_AFTER)
  })
  void go()
  onScopeDispose(() => {
    clearTimeout(timer)
    round += 1
    if (working.value) ask('rules.cancel-preview').catch(() => undefined)
  })

  return { preview, working, failed, again: () => void go() }
}

const said = (problems: readonly ProblemView[]): string => problems.map((problem) => problemText(problem)).join(' ')
