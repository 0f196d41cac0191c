/** What a profile would have told, asked anew whenever something changes; a question that is overtaken is given up. */
import { onScopeDispose, watch } from 'vue'
import type { ProblemView } from '../../../electron/bridge/views/common.ts'
import type { PreviewView } from '../../../electron/bridge/views/reports.ts'
import type { RulesChange } from '../../../electron/bridge/views/rules.ts'
import { ask } from '../../lib/bridge.ts'
import { problemText } from '../../lib/problems.ts'
import { useNewest, type Answer, type Newest } from './useNewest.ts'

/** Ms of quiet behind the last change. */
export const ASK_AFTER = 350

export interface ProfilePreview extends Pick<Newest<PreviewView>, 'working' | 'failed'> {
  /** The newest that came; an older one stays until then. */
  readonly preview: Newest<PreviewView>['report']
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
  let timer: ReturnType<typeof setTimeout> | undefined
  const { report, working, failed, ask: go } = useNewest(async (): Promise<Answer<PreviewView>> => {
    const { profileId, days, changes } = asked()
    const answer = await ask('rules.preview', { profileId, days, changes: [...changes] })
    if (answer.result === 'ready') return { result: 'ready', report: answer.preview }
    return answer.result === 'refused' ? { result: 'failed', why: said(answer.problems) } : answer
  })

  watch(() => JSON.stringify(asked()), () => {
    working.value = true
    clearTimeout(timer)
    timer = setTimeout(() => void go(), ASK_AFTER)
  })
  void go()
  onScopeDispose(() => {
    clearTimeout(timer)
    if (working.value) ask('rules.cancel-preview').catch(() => undefined)
  })

  return { preview: report, working, failed, again: () => void go() }
}

const said = (problems: readonly ProblemView[]): string => problems.map((problem) => problemText(problem)).join(' ')
