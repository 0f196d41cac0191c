import type { z } from 'zod'
import type { FieldError } from '../channel.ts'

/** A `validateConfig` out of a zod schema whose messages are words of cause and cure. */
export function checkedBy<C>(schema: z.ZodType<C>): (input: unknown) => { ok: true; config: C } | { ok: false; errors: FieldError[] } {
  return (input) => {
    const parsed = schema.safeParse(input)
    if (parsed.success) return { ok: true, config: parsed.data }
    return { ok: false, errors: parsed.error.issues.map((issue) => ({ field: issue.path.map(String).join('.'), message: issue.message })) }
  }
}
