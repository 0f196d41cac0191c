/** Whether a sleeping computer would keep news from somebody. Pure. */
import type { Settings } from '../../engine/settings/schema.ts'

export interface SleepFacts {
  keepAwake: boolean
  /** How many printers are watched. */
  printers: number
  /** Labels of the enabled destinations that are not this desktop. */
  remote: readonly string[]
}

/** A sentence with the cure, for the settings pages; null = nothing to warn of. */
export function sleepWarning({ keepAwake, printers, remote }: SleepFacts): string | null {
  const [first] = remote
  if (keepAwake || printers === 0 || first === undefined) return null
  const who = remote.length === 1 ? `"${first}"` : `"${first}" and ${remote.length - 1} more`
  return `When this computer sleeps during a print, ${who} hear${remote.length === 1 ? 's' : ''} nothing until it wakes. Turn on "Keep this computer awake while a print runs".`
}

/** The facts as the settings have them. @param isLocal whether a channel kind reaches only this desktop (its capability `local`) */
export function sleepFacts(settings: Pick<Settings, 'printers' | 'destinations' | 'desktop'>, isLocal: (channel: string) => boolean): SleepFacts {
  return {
    keepAwake: settings.desktop.keepAwake,
    printers: settings.printers.length,
    remote: settings.destinations.filter((destination) => destination.enabled && !isLocal(destination.channel)).map((destination) => destination.label),
  }
}
