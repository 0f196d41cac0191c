/** Where what is published. docs/channels/mqtt.md is the promise; change both together. */
import type { MqttConfig } from './config.ts'

/** Raised when a topic or field goes, or changes its meaning. */
export const LAYOUT_VERSION = 1

export const ONLINE = 'online'
export const OFFLINE = 'offline'

/** Where Home Assistant says that it is there, whatever its prefix for discovery (home-assistant.io/integrations/mqtt, "Birth and last will messages"). */
const BIRTH_TOPIC = 'homeassistant/status'

export interface Topics {
  /** `online` or `offline`; also the last will. */
  status: string
  /** @param printerId null = Printbell itself */
  event(printerId: string | null): string
  state(printerId: string): string
  picture(printerId: string): string
  /** Home Assistant's own name of the printer. */
  device(printerId: string): string
  discovery(printerId: string): string
  births: readonly string[]
}

export function topicsOf({ prefix, homeAssistantPrefix }: Pick<MqttConfig, 'prefix' | 'homeAssistantPrefix'>): Topics {
  const device = (printerId: string): string => `${idPart(prefix)}_${idPart(printerId)}`
  return {
    status: `${prefix}/status`,
    event: (printerId) => `${prefix}/${printerId ?? 'app'}/event`,
    state: (printerId) => `${prefix}/${printerId}/state`,
    picture: (printerId) => `${prefix}/${printerId}/picture`,
    device,
    discovery: (printerId) => `${homeAssistantPrefix}/device/${device(printerId)}/config`,
    births: [...new Set([BIRTH_TOPIC, `${homeAssistantPrefix}/status`])],
  }
}

/** Home Assistant takes letters, digits, dashes and underscores there (home-assistant.io/integrations/mqtt, "Discovery topic"). Two names never become one. */
export function idPart(text: string): string {
  return [...text].map((character) => (/[A-Za-z0-9_-]/.test(character) ? character : `_${(character.codePointAt(0) ?? 0).toString(16)}_`)).join('')
}
