import type { EventDraft } from './events/model.ts'
import { subjectOf } from './events/still-open.ts'
import type { History } from './history/history.ts'

/** Returns of cameras that are read from the history in one go. */
const AT_ONCE = 100

/** @returns whether the event is about a lost camera (`camera.lost`, or a reminder of it) that answers again, by the history */
export function cameraIsBack(event: Pick<EventDraft, 'printerId' | 'occurredAt' | 'code' | 'type' | 'about'>, history: Pick<History, 'events'>): boolean {
  if (subjectOf(event) !== 'camera.lost') return false
  // Another camera of that printer may have come and gone many times meanwhile.
  for (let beforeSeq: number | undefined; ;) {
    const page = history.events({ printerId: event.printerId, types: ['camera.up'], since: event.occurredAt + 1, limit: AT_ONCE, ...(beforeSeq === undefined ? {} : { beforeSeq }) })
    if (page.some(({ code }) => code === event.code)) return true
    if (page.length < AT_ONCE) return false
    beforeSeq = page.at(-1)?.seq
  }
}
