import type { Common } from '../headless.ts'
import type { ControlRequest } from '../engine/control/contract.ts'
import { HistoryError } from '../engine/history/history.ts'
import { openHistory } from '../engine/history/sqlite-history.ts'
import { systemClock } from '../engine/clock.ts'
import { placesIn } from '../engine/places.ts'
import { UserError } from './errors.ts'
import type { Out } from './out.ts'
import { quietLog } from '../engine/quiet-log.ts'
import { ask, askRunning } from './remote.ts'

export const ACTIONS = ['pause', 'resume', 'cancel', 'emergency_stop', 'acknowledge', 'mute', 'answer', 'gcode'] as const
type Action = Extract<ControlRequest, { call: 'wish' }>['action']

const MUTE_SECONDS = 3_600

/** A wish to a printer of the running engine. `value` is the number of an answer, or G-code. */
export async function doWish(printerId: string, name: string, value: string | undefined, options: Common & { yes?: boolean }, out: Out): Promise<number> {
  const { result, detail } = (await askRunning(options, { call: 'wish', printerId, action: actionOf(name as (typeof ACTIONS)[number], value), confirmed: options.yes ?? false })) as { result: string; detail: string }
  out.line(`${result.replaceAll('_', ' ')}: ${detail}`)
  if (result === 'needs_confirmation') out.note('Add --yes to confirm.')
  return result === 'done' ? 0 : 1
}

function actionOf(name: (typeof ACTIONS)[number], value: string | undefined): Action {
  switch (name) {
    case 'mute':
      return { name, seconds: MUTE_SECONDS }
    case 'answer': {
      const n = Number(value)
      if (!Number.isInteger(n) || n < 1) throw new UserError('"answer" takes the number of the choice, counted from 1: do PRINTER answer 1')
      return { name, choice: n - 1 }
    }
    case 'gcode': {
      const lines = (value ?? '').split(/\n|\\n/).map((line) => line.trim()).filter((line) => line !== '')
      if (lines.length === 0) throw new UserError('"gcode" takes the lines in quotes, with \\n between them: do PRINTER gcode "M117 Hello\\nM300"')
      return { name, lines }
    }
    default:
      return { name }
  }
}

/** Marks events as seen: in the running engine, else in the history itself. */
export async function markSeen(eventIds: string[], options: Common & { all?: boolean }, out: Out): Promise<number> {
  const all = options.all ?? false
  if (all === eventIds.length > 0) throw new UserError('"seen" takes the ids of events ("history --json" shows them), or --all')
  const answered = await ask(options, { call: 'mark-seen', eventIds, all })
  const count = answered ? Number(answered.result) : markAlone(eventIds, all, options.data)
  out.line(`${count} ${count === 1 ? 'event is' : 'events are'} seen now.`)
  return 0
}

function markAlone(eventIds: string[], all: boolean, data: string): number {
  const clock = systemClock()
  try {
    const history = openHistory({ file: placesIn(data).database, log: quietLog, now: () => clock.now() })
    try {
      return history.markSeen(all ? { all } : { eventIds }, clock.now())
    } finally {
      history.close()
    }
  } catch (error) {
    if (error instanceof HistoryError) throw new UserError(error.message)
    throw error
  }
}

/** Ends the running engine as SIGTERM does. */
export async function stop(options: Common, out: Out): Promise<number> {
  await askRunning(options, { call: 'stop' })
  out.line('The engine ends within 5 s.')
  return 0
}
