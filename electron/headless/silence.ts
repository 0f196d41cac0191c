import { ulid } from 'ulid'
import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import { EVENT_TYPES, type EventType, type PrinterState } from '../engine/events/model.ts'
import { HistoryError, type Silence } from '../engine/history/history.ts'
import { openHistory } from '../engine/history/sqlite-history.ts'
import { placesIn } from '../engine/places.ts'
import type { ControlRequest } from '../engine/control/contract.ts'
import { UserError } from './errors.ts'
import type { Out } from './out.ts'
import { quietLog } from './quiet-log.ts'
import { ask, needsEngine } from './remote.ts'
import { readSettingsFile } from './settings-file.ts'
import { silenceLine } from './silences.ts'
import { end, span } from './when.ts'

export interface SilenceOptions extends Common {
  printer?: string[]
  kind?: string[]
  destination?: string[]
  thisPrint?: boolean
  all?: boolean
  for?: string
  until?: string
  untilLifted?: boolean
  reason?: string
  json?: boolean
}

type NewSilence = Extract<ControlRequest, { call: 'add-silence' }>

const USUAL_MS = 3_600_000

/** Mutes what matches all that is said, critical events too: in the running engine, else in the history itself, for when one runs. */
export async function silence(options: SilenceOptions, out: Out, clock = systemClock()): Promise<number> {
  const now = clock.now()
  const match = await matchOf(options)
  const endsAt = endOf(options, now)
  const asked: NewSilence = { call: 'add-silence', match, endsAt, reason: options.reason ?? (options.thisPrint ? 'This print is muted' : 'Muted') }
  const answered = await ask(options, asked)
  const made = (answered ? answered.result : await addAlone(asked, options, now)) as Silence
  out.line(options.json ? JSON.stringify(made) : silenceLine(made, now))
  return 0
}

async function matchOf(options: SilenceOptions): Promise<NewSilence['match']> {
  const { printer, kind, destination, thisPrint = false, all = false } = options
  const narrow = printer !== undefined || kind !== undefined || destination !== undefined || thisPrint
  if (!narrow && !all) throw new UserError('Say what to silence: --printer, --kind, --destination, --this-print, or --all for everything.')
  if (narrow && all) throw new UserError('--all silences everything, so nothing else can narrow it. Leave it out, or the rest.')
  return {
    ...(printer ? { printerIds: printer } : {}), ...(destination ? { destinationIds: destination } : {}), ...(kind ? { types: kind.map(typeOf) } : {}),
    ...(thisPrint ? { jobKey: await jobOf(options) } : {}),
  }
}

function typeOf(text: string): EventType {
  const type = EVENT_TYPES.find((candidate) => candidate === text)
  if (!type) throw new UserError(`--kind does not know "${text}". It knows: ${EVENT_TYPES.join(', ')}`)
  return type
}

/** Only a running engine knows what prints now. */
async function jobOf({ printer, ...options }: SilenceOptions): Promise<string> {
  const [id, ...others] = printer ?? []
  if (id === undefined || others.length > 0) throw new UserError('--this-print needs one printer: --printer ID')
  const answered = await ask(options, { call: 'status' })
  if (!answered) throw needsEngine(options.data)
  const found = (answered.result as { printers: { id: string; name: string; state: PrinterState }[] }).printers.find((one) => one.id === id)
  if (found === undefined) throw new UserError(`there is no printer "${id}" that is watched`)
  if (found.state.jobRef === null) throw new UserError(`${found.name} prints nothing now, so there is no print to silence.`)
  return found.state.jobRef.key
}

function endOf({ for: lasting, until, untilLifted = false, thisPrint = false }: SilenceOptions, now: number): number | null {
  if ([lasting !== undefined, until !== undefined, untilLifted].filter(Boolean).length > 1) throw new UserError('Give one of --for, --until and --until-lifted.')
  if (until !== undefined) return end(until, now, '--until')
  if (lasting !== undefined) return now + span(lasting, '--for')
  // Another print has another key, so that one ends by itself.
  return untilLifted || thisPrint ? null : now + USUAL_MS
}

async function addAlone({ match, endsAt, reason }: NewSilence, options: SilenceOptions, now: number): Promise<Silence> {
  const { engine } = await readSettingsFile(options)
  const check = (what: string, ids: readonly string[] = [], there: readonly { id: string }[]): void => {
    for (const id of ids) if (!there.some((one) => one.id === id)) throw new UserError(`there is no ${what} "${id}"; there are: ${there.map((one) => one.id).join(', ') || 'none'}`)
  }
  check('printer', match.printerIds, engine.printers)
  check('destination', match.destinationIds, engine.destinations)
  const { printerIds, types, destinationIds } = match
  const made: Silence = { id: ulid(now), createdAt: now, startsAt: now, endsAt, match: { ...(printerIds ? { printerIds } : {}), ...(types ? { types } : {}), ...(destinationIds ? { destinationIds } : {}) }, reason, by: 'cli' }
  try {
    const history = openHistory({ file: placesIn(options.data).database, log: quietLog, now: () => now })
    try {
      history.putSilence(made)
      return made
    } finally {
      history.close()
    }
  } catch (error) {
    if (error instanceof HistoryError) throw new UserError(error.message)
    throw error
  }
}
