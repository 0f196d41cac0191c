/** Words that several settings pages share. Pure. */
import type { SettingsView } from '../../../electron/bridge/views/settings.ts'
import { inWords } from '../forms/units.ts'
import type { EventGroup, EventType } from './events.ts'

/** Key of an event type's name in the texts: a point there would be a level. */
export function eventKey(type: EventType): string {
  return type.replace('.', '_')
}

/**
 * What a selector is called: the kind's own name, else by `group` ("job.*").
 * @param texts `te` = whether there is such a text
 */
export function selectorName(selector: string, { t, te }: { t: (key: string) => string; te: (key: string) => boolean }, group: (name: string) => string): string {
  const key = `settings.events.${selector.replace('.', '_')}`
  return te(key) ? t(key) : group(selector)
}

/** Numbers in the second words of a group: as they are in force for all printers. */
export function groupHints(view: SettingsView, t: (key: string, values?: Record<string, unknown>) => string): Partial<Record<EventGroup['key'], string>> {
  const inForce: Record<string, unknown> = { ...view.defaults, ...Object.fromEntries(Object.entries(view.thresholds).filter(([, value]) => value !== undefined)) }
  const number = (name: string): number => (typeof inForce[name] === 'number' ? inForce[name] : 0)
  const step = number('progressStep')
  return {
    paused: t('settings.groups.paused.hint', { pause: inWords(number('pauseGrace'), 'seconds') }),
    progress: step === 0 ? t('settings.groups.progressNever') : t('settings.groups.progress.hint', { step: inWords(step, 'fraction') }),
    connection: t('settings.groups.connection.hint', { lost: inWords(number('linkLostPrinting'), 'seconds') }),
  }
}
