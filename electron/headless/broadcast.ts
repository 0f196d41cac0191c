import type { Common } from '../headless.ts'
import type { PlayResult } from '../engine/rehearsal.ts'
import { UserError } from './errors.ts'
import type { Out } from './out.ts'
import { tellPlayed } from './rehearse.ts'
import { ask, withEngineAlone } from './remote.ts'

export interface BroadcastOptions extends Common {
  to?: string
  json?: boolean
}

/**
 * A message of a person's own to chosen destinations, or to all. Each of them has a line that says what came of it. Without a running engine one is
 * started just for it, connected to no printer.
 * @returns 0 when all of them got it
 */
export async function broadcast(text: string, options: BroadcastOptions, out: Out): Promise<number> {
  if (text.trim() === '') throw new UserError('There is nothing to say: write a message.')
  const destinationIds = options.to === undefined ? null : chosen(options.to)
  const answered = await ask(options, { call: 'broadcast', text, destinationIds })
  const result = (answered ? answered.result : await withEngineAlone(options, (engine) => engine.broadcast({ text, destinationIds }))) as PlayResult
  if (options.json) out.line(JSON.stringify(result))
  else await tellPlayed(result, 'app.broadcast', options, out)
  return result.destinations.every(({ attempt }) => attempt?.result === 'delivered') ? 0 : 1
}

function chosen(to: string): string[] {
  const ids = to.split(',').map((id) => id.trim()).filter((id) => id !== '')
  if (ids.length === 0) throw new UserError('--to takes ids of destinations, with commas: --to phone,desk')
  return ids
}
