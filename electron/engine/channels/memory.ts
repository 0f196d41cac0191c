import type { History } from '../history/history.ts'
import type { ChannelMemory } from './channel.ts'

const LONGEST_VALUE = 4_096

/** One destination's notes in the history. @param now epoch ms */
export function memoryOf(history: Pick<History, 'getNote' | 'setNote' | 'deleteNote' | 'noteKeys'>, destinationId: string, now: () => number): ChannelMemory {
  return {
    get: (key) => history.getNote(destinationId, key),
    set(key, value) {
      if (value.length > LONGEST_VALUE) throw new Error(`a channel's note of ${value.length} characters is too long; at most ${LONGEST_VALUE}`)
      history.setNote(destinationId, key, value, now())
    },
    delete: (key) => history.deleteNote(destinationId, key),
    keys: (prefix) => history.noteKeys(destinationId, prefix),
  }
}

/** Notes that live as long as this process: for a destination that is only tested. */
export function passingMemory(): ChannelMemory {
  const notes = new Map<string, string>()
  return {
    get: (key) => notes.get(key) ?? null,
    set(key, value) {
      notes.delete(key)
      notes.set(key, value)
    },
    delete: (key) => void notes.delete(key),
    keys: (prefix) => [...notes.keys()].filter((key) => key.startsWith(prefix)).reverse(),
  }
}
