/** What happens in a story: what printers, destinations, people and the computer do. */
import type { AttentionKind } from '../../electron/engine/events/model.ts'
import type { StoredEvent } from '../../electron/engine/history/history.ts'
import type { WishAction } from '../../electron/engine/commands/wish.ts'
import type { NewSilence } from '../../electron/engine/silences-in-force.ts'
import type { House } from './house.ts'
import { momentFrom } from './moments.ts'
import type { Stage } from './stage.ts'

export interface Deed {
  /** As a sentence of the story. */
  says: string
  /** May take no time of the story. */
  do(stage: Stage): void | Promise<void>
}

const deed = (says: string, act: Deed['do']): Deed => ({ says, do: act })

interface Printer {
  starts(file?: string): Deed
  /** @param percent whole */
  reaches(percent: number): Deed
  pauses(): Deed
  resumes(): Deed
  finishes(): Deed
  fails(why?: string): Deed
  isCancelled(): Deed
  runsOutOfFilament(): Deed
  needsAnswer(question: string): Deed
  /** Filament is loaded, the question is answered: whatever it waited for. */
  isHelped(): Deed
  breaksDown(why?: string): Deed
  worksAgain(): Deed
  stopsAnswering(): Deed
  answersAgain(): Deed
}

/** @param id as in the settings of the story */
export function printer(id: string): Printer {
  const named = (says: string, act: Deed['do']): Deed => deed(`${id} ${says}`, act)
  const attention = (key: string, kind: AttentionKind, text: string | null): Deed['do'] => (stage) => stage.says(id, {}, { type: 'attention', key, kind, text })
  return {
    starts: (name = 'lamp.gcode') => named(`starts ${name}`, (stage) => {
      const file = { name, path: name, origin: 'local', size: 1_000 }
      stage.says(id, { job: 'printing', file, progress: 0 }, { type: 'job_started', file, user: 'ann' })
    }),
    reaches: (percent) => named(`reaches ${percent} %`, (stage) => stage.says(id, { progress: percent / 100 })),
    pauses: () => named('pauses', (stage) => stage.says(id, { job: 'paused' }, { type: 'job_paused', file: stage.fileOf(id), user: 'ann' })),
    resumes: () => named('resumes', (stage) => stage.says(id, { job: 'printing' }, { type: 'job_resumed', file: stage.fileOf(id), user: 'ann' })),
    finishes: () => named('finishes', (stage) => stage.says(id, { job: 'none', file: null, progress: null }, { type: 'job_done', file: stage.fileOf(id), printTime: 3_600 })),
    fails: (why = 'Thermistor broken') => named('fails', (stage) => stage.says(id, { job: 'none', file: null, progress: null }, { type: 'job_failed', file: stage.fileOf(id), cause: 'error', reason: 'firmware', text: why })),
    isCancelled: () => named('is cancelled', (stage) => stage.says(id, { job: 'none', file: null, progress: null }, { type: 'job_cancelled', file: stage.fileOf(id), user: 'ann' })),
    runsOutOfFilament: () => named('runs out of filament', attention('runout', 'filament_runout', null)),
    needsAnswer: (question) => named(`asks "${question}"`, attention('question', 'user_input', question)),
    isHelped: () => named('is helped', (stage) => {
      for (const { key } of stage.rig().engine.printers().find((one) => one.id === id)?.state.attentions ?? []) stage.says(id, {}, { type: 'attention_cleared', key })
    }),
    breaksDown: (why = 'MINTEMP triggered') => named('breaks down', (stage) => stage.says(id, { device: 'error', error: why })),
    worksAgain: () => named('works again', (stage) => stage.says(id, { device: 'ready', error: null })),
    stopsAnswering: () => named('stops answering', (stage) => stage.reach(id, false)),
    answersAgain: () => named('answers again', (stage) => stage.reach(id, true)),
  }
}

export const destination = (id: string): { isDown(): Deed; isBack(): Deed } => ({
  isDown: () => deed(`${id} is down`, (stage) => stage.setFailing(id, true)),
  isBack: () => deed(`${id} is back`, (stage) => stage.setFailing(id, false)),
})

/** Whoever may sit at this computer. */
export const desk = {
  isTaken: (): Deed => deed('somebody sits down at the desk', (stage) => stage.setPresence('present')),
  isLeft: (): Deed => deed('nobody touches the desk any more', (stage) => stage.setPresence('idle')),
  isLocked: (): Deed => deed('the desk is locked', (stage) => stage.setPresence('locked')),
  cannotBeSeen: (): Deed => deed('whether somebody is at the desk cannot be told', (stage) => stage.setPresence('unknown')),
}

/** The one who hears it. */
export const somebody = {
  /** By the newest message about it, be it a reminder. */
  acknowledges: (printerId: string): Deed => deed(`somebody acknowledges what ${printerId} needs`, (stage) => wish(stage, printerId, { name: 'acknowledge' }, waiting(stage, printerId))),
  /** By the printer's card in the window, which names no message. */
  acknowledgesOnTheCard: (printerId: string): Deed => deed(`somebody acknowledges ${printerId} on its card`, (stage) => wish(stage, printerId, { name: 'acknowledge' })),
  /** @param until a time @param more what else is said, and by which destination's button; without one it is at this desk */
  acknowledgesUntil: (printerId: string, until: string, { note, quiet, at: destinationId }: { note?: string; quiet?: boolean; at?: string } = {}): Deed => deed(`somebody acknowledges what ${printerId} needs until ${until}${note ? `: “${note}”` : ''}`, (stage) =>
    wish(stage, printerId, { name: 'acknowledge', until: momentFrom(until, stage.now()), ...(note === undefined ? {} : { note }), ...(quiet ? { quiet } : {}) }, waiting(stage, printerId), destinationId)),
  acknowledgesOnTheCardUntil: (printerId: string, until: string): Deed => deed(`somebody acknowledges ${printerId} on its card until ${until}`, (stage) => wish(stage, printerId, { name: 'acknowledge', until: momentFrom(until, stage.now()) })),
  /** For good. @param by the destination whose button is pressed; absent = in the window */
  acknowledgesWithNote: (printerId: string, note: string, { quiet, at: destinationId }: { quiet?: boolean; at?: string } = {}): Deed => deed(`somebody acknowledges what ${printerId} needs: “${note}”`, (stage) =>
    wish(stage, printerId, { name: 'acknowledge', note, ...(quiet ? { quiet } : {}) }, waiting(stage, printerId), destinationId)),
  /** By the newest message about it. */
  looksAt: (printerId: string): Deed => deed(`somebody looks at what ${printerId} needs`, (stage) => {
    const [newest] = stage.rig().history.events({ printerId, types: ['job.failed', 'job.result_unknown', 'device.error', 'attention.user_input', 'attention.filament_runout'], limit: 1 })
    if (newest) stage.rig().engine.markSeen([newest.id])
  }),
  /** @param to destinations; absent = all */
  tells: (text: string, to: string[] | null = null): Deed => deed(`somebody tells ${to?.join(' and ') ?? 'all'}: “${text}”`, (stage) => void stage.rig().engine.broadcast({ text, destinationIds: to })),
  mutesForAnHour: (printerId: string): Deed => deed(`somebody mutes ${printerId} for an hour`, (stage) => wish(stage, printerId, { name: 'mute', seconds: 3_600 })),
  /** @param until a time, or "somebody lifts it" */
  silences: (what: NewSilence['match'], until: string): Deed => deed(`somebody silences ${JSON.stringify(what)} until ${until}`, (stage) => {
    stage.rig().engine.addSilence({ match: what, endsAt: until === 'somebody lifts it' ? null : momentFrom(until, stage.now()), reason: '', by: 'window' })
  }),
  /** Maintenance. @param from a time, or "now" @param until a time, or "somebody ends it" */
  plans: (reason: string, what: NewSilence['match'], from: string, until: string): Deed => deed(`somebody plans "${reason}" of ${JSON.stringify(what)} from ${from} until ${until}`, (stage) => {
    const startsAt = from === 'now' ? stage.now() : momentFrom(from, stage.now())
    stage.rig().engine.addSilence({ match: what, startsAt, endsAt: until === 'somebody ends it' ? null : momentFrom(until, startsAt), reason, by: 'window' })
  }),
  /** By what it is called. */
  endsSilence: (reason: string): Deed => deed(`somebody ends "${reason}"`, (stage) => {
    const { engine } = stage.rig()
    const { running, coming } = engine.silencesByTime()
    for (const { id } of [...running, ...coming].filter((one) => one.reason === reason)) engine.liftSilence(id)
  }),
  silencesThisPrint: (printerId: string): Deed => deed(`somebody silences this print of ${printerId}`, (stage) => {
    const jobKey = stage.rig().engine.printers().find(({ id }) => id === printerId)?.state.jobRef?.key
    if (jobKey === undefined) throw new Error(`${printerId} prints nothing that could be silenced.`)
    stage.rig().engine.addSilence({ match: { printerIds: [printerId], jobKey }, endsAt: null, reason: '', by: 'window' })
  }),
  liftsAllSilences: (): Deed => deed('somebody lifts all silences', (stage) => {
    const { engine } = stage.rig()
    for (const { id } of engine.silences()) engine.liftSilence(id)
  }),
  changesTheSettings: (house: House): Deed => deed('somebody changes the settings', (stage) => stage.change(house)),
}

/** The newest event of a printer that waits for somebody. */
function waiting(stage: Stage, printerId: string): StoredEvent {
  const found = stage.rig().history.events({ printerId }).find(({ acknowledgedAt, type }) => acknowledgedAt === null && (type === 'job.failed' || type === 'device.error' || type === 'link.lost' || (type.startsWith('attention.') && type !== 'attention.cleared')))
  if (!found) throw new Error(`Nothing of ${printerId} waits for anybody.`)
  return found
}

/** As a button on a message does it. */
async function wish(stage: Stage, printerId: string, action: WishAction, about: StoredEvent | null = null, destinationId?: string): Promise<void> {
  const outcome = await stage.rig().engine.handle({ printerId, jobKey: null, action, from: destinationId === undefined && action.name === 'acknowledge' && 'note' in action ? 'window' : 'toast', madeAt: stage.now(), expiresAt: stage.now() + 60_000, confirmed: false, eventId: about?.id ?? null, ...(destinationId === undefined ? {} : { destinationId }) })
  if (outcome.result !== 'done') throw new Error(`It could not be done: ${outcome.detail}`)
}

/** The computer on which Printbell runs. */
export const laptop = {
  /** @param until a time */
  sleepsUntil: (until: string): Deed => deed(`the laptop sleeps until ${until}`, (stage) => stage.sleepUntil(momentFrom(until, stage.now()))),
}

export const printbell = {
  isKilled: (): Deed => deed('Printbell is killed', (stage) => stage.kill()),
  starts: (): Deed => deed('Printbell starts', (stage) => stage.start()),
}
