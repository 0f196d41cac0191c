import type { PrinterEvent, PrinterState } from './events/model.ts'
import type { History } from './history/history.ts'

export interface OpenAttentionsParts {
  history: Pick<History, 'events'>
  state(printerId: string): PrinterState | null
  /** What the event says has changed: destinations that can show it anew. */
  refresh(eventId: string): void
}

/** An attention that was told may get other words and choices while it is open: messages follow it. */
export interface OpenAttentions {
  /** With the choices and words that an open attention has got since the event was stored. */
  asItStands<E extends PrinterEvent>(event: E): E
  /** A prompt got its choices after it was told: the same toast then offers them. */
  refresh(printerId: string, before: PrinterState, now: PrinterState): void
}

export function openAttentions({ history, state, refresh }: OpenAttentionsParts): OpenAttentions {
  return {
    asItStands(event) {
      const about = event.attention
      const open = about && state(event.printerId)?.attentions.find((attention) => attention.key === about.key && attention.since === about.since)
      return open ? { ...event, attention: open } : event
    },
    refresh(printerId, before, now) {
      for (const attention of now.attentions) {
        const earlier = before.attentions.find(({ key, since }) => key === attention.key && since === attention.since)
        if (!earlier || (earlier.text === attention.text && earlier.choices.join('\n') === attention.choices.join('\n'))) continue
        const told = history.events({ printerId, since: attention.since - 1, limit: 20 }).find((event) => event.attention?.key === attention.key && event.attention.since === attention.since)
        if (told) refresh(told.id)
      }
    },
  }
}
