import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Saved } from '../../electron/bridge/views/common.ts'
import type { RuleList, RulesChange, RulesView } from '../../electron/bridge/views/rules.ts'
import { ask } from '../lib/bridge.ts'
import { UNDO_FOR } from './removals.ts'
import { useSettings } from './settings.ts'

/** The rules as the engine has them. Each change is written at once, and can be taken back for some seconds. */
export const useRules = defineStore('rules', () => {
  const settings = useSettings()
  const rules = computed(() => settings.view?.rules ?? null)
  /** The last change, and what was before it. */
  const last = shallowRef<{ text: string; before: RulesView; after: string } | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined

  /** @param text how it is told: "Night: changed" */
  async function change(wish: RulesChange, text: string): Promise<Saved> {
    const before = rules.value
    const answer = await settings.change({ what: 'rules', change: wish })
    if (!answer.ok || before === null) return answer
    await renew()
    const after = JSON.stringify(rules.value)
    if (after !== JSON.stringify(before)) offer({ text, before, after })
    return answer
  }

  /** What was pushed may come behind the answer. */
  async function renew(): Promise<void> {
    settings.take(await ask('settings.get'))
  }

  function offer(what: NonNullable<typeof last.value>): void {
    clearTimeout(timer)
    last.value = what
    timer = setTimeout(() => {
      last.value = null
    }, UNDO_FOR)
  }

  async function undo(): Promise<void> {
    const taken = last.value
    clearTimeout(timer)
    last.value = null
    if (!taken) return
    const answer = await settings.change({ what: 'rules', change: { what: 'restore', rules: taken.before } })
    if (!answer.ok) settings.tellLost(answer.problems)
  }

  // What somebody else changed meanwhile is not taken back along with it.
  watch(rules, (now) => {
    if (last.value !== null && JSON.stringify(now) !== last.value.after) last.value = null
  })

  /** @returns the id of the new entry, or why there is none */
  async function add(list: RuleList, name: string, copyOf: string | null, text: (name: string) => string): Promise<{ id: string } | Extract<Saved, { ok: false }>> {
    const known = new Set(rules.value?.[list].map(({ id }) => id))
    const answer = await change({ what: 'add', list, name, copyOf }, text(name))
    if (!answer.ok) return answer
    const added = rules.value?.[list].find(({ id }) => !known.has(id))
    return added ? { id: added.id } : { ok: false, problems: [{ path: '', message: 'is not there after all', cure: 'Look at the list again.' }] }
  }

  return { rules, last, change, add, undo }
})
