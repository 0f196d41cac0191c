/** Whether a sleeping computer would keep news from somebody. Pure. */
import type { Settings } from '../../engine/settings/schema.ts'
import type { DesktopWords } from '../languages/english.ts'
import { ENGLISH_DESKTOP } from '../languages/index.ts'

export interface SleepFacts {
  keepAwake: boolean
  /** How many printers are watched. */
  printers: number
  /** Labels of the enabled destinations that are not this desktop. */
  remote: readonly string[]
}

/** A sentence with the cure, for the settings pages; null = nothing to warn of. */
export function sleepWarning({ keepAwake, printers, remote }: SleepFacts, words: DesktopWords['power'] = ENGLISH_DESKTOP.words.power): string | null {
  const [first] = remote
  if (keepAwake || printers === 0 || first === undefined) return null
  return words.sleepWarning(first, remote.length === 1 ? null : remote.length - 1)
}

/** The facts as the settings have them. @param isLocal whether a channel kind reaches only this desktop (its capability `local`) */
export function sleepFacts(settings: Pick<Settings, 'printers' | 'destinations' | 'desktop'>, isLocal: (channel: string) => boolean): SleepFacts {
  return {
    keepAwake: settings.desktop.keepAwake,
    printers: settings.printers.length,
    remote: settings.destinations.filter((destination) => destination.enabled && !isLocal(destination.channel)).map((destination) => destination.label),
  }
}
