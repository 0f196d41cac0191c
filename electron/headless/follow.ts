import type { Common } from '../headless.ts'
import type { Outcome } from '../engine/commands/wish.ts'
import { UserError } from './errors.ts'
import type { Out } from './out.ts'
import { askRunning } from './remote.ts'

/** Follows a printer, or only what it prints now, or lets go of it. */
export async function follow(printerId: string, options: Common & { print?: boolean; off?: boolean; json?: boolean }, out: Out): Promise<number> {
  if (options.print && options.off) throw new UserError('Give one of --print and --off.')
  const outcome = (await askRunning(options, { call: 'follow', printerId, what: options.off ? null : options.print ? 'print' : 'always' })) as Outcome
  out.line(options.json ? JSON.stringify({ printerId, ...outcome }) : outcome.detail)
  return outcome.result === 'done' ? 0 : 1
}
