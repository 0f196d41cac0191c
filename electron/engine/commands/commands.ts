/**
 * What people wish from toast, tray, window, chat or CLI. Checked against what is true now, so that a button on an old
 * toast can never hit the next print; the outcome is taken from the printer's state, not from the server's "accepted".
 */
import { TERMINAL_TYPES, type EventDraft, type PrinterEvent, type PrinterState } from '../events/model.ts'
import { clockTime } from '../delivery/text.ts'
import type { History, Silence } from '../history/history.ts'
import type { Cancel, Clock, Log } from '../ports.ts'
import type { CommandAnswer, PrinterCommand } from '../printers/adapter.ts'
import { acknowledge, type AcknowledgingPorts } from './acknowledging.ts'
import { notAllowed, staleJob, switchedOff, type Present } from './allowed.ts'
import { before, shown, type Before } from './verify.ts'
import type { Outcome, Wish } from './wish.ts'

export { pressToWish } from './press.ts'

export interface CommandPorts extends Omit<AcknowledgingPorts, 'clock' | 'history' | 'printer'> {
  clock: Clock
  log: Log
  history: Pick<History, 'event' | 'events' | 'acknowledge' | 'putSilence'>
  /** Null = no such printer, or it is switched off. */
  state(printerId: string): PrinterState | null
  printer(printerId: string): { name: string; serverKind: string; commands?: readonly PrinterCommand['name'][] | undefined } | null
  command(printerId: string, command: PrinterCommand, signal: AbortSignal): Promise<CommandAnswer>
  /**
   * It is about to be sent: what the printer does from now on is our own doing. Told before the sending, because the server's
   * events may be here before its answer (OctoPrint 1.11.8: a cancel's three events, within 25 ms; seen).
   */
  onSending(printerId: string, action: PrinterCommand['name']): void
  /** The server refused it: what the printer does is not our doing. */
  onRefused(printerId: string, action: PrinterCommand['name']): void
  onSilenced(silence: Silence): void
  onOpen(event: PrinterEvent | null): void
  /** The outcome of a command that was sent, or could not be, and that somebody acknowledged: events like any other. */
  announce(draft: EventDraft): void
}

export interface Commands {
  /**
   * Never throws. `stale`, `expired`, `needs_confirmation` and a second press while the first runs are only answered;
   * every other outcome of a printer command is also announced.
   */
  handle(wish: Wish): Promise<Outcome>
  /** Whether a command is under way at this printer: another one would be refused. */
  busy(printerId: string): boolean
}

/** The server is waited for so long; ms. */
const SEND_DEADLINE_MS = 10_000
/** The printer's state is waited for so long after the server took the command; ms. */
const SHOW_DEADLINE_MS = 15_000
const LOOK_EVERY_MS = 250
/** "Cancel this print?" may be answered for so long; ms. */
const QUESTION_LIFE_MS = 60_000
/** Where the question and its answer happen in one place, which takes care of it itself. */
const ASKS_ITSELF: ReadonlySet<Wish['from']> = new Set<Wish['from']>(['window', 'cli'])

const DONE: Readonly<Record<PrinterCommand['name'], string>> = {
  pause: 'Paused.', resume: 'Printing again.', cancel: 'Cancelled.', answer: 'Answered.', gcode: 'G-code sent.',
  emergency_stop: 'Stopped. The firmware must be restarted before it prints again.',
}
/** What can't be taken back is asked twice. */
const CONFIRMED: ReadonlySet<PrinterCommand['name']> = new Set<PrinterCommand['name']>(['cancel', 'emergency_stop'])

export function createCommands(ports: CommandPorts): Commands {
  const { clock, history, log } = ports
  /** The command that runs at a printer. */
  const running = new Map<string, PrinterCommand['name']>()
  /** When a cancel or an emergency stop was asked back, by command, printer and job. */
  const asked = new Map<string, number>()

  async function handle(wish: Wish): Promise<Outcome> {
    const state = ports.state(wish.printerId)
    if (state === null || ports.printer(wish.printerId) === null) return { result: 'refused', detail: 'This printer is no longer watched. Check the settings.' }
    const now = clock.now()
    if (now >= wish.expiresAt) return { result: 'expired', detail: 'This button is too old. Nothing was done.' }
    const event = wish.eventId === null ? null : history.event(wish.eventId)
    const present: Present = { state, event, ending: endingOf(wish) }
    const { action } = wish
    switch (action.name) {
      case 'open':
        ports.onOpen(event)
        return { result: 'done', detail: 'Opened.' }
      case 'acknowledge': return acknowledge(wish, action, present, ports)
      case 'mute': return staleJob(wish, present) ?? mute(wish, action.seconds, now)
      default: return command(action, wish, present, now)
    }
  }

  async function command(action: PrinterCommand, wish: Wish, present: Present, now: number): Promise<Outcome> {
    const busy = running.get(wish.printerId)
    // An emergency does not wait until a pause shows.
    if (busy !== undefined && (busy === action.name || action.name !== 'emergency_stop')) {
      return { result: 'refused', detail: busy === action.name ? `This was pressed already: ${words(busy)} is under way.` : `Wait a moment: ${words(busy)} is under way.` }
    }
    const overtaken = staleJob(wish, present) ?? questionOver(action, wish, now)
    if (overtaken) return overtaken
    const refused = switchedOff(action, ports.printer(wish.printerId)?.commands) ?? notAllowed(action, wish, present)
    if (refused?.result === 'needs_confirmation') asked.set(questionKey(action, wish, present.state), now)
    if (refused) return reported(action, wish, refused)
    running.set(wish.printerId, action.name)
    try {
      const outcome = await carryOut(action, wish, present)
      return reported(action, wish, outcome.result === 'done' ? answered(action, wish, present, outcome) : outcome)
    } finally {
      // An emergency stop that came meanwhile is still under way.
      if (running.get(wish.printerId) === action.name) running.delete(wish.printerId)
    }
  }

  async function carryOut(action: PrinterCommand, wish: Wish, { state, event }: Present): Promise<Outcome> {
    const was = before(action, state, event?.attention)
    ports.onSending(wish.printerId, action.name)
    const answer = await send(wish.printerId, action)
    if (answer.result !== 'accepted') {
      // Without an answer it may have been done all the same.
      if (answer.result !== 'unreachable') ports.onRefused(wish.printerId, action.name)
      return { result: answer.result, detail: answer.detail }
    }
    return shownInTime(action, wish.printerId, was)
  }

  async function send(printerId: string, action: PrinterCommand): Promise<CommandAnswer> {
    const controller = new AbortController()
    let cancel: Cancel = () => undefined
    const late = new Promise<CommandAnswer>((resolve) => {
      cancel = clock.after(SEND_DEADLINE_MS, () => {
        resolve({ result: 'unreachable', detail: 'The server did not answer in time. Look whether the printer did it.' })
        controller.abort()
      })
    })
    try {
      return await Promise.race([ports.command(printerId, action, controller.signal), late])
    } catch (error) {
      log.error('a command could not be sent', { printer: printerId, action: action.name, error: nameOf(error) })
      return { result: 'unreachable', detail: 'The command could not be sent. Test the connection in the settings: it names the cause.' }
    } finally {
      cancel()
    }
  }

  /** Looks at the state until it shows the command's effect. */
  async function shownInTime(action: PrinterCommand, printerId: string, was: Before): Promise<Outcome> {
    const until = clock.monotonic() + SHOW_DEADLINE_MS
    for (;;) {
      const state = ports.state(printerId)
      const now = state === null ? 'no' : shown(action, was, state)
      if (now === 'yes') return { result: 'done', detail: DONE[action.name] }
      if (now === 'never') return { result: 'refused', detail: 'The print ended before that.' }
      if (clock.monotonic() >= until) {
        if (now === 'soon') return { result: 'done', detail: `${DONE[action.name].replace('.', '')}: the printer is about to.` }
        return { result: 'timed_out', detail: 'The server took the command, but the printer does not show it. Look at the printer.' }
      }
      await new Promise<void>((resolve) => { clock.after(LOOK_EVERY_MS, resolve) })
    }
  }

  function questionKey(action: PrinterCommand, wish: Wish, state: PrinterState | null): string {
    return `${action.name}|${wish.printerId}|${wish.jobKey ?? state?.jobRef?.key ?? ''}`
  }

  /** A yes counts only for a question that was asked within the last minute; and once. */
  function questionOver(action: PrinterCommand, wish: Wish, now: number): Outcome | null {
    if (!CONFIRMED.has(action.name) || !wish.confirmed || ASKS_ITSELF.has(wish.from)) return null
    const key = questionKey(action, wish, ports.state(wish.printerId))
    const at = asked.get(key)
    asked.delete(key)
    return at !== undefined && now - at <= QUESTION_LIFE_MS ? null : { result: 'expired', detail: `The question was open for too long. Nothing was ${action.name === 'cancel' ? 'cancelled' : 'stopped'}.` }
  }

  /** To go on or to cancel is an answer to the alert whose button it was: nobody else is to be called for it. */
  function answered(action: PrinterCommand, wish: Wish, { event }: Present, outcome: Outcome): Outcome {
    const now = clock.now()
    try {
      const answers = action.name === 'resume' || action.name === 'cancel'
      if (answers && event?.type.startsWith('failure.')) history.acknowledge([event.id], now, { until: null, note: null, by: wish.destinationId ?? wish.from })
      if (wish.thenMute !== true || wish.jobKey === null) return outcome
      silence({ printerIds: [wish.printerId], jobKey: wish.jobKey, types: ['failure.warning', 'failure.detected'] }, { now, endsAt: null, reason: 'Failure alerts of this print', by: wish.from })
      return { ...outcome, detail: `${outcome.detail} No more failure alerts of this print.` }
    } catch (error) {
      // The printer did it all the same.
      log.error('what follows a command could not be written', { printer: wish.printerId, action: action.name, error: nameOf(error) })
      return wish.thenMute === true ? { ...outcome, detail: `${outcome.detail} Its failure alerts could not be muted: the history cannot be written.` } : outcome
    }
  }

  function mute(wish: Wish, seconds: number, now: number): Outcome {
    const match = { printerIds: [wish.printerId], ...(wish.jobKey === null ? {} : { jobKey: wish.jobKey }) }
    silence(match, { now, endsAt: now + seconds * 1000, reason: wish.jobKey === null ? 'Muted' : 'This print is muted', by: wish.from })
    return { result: 'done', detail: `Muted until ${clockTime(now + seconds * 1000, now)}, also critical events.` }
  }

  function silence(match: Silence['match'], { now, endsAt, reason, by }: { now: number; endsAt: number | null; reason: string; by: string }): void {
    const made: Silence = { id: ports.ulid(), createdAt: now, startsAt: now, endsAt, match, reason, by }
    history.putSilence(made)
    ports.onSilenced(made)
  }

  function endingOf(wish: Wish): Present['ending'] {
    if (wish.jobKey === null) return null
    return history.events({ printerId: wish.printerId, jobKey: wish.jobKey, types: [...TERMINAL_TYPES], limit: 1 })[0]?.type ?? null
  }

  /** Passes the outcome on, and announces it unless it is only an answer to whoever pressed. */
  function reported(action: PrinterCommand, wish: Wish, outcome: Outcome): Outcome {
    if (outcome.result === 'stale' || outcome.result === 'expired' || outcome.result === 'needs_confirmation') return outcome
    const state = ports.state(wish.printerId)
    const printer = ports.printer(wish.printerId)
    const job = state?.jobRef && (wish.jobKey === null || state.jobRef.key === wish.jobKey) ? state.jobRef : null
    const type = outcome.result === 'done' ? 'command.succeeded' : 'command.failed'
    const now = clock.now()
    ports.announce({
      dedupeKey: `${wish.printerId}|${job?.key ?? '-'}|${type}|${ports.ulid()}`,
      occurredAt: now,
      observedAt: now,
      late: false,
      type,
      severity: outcome.result === 'done' ? 'info' : 'error',
      printerId: wish.printerId,
      printerName: printer?.name ?? wish.printerId,
      serverKind: printer?.serverKind ?? 'unknown',
      ...(job ? { job } : {}),
      reason: outcome.result,
      text: outcome.detail,
      code: action.name,
      byUs: true,
      snapshot: 'none',
    })
    return outcome
  }

  return {
    busy: (printerId) => running.has(printerId),
    async handle(wish) {
      try {
        return await handle(wish)
      } catch (error) {
        log.error('a wish could not be carried out', { printer: wish.printerId, action: wish.action.name, error: nameOf(error) })
        return { result: 'refused', detail: error instanceof Error && error.name === 'HistoryError' ? error.message : 'Printbell could not do this. Its log says why.' }
      }
    },
  }
}

function words(name: PrinterCommand['name']): string {
  return name === 'emergency_stop' ? 'the emergency stop' : name
}

/** Its message may hold an address or a secret. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}
