/**
 * A story told along a time line: what happens when, and who hears what between when and when. The engine is the real one, with a
 * database; its clock is moved. Every message that any destination gets must be expected, so what is not told is a claim too.
 */
import { expect } from 'vitest'
import { explain, type Names } from '../../electron/engine/rules/explain.ts'
import type { EventType } from '../../electron/engine/events/model.ts'
import { dataFolder } from '../support/engine-rig.ts'
import type { Deed } from './deeds.ts'
import type { House } from './house.ts'
import { dateOf, momentFrom, shown } from './moments.ts'
import { createStage, type Receipt, type Stage } from './stage.ts'

/** 2026-01-15 is a Thursday. */
const USUAL_BEGIN = '2026-01-15 12:00'

interface Happening { line: 'at'; time: string; deed: Deed }
interface Delivery { line: 'delivery'; title: string; body: string | null; destination: string; from: string; to: string }
interface Quiet { line: 'quiet'; destination: string; from: string; to: string }
interface Trail { line: 'trail'; type: EventType; destination: string; says: string[] }
export type Line = Happening | Delivery | Quiet | Trail

/** Something happens. Times go on from the line before: "02:10" behind "Thu 22:00" is Friday's. */
export const at = (time: string, deed: Deed): Happening => ({ line: 'at', time, deed })

interface Expected { at(destination: string): { between(from: string, to: string): Delivery } }

/** One message. @param title as it stands there, whole @param body part of what stands below it */
export function expectDelivery(title: string, body: string | null = null): Expected {
  return { at: (destination) => ({ between: (from, to) => ({ line: 'delivery', title, body, destination, from, to }) }) }
}

/** Not one message: what is not expected fails a story anyway, this says it aloud. */
export const expectNothing = (): { at(destination: string): { between(from: string, to: string): Quiet } } => ({
  at: (destination) => ({ between: (from, to) => ({ line: 'quiet', destination, from, to }) }),
})

/** All that was decided on the last event of a kind for a destination, in order: "hold: timeslot_closed". */
export const expectDecisions = (type: EventType, destination: string, ...says: string[]): Trail => ({ line: 'trail', type, destination, says })

export interface Given extends House {
  /** A day and a time of UTC, or with an offset; absent = Thursday 2026-01-15 12:00. */
  begins?: string
}

/** Plays it. A story that does not hold fails with all that differs, and with what came when. */
export async function timeline({ begins = USUAL_BEGIN, ...house }: Given, ...lines: Line[]): Promise<void> {
  const folder = dataFolder()
  const stage = createStage(folder.file, house, dateOf(begins))
  try {
    await stage.start()
    const { expected, story } = await play(stage, lines)
    const problems = [...differences(expected, stage.receipts), ...wrongTrails(stage, lines), ...unaccounted(stage)]
    expect(problems, asTold([...story, ...stage.receipts.map((receipt) => ({ at: receipt.at, says: `→ ${told(receipt)}` }))])).toEqual([])
  } finally {
    stage.end()
    folder.remove()
  }
}

interface Told { at: number; says: string }

/** All of it in the order in which it came. */
const asTold = (story: readonly Told[]): string => [...story].sort((a, b) => a.at - b.at).map(({ at: when, says }) => `${shown(when)}  ${says}`).join('\n')

type Timed = (Delivery | Quiet) & { fromAt: number; toAt: number }

async function play(stage: Stage, lines: readonly Line[]): Promise<{ expected: Timed[]; story: Told[] }> {
  const expected: Timed[] = []
  const story: Told[] = []
  let cursor = stage.now()
  for (const line of lines) {
    if (line.line === 'trail') continue
    cursor = momentFrom(line.line === 'at' ? line.time : line.from, cursor)
    if (line.line !== 'at') {
      // What comes within the second in which it is said to end is in time.
      expected.push({ ...line, fromAt: cursor, toAt: momentFrom(line.to, cursor) + 999 })
      continue
    }
    await stage.moveTo(cursor)
    story.push({ at: cursor, says: line.deed.says })
    await line.deed.do(stage)
    await stage.moveTo(stage.now())
  }
  await stage.moveTo(Math.max(cursor, ...expected.map(({ toAt }) => toAt)))
  return { expected, story }
}

const told = ({ destination, title, body }: Receipt): string => `${destination}: “${title}”${body === '' ? '' : ` (${body.replaceAll('\n', ' / ')})`}`

function differences(expected: readonly Timed[], receipts: readonly Receipt[]): string[] {
  const left = [...receipts]
  const problems: string[] = []
  for (const one of expected) {
    const inTime = ({ at: when, destination }: Receipt): boolean => destination === one.destination && when >= one.fromAt && when <= one.toAt
    const span = `between ${shown(one.fromAt)} and ${shown(one.toAt)}`
    if (one.line === 'quiet') {
      problems.push(...receipts.filter(inTime).map((receipt) => `nothing was to come ${span}, but ${shown(receipt.at)} ${told(receipt)}`))
      continue
    }
    const found = left.findIndex((receipt) => inTime(receipt) && receipt.title === one.title && (one.body === null || receipt.body.includes(one.body)))
    if (found >= 0) left.splice(found, 1)
    else problems.push(`missing ${span}: ${one.destination}: “${one.title}”${one.body === null ? '' : ` (${one.body})`}`)
  }
  return [...problems, ...left.map((receipt) => `nobody expected, ${shown(receipt.at)}, ${told(receipt)}`)]
}

function wrongTrails(stage: Stage, lines: readonly Line[]): string[] {
  const { history } = stage.rig()
  return lines.flatMap((line) => {
    if (line.line !== 'trail') return []
    const [event] = history.events({ types: [line.type], limit: 1 })
    const says = event === undefined ? [] : history.decisions(event.id).filter(({ destinationId }) => destinationId === line.destination).map(({ decision, reason }) => `${decision}: ${reason}`)
    return JSON.stringify(says) === JSON.stringify(line.says) ? [] : [`decided on ${line.type} for ${line.destination}: ${JSON.stringify(says)} instead of ${JSON.stringify(line.says)}`]
  })
}

const NAMES: Names = { event: 'It', destination: 'there', printer: 'the printer', silence: () => null, filter: () => 'a filter', profile: () => 'a profile', time: () => 'then' }

/** What holds in every story: each event has a decision for each destination, in words, a row for what is to be sent, and no message comes twice. */
function unaccounted(stage: Stage): string[] {
  const { history } = stage.rig()
  const twice = stage.receipts.filter(({ deliveryKey }, index) => stage.receipts.findIndex((other) => other.deliveryKey === deliveryKey) !== index)
  const problems = twice.map((receipt) => `came twice: ${told(receipt)}`)
  for (const event of history.events({ limit: 1_000 })) {
    const decisions = history.decisions(event.id)
    const rows = history.outbox({ eventId: event.id })
    for (const destination of stage.destinations()) {
      const about = `${event.type} of ${event.printerId || 'Printbell'} for ${destination}`
      const first = decisions.find(({ destinationId, seq }) => destinationId === destination && seq === 1)
      if (!first) problems.push(`nothing was decided on ${about}`)
      else if (first.decision !== 'drop' && !rows.some(({ destinationId }) => destinationId === destination)) problems.push(`nothing is on its way of ${about}`)
    }
    for (const decision of decisions) if (explain(decision, NAMES).text === '') problems.push(`no words for ${decision.reason}`)
  }
  return problems
}
