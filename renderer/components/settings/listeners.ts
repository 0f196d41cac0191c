/** From destinations to what a grid of events edits. Pure. */
import type { DestinationView, Forms, SettingsView } from '../../../electron/bridge/views/settings.ts'
import type { Listener } from './events.ts'

/** @returns the destination as a list of events; null when its channel is not installed */
export function listenerOf(destination: DestinationView, forms: Forms): Listener | null {
  const form = forms.channels.find(({ kind }) => kind === destination.channel)
  if (!form) return null
  return { id: destination.id, events: destination.events, defaults: form.defaultEvents.filter((type) => form.events.includes(type)), carries: form.events }
}

/** Those of this desk, and those away from it. */
export function listenersOf(view: SettingsView, forms: Forms): { here: Listener[]; away: Listener[] } {
  const sorted = { here: [] as Listener[], away: [] as Listener[] }
  for (const destination of view.destinations) {
    const listener = listenerOf(destination, forms)
    const local = forms.channels.find(({ kind }) => kind === destination.channel)?.local ?? false
    if (listener) sorted[local ? 'here' : 'away'].push(listener)
  }
  return sorted
}
