import type { EventDraft } from './events/model.ts'
import type { History } from './history/history.ts'

/** @returns whether the camera of this event (`camera.lost`, or a reminder of it) answers again, by the history */
export function cameraIsBack({ printerId, occurredAt, code }: Pick<EventDraft, 'printerId' | 'occurredAt' | 'code'>, history: Pick<History, 'events'>): boolean {
  return history.events({ printerId, types: ['camera.up'], since: occurredAt + 1, limit: 20 }).some((up) => up.code === code)
}
