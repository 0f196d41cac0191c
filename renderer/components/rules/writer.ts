/** Where the fields of an editor write to: the rules themselves, or what is tried before it is saved. */
import { inject, type InjectionKey } from 'vue'
import type { Saved } from '../../../electron/bridge/views/common.ts'
import type { RuleList, RulesChange } from '../../../electron/bridge/views/rules.ts'
import { useRules } from '../../stores/rules.ts'

export interface RuleWriter {
  /** @param text how it is told: "Night: changed" */
  change(wish: RulesChange, text: string): Promise<Saved>
  /** @returns the id of the new entry, or why there is none */
  add(list: RuleList, name: string, copyOf: string | null, text: (name: string) => string): Promise<{ id: string } | Extract<Saved, { ok: false }>>
}

export const RULE_WRITER: InjectionKey<RuleWriter> = Symbol('rule writer')

/** What an editor around it gives; else the rules themselves. */
export function useRuleWriter(): RuleWriter {
  return inject(RULE_WRITER, () => useRules(), true)
}
