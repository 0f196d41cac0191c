/**
 * Messages that change in place. A chat where every few percent is a new message is a chat that people mute: how a running print goes is
 * one message for each job, and a picture that comes late is put into the message that went without it. Where each stands is noted.
 */
import { TERMINAL_TYPES, type EventType } from '../../events/model.ts'
import type { ChannelMemory, Sending, Verdict } from '../channel.ts'

/** News of a running job of which only the newest is worth reading. What calls for a person is always a message of its own: a change rings nowhere. */
const RUNNING: ReadonlySet<EventType> = new Set<EventType>(['job.first_layer_done', 'job.layer', 'job.progress', 'job.milestone_time'])

/** Where a message of ours stands at the far side. */
export interface Standing {
  /** Chat, channel, thread: in another place it can't be changed. */
  place: string
  /** The far side's own id of it. */
  id: string
  /** Whether it shows a picture now. */
  picture: boolean
  /** Of the delivery that it tells now. */
  deliveryKey: string
}

export type Plan =
  | { do: 'send' }
  | { do: 'change'; standing: Standing }
  /** It counts as delivered; `why` tells what is there already, or why nothing can be added. */
  | { do: 'nothing'; why: string }

export interface InPlace {
  /** What a sending needs. @param place where it would go now */
  plan(sending: Sending, place: string): Plan
  /** Where the message of this sending stands, once it was sent; null = nowhere. */
  standing(sending: Sending, place: string): Standing | null
  /** It stands there now. */
  remember(sending: Sending, standing: Omit<Standing, 'deliveryKey'>): void
}

/** Nothing was sent, because what is there already tells it; where it was to be changed, that too is told. */
export function needsNothing({ update }: Pick<Sending, 'update'>, why: string): Verdict {
  return { result: 'delivered', detail: why, ...(update ? { unchanged: true } : {}) }
}

export function createInPlace(memory: ChannelMemory): InPlace {
  const read = (key: string, place: string): Standing | null => {
    const standing = parse(memory.get(key))
    return standing?.place === place ? standing : null
  }
  return {
    plan(sending, place) {
      const own = read(deliveryNote(sending), place)
      const shared = isRunning(sending) ? read(jobNote(sending), place) : null
      if (sending.update) {
        if (own === null) return { do: 'nothing', why: 'The message can no longer be changed, so its picture was left out.' }
        if (!isRunning(sending)) return { do: 'change', standing: own }
        return shared?.deliveryKey === sending.deliveryKey ? { do: 'change', standing: shared } : { do: 'nothing', why: 'Newer news of the same print stands there, so this picture was left out.' }
      }
      // A try before this one was taken, but its mark did not reach the disk: told is told.
      if (own !== null) return { do: 'nothing', why: 'An earlier try brought it.' }
      return shared === null ? { do: 'send' } : { do: 'change', standing: shared }
    },
    standing: (sending, place) => read(deliveryNote(sending), place),
    remember(sending, standing) {
      const note = JSON.stringify({ ...standing, deliveryKey: sending.deliveryKey })
      memory.set(deliveryNote(sending), note)
      if (isRunning(sending)) memory.set(jobNote(sending), note)
      else if (sending.message.kind === 'event' && TERMINAL_TYPES.includes(sending.message.type)) memory.delete(jobNote(sending))
    },
  }
}

/** Whether it tells how a running print goes, so that it changes the message of that print. A question about one is not news of it. */
export function isRunning({ message }: Pick<Sending, 'message'>): boolean {
  return message.kind === 'event' && message.job !== null && RUNNING.has(message.type)
}

function deliveryNote({ deliveryKey }: Sending): string {
  return `sent ${deliveryKey}`
}

function jobNote({ message }: Sending): string {
  return `running ${message.threadKey}`
}

/** A note that can't be read (another version's, a hand's) is no note. */
function parse(note: string | null): Standing | null {
  try {
    const { place, id, picture, deliveryKey } = JSON.parse(note ?? 'null') as Partial<Standing>
    return typeof place === 'string' && typeof id === 'string' && typeof picture === 'boolean' && typeof deliveryKey === 'string' ? { place, id, picture, deliveryKey } : null
  } catch {
    return null
  }
}

/** Lets the work on one key come one after the other: two sends of one job must not both think that they are the first. */
export function createTurns(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const tails = new Map<string, Promise<unknown>>()
  return async (key, work) => {
    const turn = (tails.get(key) ?? Promise.resolve()).then(work, work)
    tails.set(key, turn)
    try {
      return await turn
    } finally {
      if (tails.get(key) === turn) tails.delete(key)
    }
  }
}
