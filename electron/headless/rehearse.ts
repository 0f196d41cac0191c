import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import type { EventType } from '../engine/events/model.ts'
import type { Silence } from '../engine/history/history.ts'
import type { PlayResult, PlayedAt } from '../engine/rehearsal.ts'
import { explain } from '../engine/rules/explain.ts'
import { kindName } from '../engine/why/title.ts'
import type { WhyNames } from '../engine/why/fate.ts'
import { clean } from './live-view.ts'
import type { Out } from './out.ts'
import { ask, withEngineAlone } from './remote.ts'
import { readSettingsFile } from './settings-file.ts'
import { namesIn } from './words.ts'

export interface RehearseOptions extends Common {
  printer: string
  destination?: string[]
  json?: boolean
}

/**
 * Plays a made-up event through all rules to the chosen destinations, or to all; it says of itself that it is a rehearsal. Without a running engine
 * one is started just for it, connected to no printer.
 */
export async function rehearse(kind: string, options: RehearseOptions, out: Out): Promise<number> {
  const play = { destinationIds: options.destination ?? null, printerId: options.printer, type: kind as EventType }
  const answered = await ask(options, { call: 'rehearse', ...play })
  const result = (answered ? answered.result : await withEngineAlone(options, (engine) => engine.play(play))) as PlayResult
  if (options.json) out.line(JSON.stringify(result))
  else await tellPlayed(result, play.type, options, out)
  const sent = result.destinations.filter(({ decision }) => decision.decision === 'deliver')
  return sent.length > 0 && sent.every(({ attempt }) => attempt?.result === 'delivered') ? 0 : 1
}

/** A line for each destination, in the words of the settings and of the silences in force, then the event. */
export async function tellPlayed({ eventId, destinations }: PlayResult, type: EventType, options: Common, out: Out): Promise<void> {
  const { engine } = await readSettingsFile(options)
  const silences = ((await ask(options, { call: 'silences' }))?.result ?? []) as Silence[]
  const names = namesIn(engine, (id) => silences.find((silence) => silence.id === id) ?? null, systemClock().now())
  for (const played of destinations) out.line(playedLine(played, type, names))
  out.line(`event: ${eventId}`)
}

/** "Desk: delivered, shown by dunst (12 ms). Goes to “Desk” (profile “Workshop”)." */
export function playedLine({ label, decision, attempt }: PlayedAt, type: EventType, names: WhyNames): string {
  const { text } = explain({ ...decision, at: 0 }, { ...names, event: kindName(type), destination: label, printer: '' })
  const came = attempt ? `${attempt.result}${attempt.detail ? `, ${attempt.detail.replace(/\.$/, '')}` : ''} (${Math.round(attempt.ms)} ms)`
    : { deliver: 'not sent yet, it waits in the outbox', hold: 'held', digest: 'held', drop: 'not sent' }[decision.decision]
  return clean(`${label}: ${came}. ${text}.`)
}
