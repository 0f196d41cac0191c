/** What a kind of destination lacks on this computer. Pure. */
import type { Forms } from '../../../electron/bridge/views/settings.ts'
import { matters, readFields } from '../forms/schema.ts'

type Form = Forms['channels'][number]
export type Lack = Form['prerequisites'][number]

/**
 * @param config of the destination, or what a new one begins with
 * @returns `missing`: it can't do without; `hints`: only a part of what it can, which is not chosen, needs it
 */
export function lacksOf(form: Form | undefined, config: Readonly<Record<string, unknown>>): { missing: Lack[]; hints: Lack[] } {
  const lacking = form?.prerequisites.filter(({ met }) => !met) ?? []
  // Few lack anything: only then is the schema worth reading.
  const fields = form !== undefined && lacking.some(({ when }) => when !== undefined) ? readFields(form.schema) : []
  const needed = ({ when }: Lack): boolean => matters(when, fields, config)
  return { missing: lacking.filter(needed), hints: lacking.filter((lack) => !needed(lack)) }
}
