import type { ChannelPorts } from './channels/channel.ts'
import { pressToWish, type Commands } from './commands/commands.ts'
import { ENGLISH, type Language } from './delivery/languages/language.ts'
import { renderCancelQuestion, renderNotice } from './delivery/render.ts'
import type { Destinations } from './destinations.ts'
import type { PrinterEvent, PrinterState } from './events/model.ts'
import type { History } from './history/history.ts'
import { markingAll } from './history/mark-all.ts'
import type { Clock, Log } from './ports.ts'

export interface PressParts {
  clock: Clock
  log: Log
  history: Pick<History, 'event' | 'markSeen' | 'markNextSeen' | 'markUnseen' | 'newestSeq'>
  commands: Pick<Commands, 'handle'>
  destinations: Pick<Destinations, 'tell'>
  state(printerId: string): PrinterState | null
  /** In which a destination is told something now; absent = English. */
  language?(destinationId: string): Language
  onOpen(event: PrinterEvent | null): void
}

export interface Presses {
  /** A button was pressed; never throws. */
  pressed: ChannelPorts['pressed']
  /** What "mark all seen" on a toast does. @returns how many were unseen */
  markAllSeen(): Promise<number>
}

type Press = Parameters<ChannelPorts['pressed']>[0]

/** From a press on a button to a wish, and back to the person: a question before a cancel, and words when nothing could be done. */
export function createPresses(parts: PressParts): Presses {
  const { clock, log, history, commands } = parts
  const everything = markingAll({ history, clock })

  async function press(press: Press): Promise<void> {
    const event = press.eventId === null ? null : history.event(press.eventId)
    switch (press.action) {
      case 'seen_all':
        await everything.all()
        return
      case 'open_history':
        parts.onOpen(null)
        return
      case 'keep':
        return
      default:
        break
    }
    if (!event) {
      log.warn('a button was pressed on a message whose event is gone', { action: press.action })
      return
    }
    // Whoever presses a button has seen what it is about.
    history.markSeen({ eventIds: [event.id] }, clock.now())
    if (press.action === 'open') {
      parts.onOpen(event)
      return
    }
    if (press.action === 'seen') return
    const wish = pressToWish(press, event, clock.now())
    if (!wish) return
    const outcome = await commands.handle(wish)
    const language = parts.language?.(press.destinationId) ?? ENGLISH
    if (outcome.result === 'needs_confirmation') {
      const state = parts.state(event.printerId)
      await parts.destinations.tell(press.destinationId, renderCancelQuestion(event, state?.progress ?? null, language), `question-${event.id}-${clock.now()}`)
      return
    }
    // What failed at the printer is an event of its own; what was never sent needs a word here.
    if (outcome.result === 'stale' || outcome.result === 'expired') {
      const { words } = language
      const notice = renderNotice(event, words.nothingDone, words.tooLate(outcome.result, outcome.detail), clock.now(), language)
      await parts.destinations.tell(press.destinationId, notice, `notice-${event.id}-${clock.now()}`)
    }
  }

  return {
    markAllSeen: everything.all,
    pressed(pressed) {
      press(pressed).catch((error: unknown) => log.error('a press on a button could not be carried out', { error, action: pressed.action }))
    },
  }
}
