import { defineStore } from 'pinia'
import { shallowReactive, watch } from 'vue'
import type { ProblemView, Saved } from '../../electron/bridge/views/common.ts'
import type { RulesChange, RulesView } from '../../electron/bridge/views/rules.ts'
import { ask } from '../lib/bridge.ts'
import { errorText } from '../lib/problems.ts'
import { useRules } from './rules.ts'

/** Changes of a profile that are judged and not saved. */
export interface Trial {
  readonly changes: readonly RulesChange[]
  /** The rules with these changes. */
  readonly rules: RulesView
  /** Why they can't be made any more; empty = they can. */
  readonly problems: readonly ProblemView[]
}

/** What is tried before it is saved, profile by profile. It stays while the window is open, whatever page is shown. */
export const useTrials = defineStore('trials', () => {
  const store = useRules()
  const trials = shallowReactive(new Map<string, Trial>())
  /** Each change builds on the one before it. */
  let queue: Promise<unknown> = Promise.resolve()

  function begin(profileId: string): void {
    if (store.rules !== null) trials.set(profileId, { changes: [], rules: store.rules, problems: [] })
  }

  function discard(profileId: string): void {
    trials.delete(profileId)
  }

  /** @returns why it was not taken, or the rules with it */
  function change(profileId: string, wish: RulesChange): Promise<{ ok: true; rules: RulesView } | Extract<Saved, { ok: false }>> {
    return inTurn(async () => {
      const trial = trials.get(profileId)
      if (!trial) return { ok: false, problems: [{ path: '', message: 'is tried no more', cure: 'Change it again.' }] }
      const changes = compacted([...trial.changes, wish])
      const answer = await tried(changes)
      // It may have been discarded meanwhile.
      if (answer.ok && trials.has(profileId)) trials.set(profileId, { changes, rules: answer.rules, problems: [] })
      return answer
    })
  }

  /** All of it in one change, which can be taken back. @param text how it is told */
  function save(profileId: string, text: string): Promise<Saved> {
    return inTurn(async () => {
      const trial = trials.get(profileId)
      if (!trial) return { ok: true }
      const fresh = await tried(trial.changes)
      const answer = fresh.ok ? await store.change({ what: 'restore', rules: fresh.rules }, text) : fresh
      if (answer.ok) trials.delete(profileId)
      else trials.set(profileId, { ...trial, problems: answer.problems })
      return answer
    })
  }

  /** Something else changed: what is tried stands on that now. */
  async function rebase(): Promise<void> {
    for (const [profileId, trial] of [...trials]) {
      const answer = await tried(trial.changes)
      if (trials.get(profileId) !== trial) continue
      trials.set(profileId, answer.ok ? { ...trial, rules: answer.rules, problems: [] } : { ...trial, problems: answer.problems })
    }
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = queue.then(work)
    // One that failed holds up no other; who asked for it hears of it.
    queue = mine.then(() => undefined, () => undefined)
    return mine
  }

  watch(() => JSON.stringify(store.rules), () => {
    if (trials.size > 0) void inTurn(rebase)
  })

  return { trials, begin, discard, change, save }
})

async function tried(changes: readonly RulesChange[]): Promise<{ ok: true; rules: RulesView } | Extract<Saved, { ok: false }>> {
  try {
    return await ask('rules.try', { changes: [...changes] })
  } catch (error) {
    return { ok: false, problems: [{ path: '', message: errorText(error), cure: '' }] }
  }
}

/** A field that is typed into changes letter by letter: the last edit of the same fields takes the place of the one before it. */
function compacted(changes: readonly RulesChange[]): RulesChange[] {
  const [last, before] = [changes.at(-1), changes.at(-2)]
  if (last?.what !== 'edit' || before?.what !== 'edit' || last.list !== before.list || last.id !== before.id || !plainlyOver(last.patch, before.patch)) return [...changes]
  return [...changes.slice(0, -2), last]
}

/** Objects of a patch are merged into what is there, so one does not stand for another. */
function plainlyOver(patch: Record<string, unknown>, before: Record<string, unknown>): boolean {
  const plain = (value: unknown): boolean => typeof value !== 'object' || value === null || Array.isArray(value)
  return Object.keys(before).every((name) => name in patch) && Object.values(patch).every(plain)
}
