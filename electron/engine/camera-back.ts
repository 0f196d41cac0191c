import type { EventDraft } from './events/model.ts'
import { subjectOf } from './events/still-open.ts'
import type { History } from './history/history.ts'

/** @returns whether the event is about a lost camera (`camera.lost`, or a reminder of it) that answers again, by the history */
export function cameraIsBack(event: Pick<EventDraft, 'printerId' | 'occurredAt' | 'code' | 'type' | 'about'>, history: Pick<History, 'events'>): boolean {
  if (subjectOf(event) !== 'camera.lost') return false
  return history.events({ printerId: event.printerId, types: ['camera.up'], since: event.occurredAt + 1, limit: 20 }).some(({ code }) => code === event.code)
}
