import { ulid } from 'ulid'
import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import type { ControlRequest } from '../engine/control/contract.ts'
import { EVENT_TYPES, type EventType, type PrinterState } from '../engine/events/model.ts'
import { HistoryError, type Silence, type SilenceMatch } from '../engine/history/history.ts'
import { openHistory } from '../engine/history/sqlite-history.ts'
import { placesIn } from '../engine/places.ts'
import { checkedNew, SilenceRefused, type NewSilence } from '../engine/silences/checks.ts'
import type { SilencesByTime } from '../engine/silences-in-force.ts'
import { UserError } from './errors.ts'
import type { Out } from './out.ts'
import { quietLog } from '../engine/quiet-log.ts'
import { ask, askRunning } from './remote.ts'
import { readSettingsFile } from './settings-file.ts'
import { silenceLine } from './silences.ts'
import { end, span } from './when.ts'

/** When a silence holds, as it is said. */
interface Times {
  from?: string
  for?: string
  until?: string
  untilLifted?: boolean
}

/** What it mutes, as it is said. */
interface What {
  printer?: string[]
  server?: string[]
  kind?: string[]
  destination?: string[]
  filter?: string
  all?: boolean
}

interface Told extends Common {
  reason?: string
  json?: boolean
}

export interface SilenceOptions extends Told, Times, What {
  thisPrint?: boolean
}
export type EditOptions = Told & Times & What
export type CopyOptions = Told & Times

type Asked<Call extends string> = Extract<ControlRequest, { call: Call }>

const USUAL_MS = 3_600_000

/** As it goes over the wire. */
const wired = (match: SilenceMatch): Asked<'add-silence'>['match'] => match as Asked<'add-silence'>['match']

/** Mutes what matches all that is said, critical events too: in the running engine, else in the history itself, for when one runs. */
export async function silence(options: SilenceOptions, out: Out, clock = systemClock()): Promise<number> {
  const now = clock.now()
  const match = await matchOf(options)
  const startsAt = startOf(options, now)
  const asked: Asked<'add-silence'> = { call: 'add-silence', match: wired(match), ...startsAt, endsAt: endOf(options, startsAt.startsAt ?? now, options.thisPrint ? null : USUAL_MS), reason: options.reason ?? (options.thisPrint ? 'This print is muted' : 'Muted') }
  const answered = await ask(options, asked)
  told((answered ? answered.result : await addAlone(asked, options, now)) as Silence, options, out, now)
  return 0
}

/** Changes what is said of a silence, and leaves the rest. */
export async function editSilence(id: string, options: EditOptions, out: Out, clock = systemClock()): Promise<number> {
  const now = clock.now()
  const before = await known(id, options)
  const startsAt = startOf(options, now)
  const ends = options.for !== undefined || options.until !== undefined || options.untilLifted ? { endsAt: endOf(options, startsAt.startsAt ?? Math.max(now, before.startsAt), null) } : {}
  const match = saysWhat(options) ? { match: wired({ ...(before.match.jobKey === undefined ? {} : { jobKey: before.match.jobKey }), ...narrowed(options) }) } : {}
  const reason = options.reason === undefined ? {} : { reason: options.reason }
  if (Object.keys({ ...startsAt, ...ends, ...match, ...reason }).length === 0) throw new UserError('Say what to change: --from, --for, --until, --until-lifted, --reason, or what it mutes.')
  const asked: Asked<'edit-silence'> = { call: 'edit-silence', id, ...startsAt, ...ends, ...match, ...reason }
  told((await askRunning(options, asked)) as Silence, options, out, now)
  return 0
}

/** The same once more, from now on unless told, and for as long. */
export async function copySilence(id: string, options: CopyOptions, out: Out, clock = systemClock()): Promise<number> {
  const now = clock.now()
  const { match, startsAt: began, endsAt: ended, reason } = await known(id, options)
  if (match.jobKey !== undefined) throw new UserError('It muted one print, which does not come again. Make a new one: silence add --printer ID --this-print')
  const startsAt = startOf(options, now)
  const asked: Asked<'add-silence'> = { call: 'add-silence', match: wired(match), ...startsAt, endsAt: endOf(options, startsAt.startsAt ?? now, ended === null ? null : ended - began), reason: options.reason ?? reason }
  told((await askRunning(options, asked)) as Silence, options, out, now)
  return 0
}

/** Ends it at once; one that has not begun is deleted. */
export async function endSilence(id: string, options: Common & { json?: boolean }, out: Out, clock = systemClock()): Promise<number> {
  const before = await known(id, options)
  const ended = (await askRunning(options, { call: 'lift-silence', id })) === true
  const deleted = ended && before.startsAt > clock.now()
  if (options.json) out.line(JSON.stringify({ id, ended, deleted }))
  else out.line(deleted ? 'Deleted: it had not begun.' : ended ? 'Ended.' : 'It was over already.')
  return 0
}

/** All that run and are to come, with `past` also those of the last 30 days. */
export async function listSilences(options: Common & { past?: boolean; json?: boolean }, out: Out, clock = systemClock()): Promise<number> {
  const now = clock.now()
  const { running, coming, past } = await byTime(options)
  const shown: [string, Silence[]][] = [['running', running], ['coming', coming], ['past', options.past ? past : []]]
  for (const [when, list] of shown) for (const one of list) out.line(options.json ? JSON.stringify({ when, ...one }) : silenceLine(one, now))
  if (!options.json && shown.every(([, list]) => list.length === 0)) out.note(options.past ? 'Nothing is muted, or was within the last 30 days.' : 'Nothing is muted, now or later.')
  return 0
}

function told(silence: Silence, { json }: { json?: boolean }, out: Out, now: number): void {
  out.line(json ? JSON.stringify(silence) : silenceLine(silence, now))
}

const byTime = async (options: Common): Promise<SilencesByTime> => (await askRunning(options, { call: 'list-silences' })) as SilencesByTime

async function known(id: string, options: Common): Promise<Silence> {
  const { running, coming, past } = await byTime(options)
  const found = [...running, ...coming, ...past].find((one) => one.id === id)
  if (!found) throw new UserError(`There is no silence "${id}". "silence list --past" shows the ids.`)
  return found
}

// --------------------------------------------------------------------------------------------------------- what and when

const saysWhat = ({ printer, server, kind, destination, filter, all = false }: What): boolean => all || [printer, server, kind, destination, filter].some((one) => one !== undefined)

function narrowed({ printer, server, kind, destination, filter, all = false }: What): SilenceMatch {
  const match: SilenceMatch = {
    ...(printer ? { printerIds: printer } : {}), ...(server ? { serverIds: server } : {}), ...(destination ? { destinationIds: destination } : {}), ...(kind ? { types: kind.map(typeOf) } : {}), ...(filter === undefined ? {} : { filter }),
  }
  if (all && Object.keys(match).length > 0) throw new UserError('--all silences everything, so nothing else can narrow it. Leave it out, or the rest.')
  return match
}

async function matchOf(options: SilenceOptions): Promise<SilenceMatch> {
  const { thisPrint = false } = options
  if (!saysWhat(options) && !thisPrint) throw new UserError('Say what to silence: --printer, --server, --kind, --destination, --filter, --this-print, or --all for everything.')
  if (thisPrint && options.all) throw new UserError('--all silences everything, so nothing else can narrow it. Leave it out, or the rest.')
  return { ...narrowed(options), ...(thisPrint ? { jobKey: await jobOf(options) } : {}) }
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
  const { printers } = (await askRunning(options, { call: 'status' })) as { printers: { id: string; name: string; state: PrinterState }[] }
  const found = printers.find((one) => one.id === id)
  if (found === undefined) throw new UserError(`there is no printer "${id}" that is watched`)
  if (found.state.jobRef === null) throw new UserError(`${found.name} prints nothing now, so there is no print to silence.`)
  return found.state.jobRef.key
}

const startOf = ({ from }: Times, now: number): { startsAt?: number } => (from === undefined || from === 'now' ? {} : { startsAt: end(from, now, '--from') })

/** @param startsAt epoch ms @param usually ms that it lasts when nothing is said; null = until it is lifted, or its print ends */
function endOf({ for: lasting, until, untilLifted = false }: Times, startsAt: number, usually: number | null): number | null {
  if ([lasting !== undefined, until !== undefined, untilLifted].filter(Boolean).length > 1) throw new UserError('Give one of --for, --until and --until-lifted.')
  // "--from 22:00 --until 06:00" is the next morning.
  if (until !== undefined) return end(until, startsAt, '--until')
  if (lasting !== undefined) return startsAt + span(lasting, '--for')
  return untilLifted || usually === null ? null : startsAt + usually
}

async function addAlone({ match, startsAt, endsAt, reason }: Asked<'add-silence'>, options: SilenceOptions, now: number): Promise<Silence> {
  const { engine } = await readSettingsFile(options)
  const asked: NewSilence = { match: match as SilenceMatch, ...(startsAt === undefined ? {} : { startsAt }), endsAt, reason, by: 'cli' }
  try {
    const made: Silence = { id: ulid(now), createdAt: now, ...checkedNew(asked, engine, now) }
    const history = openHistory({ file: placesIn(options.data).database, log: quietLog, now: () => now })
    try {
      history.putSilence(made)
      return made
    } finally {
      history.close()
    }
  } catch (error) {
    if (error instanceof HistoryError || error instanceof SilenceRefused) throw new UserError(error.message)
    throw error
  }
}
