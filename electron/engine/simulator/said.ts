/** What the machine says, in the shapes of OctoPrint's push channel. */
import type { Said } from './job.ts'

export function event(type: string, payload: Record<string, unknown> | null): Said {
  return { event: { type, payload } }
}

export function state(id: string, text: string): Said {
  return event('PrinterStateChanged', { state_id: id, state_string: text })
}

export function plugin(name: string, data: Record<string, unknown>): Said {
  return { plugin: { plugin: name, data } }
}

export function notification(text: string): Said {
  return plugin('action_command_notification', { message: text })
}
