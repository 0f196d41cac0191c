/** From a call that came over the wire to its answer. Pure but for the handlers: parsed before, parsed after, errors as words. */
import { z } from 'zod'
import type { Log } from '../engine/ports.ts'
import { scrub } from '../engine/settings/secret.ts'
import type { Answer } from './channels.ts'
import { calls, type CallName, type Handlers } from './contract.ts'

/** Never throws. */
export async function answer(name: unknown, input: unknown, options: { handlers: Handlers; log: Log }): Promise<Answer> {
  const { log } = options
  if (typeof name !== 'string' || !Object.hasOwn(calls, name)) return { ok: false, error: `there is no call "${String(name)}"` }
  const known = name as CallName
  const asked = calls[known].input.safeParse(input)
  if (!asked.success) {
    log.warn('a call of the window makes no sense', { call: name, error: z.prettifyError(asked.error) })
    return { ok: false, error: z.prettifyError(asked.error) }
  }
  try {
    const handler = options.handlers[known] as (input: unknown) => Promise<unknown>
    const told = calls[known].output.safeParse(await handler(asked.data))
    if (told.success) return { ok: true, value: told.data }
    log.error('an answer to the window does not keep the contract', { call: name, error: z.prettifyError(told.error) })
    return { ok: false, error: 'Printbell made an answer it does not understand itself. Its log says more.' }
  } catch (error) {
    log.error('a call of the window failed', { call: name, error })
    return { ok: false, error: scrub(error instanceof Error ? error.message : String(error)) }
  }
}
