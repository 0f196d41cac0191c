/** The printer needs a human: one ring per occurrence (R14), whatever number of signals speak of the same stop (R61). */
import type { Attention, Signal, StateReport } from './model.ts'
import type { Occurrence } from './notes.ts'
import { coverPause } from './pause.ts'
import { dedupeKey, emit, ours, suppress, type Turn } from './turn.ts'

type Opened = Extract<Signal, { type: 'attention' }>

/**
 * Opens an attention, or joins it to the one that is open. While a filament change, runout or any other stop is open, what
 * the printer asks meanwhile (M600's "Heater Timeout", the busy line) is part of it: text and choices are updated, no
 * second ring. Two different faults (door and runout) stay two.
 */
export function attentionOpened(turn: Turn, signal: Opened): void {
  const { notes, state } = turn
  const member = { text: signal.text ?? null, choices: signal.choices ?? [] }
  const own = notes.occurrences.find((occurrence) => signal.key in occurrence.members)
  const joined = own ?? notes.occurrences.find((occurrence) => {
    const open = state.attentions.find((attention) => attention.key === occurrence.key)
    return open !== undefined && (signal.kind === 'user_input' || open.kind === 'user_input')
  })
  if (joined) {
    const before = JSON.stringify(joined.members)
    joined.members[signal.key] = member
    const open = state.attentions.find((attention) => attention.key === joined.key)
    // The more exact word wins: "paused for user" turns out to be a runout.
    if (open?.kind === 'user_input') open.kind = signal.kind
    merge(turn, joined)
    if (JSON.stringify(joined.members) !== before) suppress(turn, `attention.${signal.kind}`, 'duplicate', `part of what was already told (${joined.key})`)
    return
  }
  const attention: Attention = { key: signal.key, kind: signal.kind, text: member.text, choices: member.choices, since: turn.at }
  state.attentions.push(attention)
  notes.occurrences.push({ key: signal.key, members: { [signal.key]: member }, jobKey: notes.active?.job.key ?? null, reminded: 0, lastAt: turn.now, acknowledged: false })
  emit(turn, `attention.${signal.kind}`, { step: `${signal.key}:${turn.at}`, attention, text: attention.text })
  coverPause(turn)
}

function merge(turn: Turn, occurrence: Occurrence): void {
  const open = turn.state.attentions.find((attention) => attention.key === occurrence.key)
  if (!open) return
  const members = Object.values(occurrence.members)
  open.choices = members.findLast((member) => member.choices.length > 0)?.choices ?? []
  open.text = members.findLast((member) => member.text !== null)?.text ?? null
  turn.edge = true
}

/** Closes one member; the occurrence is over when its last one is. Closing what isn't open is normal. */
export function attentionCleared(turn: Turn, key: string): void {
  const { notes } = turn
  const occurrence = notes.occurrences.find((candidate) => key in candidate.members)
  if (!occurrence) return
  delete occurrence.members[key]
  turn.edge = true
  if (Object.keys(occurrence.members).length > 0) merge(turn, occurrence)
  else close(turn, occurrence, null)
}

function close(turn: Turn, occurrence: Occurrence, silently: string | null): void {
  const { notes, state } = turn
  const attention = state.attentions.find((candidate) => candidate.key === occurrence.key)
  notes.occurrences = notes.occurrences.filter((candidate) => candidate !== occurrence)
  state.attentions = state.attentions.filter((candidate) => candidate.key !== occurrence.key)
  if (!attention) return
  if (notes.active) notes.active.still = null
  const step = `${occurrence.key}:${attention.since}`
  if (silently !== null) suppress(turn, 'attention.cleared', 'same_job', silently, dedupeKey(turn, 'attention.cleared', occurrence.jobKey, step))
  else emit(turn, 'attention.cleared', { step, attention, byUs: ours(turn, 'answer') })
}

/** The job's end closes what belonged to it; the end itself is what is told. */
export function closeOfJob(turn: Turn, jobKey: string): void {
  for (const occurrence of [...turn.notes.occurrences]) {
    if (occurrence.jobKey === jobKey) close(turn, occurrence, 'the job is over')
  }
}

/** A pause that ended while we could not look ended its stop too. */
export function closeStops(turn: Turn): void {
  for (const occurrence of [...turn.notes.occurrences]) if (occurrence.jobKey !== null) close(turn, occurrence, null)
}

/** Servers that list what is open: the difference to what we have is what happened. */
export function attentionList(turn: Turn, list: NonNullable<StateReport['attentions']>): void {
  const named = new Set(list.map((attention) => attention.key))
  for (const occurrence of [...turn.notes.occurrences]) {
    for (const key of Object.keys(occurrence.members)) if (!named.has(key)) attentionCleared(turn, key)
  }
  for (const attention of list) attentionOpened(turn, { type: 'attention', ...attention })
}

export function acknowledged(turn: Turn): void {
  for (const occurrence of turn.notes.occurrences) occurrence.acknowledged = true
  turn.edge = true
}

const remindAt = (turn: Turn, occurrence: Occurrence): number | null => {
  const { reminderEvery, reminderTimes } = turn.context.thresholds
  return occurrence.acknowledged || reminderEvery <= 0 || occurrence.reminded >= reminderTimes ? null : occurrence.lastAt + reminderEvery * 1000
}

export function attentionWake(turn: Turn): number[] {
  return turn.notes.occurrences.map((occurrence) => remindAt(turn, occurrence)).filter((at) => at !== null)
}

export function attentionTimers(turn: Turn): void {
  for (const occurrence of turn.notes.occurrences) {
    const due = remindAt(turn, occurrence)
    if (due === null || turn.now < due) continue
    occurrence.reminded += 1
    occurrence.lastAt = turn.now
    const attention = turn.state.attentions.find((candidate) => candidate.key === occurrence.key)
    if (attention) emit(turn, 'attention.reminder', { step: `${occurrence.key}:${attention.since}:${occurrence.reminded}`, attention, text: attention.text, native: null })
  }
}
