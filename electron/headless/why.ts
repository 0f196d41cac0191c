import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import { clockTime } from '../engine/delivery/text.ts'
import type { EventType } from '../engine/events/model.ts'
import type { FailingDestination } from '../engine/failing-destinations.ts'
import type { TraceMark } from '../engine/rules/explain.ts'
import { factsOf, type WhyQuestion } from '../engine/why/facts.ts'
import { whyNot, type WhyAnswer } from '../engine/why/why.ts'
import { UserError } from './errors.ts'
import { openForReading } from './history.ts'
import { clean } from './live-view.ts'
import type { Out } from './out.ts'
import { ask } from './remote.ts'
import { readSettingsFile } from './settings-file.ts'
import { moment } from './when.ts'
import { namesIn } from './words.ts'

export interface WhyOptions extends Common {
  printer?: string
  kind: string
  at: string
  destination?: string
  json?: boolean
}

/** "Why did I not hear?": works beside a running engine and without one. */
export async function why(options: WhyOptions, out: Out, clock = systemClock()): Promise<number> {
  const file = await readSettingsFile(options)
  const settings = file.engine
  const type = options.kind as EventType
  if (options.printer === undefined && !type.startsWith('app.')) throw new UserError('Say which printer: --printer ID. Only kinds of Printbell itself ("app.offline") belong to none.')
  if (options.destination !== undefined && !settings.destinations.some(({ id }) => id === options.destination)) {
    throw new UserError(`there is no destination "${options.destination}"; there are: ${settings.destinations.map(({ id }) => id).join(', ') || 'none'}`)
  }
  const now = clock.now()
  const question: WhyQuestion = { printerId: options.printer ?? '', type, at: moment(options.at, now, '--at'), destinationId: options.destination ?? null }
  const failing = await failingNow(options)
  const stored = openForReading(options.data)
  try {
    const answer = whyNot(question, factsOf(question, { history: stored, settings, kinds: file.kinds.channels, failing, now }), namesIn(settings, stored.silence, now))
    if (options.json) out.line(JSON.stringify({ question, ...answer }))
    else print(answer, out, now)
    return 0
  } finally {
    stored.close()
  }
}

/** Only a running engine knows what fails now. */
async function failingNow(options: Common): Promise<FailingDestination[]> {
  const answered = await ask(options, { call: 'status' })
  return answered ? (answered.result as { failing: FailingDestination[] }).failing : []
}

const MARKS: Readonly<Record<TraceMark, string>> = { ok: 'yes', no: 'no', wait: 'later', info: '' }

function print(answer: WhyAnswer, out: Out, now: number): void {
  const say = (text: string): void => out.line(clean(text))
  answer.sentences.forEach(say)
  if (answer.event) say(`Event ${answer.event.id}`)
  for (const { label, text, trace } of answer.destinations) {
    say('')
    say(`${label}: ${text}`)
    for (const { mark, stage, text: line } of trace) say(`  ${MARKS[mark].padEnd(5)} ${stage}: ${line}`)
  }
  if (answer.near.length === 0) return
  say('')
  say('About then:')
  for (const { at, eventId, text } of answer.near) say(`  ${clockTime(at, now)}  ${text}${eventId === null ? '' : ` (${eventId})`}`)
}
