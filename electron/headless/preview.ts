import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import type { DecisionKind } from '../engine/history/history.ts'
import { noiseReport } from '../engine/why/noise.ts'
import { NoSuchProfile, previewProfile, type Assumption, type Counts, type Preview } from '../engine/why/preview.ts'
import { UserError } from './errors.ts'
import { openForReading } from './history.ts'
import { clean } from './live-view.ts'
import type { Out } from './out.ts'
import { readSettingsFile } from './settings-file.ts'
import { days } from './when.ts'

export interface PreviewOptions extends Common {
  json?: boolean
  days: string
}

/** What a profile of the settings file would have delivered; nothing is sent or written. @param named its id or name */
export async function preview(named: string, options: PreviewOptions, out: Out, clock = systemClock()): Promise<number> {
  const { engine: settings, kinds } = await readSettingsFile(options)
  const profileId = (settings.profiles.find(({ id }) => id === named) ?? settings.profiles.find(({ name }) => name.toLowerCase() === named.toLowerCase()))?.id ?? named
  const span = days(options.days)
  const stored = openForReading(options.data)
  try {
    const told = await previewProfile({ settings, profileId, kinds: kinds.channels }, { history: stored, now: clock.now(), days: span, pause: () => nextTurn() })
    if (options.json) out.line(JSON.stringify(told))
    else print(told, span, out)
    return 0
  } catch (error) {
    if (error instanceof NoSuchProfile) throw new UserError(error.message)
    throw error
  } finally {
    stored.close()
  }
}

const WORDS: Readonly<Record<DecisionKind, string>> = { deliver: 'delivered', hold: 'held', digest: 'in a digest', drop: 'not told' }
const ORDER: readonly DecisionKind[] = ['deliver', 'hold', 'digest', 'drop']

/** "3 delivered, 1 held". */
function counted(counts: Counts): string {
  return ORDER.filter((decision) => counts[decision] > 0).map((decision) => `${counts[decision]} ${WORDS[decision]}`).join(', ') || 'nothing'
}

const ASSUMED: Readonly<Record<Assumption, string>> = {
  silences: 'Silences of then are left out.', presence: 'Whether somebody sat at the computer then is not kept: what asks for it counts as told.', rest: 'It is judged as if the profile did not rest now.',
  later: 'What is held or gathered may be left out when its time comes.', bursts: 'What many printers tell at once is not gathered here: each event counts by itself.', others: 'Other profiles may have told the same.',
}

function print({ profile, events, more, total, destinations, days: told, reasons, assumes }: Preview, span: number, out: Out): void {
  const say = (text: string): void => out.line(clean(text))
  say(`${profile.name}, the last ${span} ${span === 1 ? 'day' : 'days'}: of ${events} ${events === 1 ? 'event' : 'events'} ${counted(total)}.${more ? ' There were more; these are the newest.' : ''}`)
  if (destinations.length === 0) say('It reaches no destination that is on.')
  for (const { label, counts } of destinations) say(`  ${label}: ${counted(counts)}`)
  for (const { day, kinds } of told) {
    say('')
    say(day)
    for (const { name, counts } of kinds) say(`  ${name}: ${counted(counts)}`)
  }
  if (reasons.length === 0) return
  say('')
  say('Why:')
  for (const { decision, text, events: n, eventId } of reasons) say(`  ${String(n).padStart(5)} ${WORDS[decision]}: ${text} (${eventId})`)
  say('')
  say(assumes.map((one) => ASSUMED[one]).join(' '))
}

/** Which kinds made how many of the messages. */
export async function noise(options: PreviewOptions, out: Out, clock = systemClock()): Promise<number> {
  const span = days(options.days)
  const stored = openForReading(options.data)
  try {
    const report = await noiseReport({ history: stored, now: clock.now(), days: span, pause: () => nextTurn() })
    if (options.json) {
      out.line(JSON.stringify(report))
      return 0
    }
    out.line(`${report.sentence}${report.more ? ' There were more events; these are of the newest.' : ''}`)
    for (const { name, type, messages, share } of report.kinds) out.line(clean(`  ${percent(share)}  ${messages}  ${name} (${type})`))
    for (const { id, messages, share } of report.destinations) out.line(clean(`  ${percent(share)}  ${messages}  to ${id}`))
    return 0
  } finally {
    stored.close()
  }
}

const percent = (share: number): string => `${String(Math.round(share * 100)).padStart(3)} %`
