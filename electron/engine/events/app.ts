import type { EventDraft, EventType, Severity } from './model.ts'

/** Events that belong to no printer carry this id; settings can't use it, ids there begin with a letter or digit. */
export const NO_PRINTER = ''

const SEVERITIES: Partial<Record<EventType, Severity>> = {
  'app.delivery_failing': 'error',
  'app.offline': 'warning',
  'app.test': 'info',
  'app.silence_over': 'warning',
}

/** An event of Printbell itself. `at` and `now` in epoch ms. */
export function appDraft(type: EventType, told: { now: number; at?: number; reason: string; text?: string }): EventDraft {
  const at = told.at ?? told.now
  return {
    dedupeKey: `app|${type}|${told.reason}|${at}`,
    occurredAt: at,
    observedAt: told.now,
    late: false,
    type,
    severity: SEVERITIES[type] ?? 'info',
    printerId: NO_PRINTER,
    printerName: '',
    serverKind: 'app',
    reason: told.reason,
    ...(told.text === undefined ? {} : { text: told.text }),
    byUs: false,
    snapshot: 'none',
  }
}

/** A newer version of Printbell: one event for each, however often it is found. */
export function updateDraft(version: string, now: number): EventDraft {
  return { ...appDraft('app.update_available', { now, reason: 'update', text: version }), dedupeKey: `app|app.update_available|${version}` }
}
