/** Words of a destination's own: what the window may save of them. Pure. */
import { isDeepStrictEqual } from 'node:util'
import { troublesIn, troubleText } from '../../engine/delivery/templates/compile.ts'
import type { Problem } from '../../engine/settings/problems.ts'
import { messageTemplates } from '../../engine/settings/schema.ts'
import { isObject } from './patching.ts'
import type { Raw } from './store.ts'

/** Of what changes, none may be a template that can't be used; one that stands in the file already hinders nothing else. @param before, after the destination */
export function brokenTemplates(before: Raw, after: Raw): Problem[] {
  const held = isObject(before.templates) ? before.templates : {}
  const changed = Object.entries(isObject(after.templates) ? after.templates : {}).filter(([selector, texts]) => !isDeepStrictEqual(texts, held[selector]))
  const parsed = messageTemplates().safeParse(Object.fromEntries(changed))
  // What does not even have the form is refused by the schema, with its place.
  if (!parsed.success) return []
  return troublesIn(parsed.data).map((trouble) => ({ path: `templates.${trouble.selector}.${trouble.field}`, message: `can't be used: ${troubleText(trouble)}`, cure: 'Change it, or leave it empty for the usual text.' }))
}
