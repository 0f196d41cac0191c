/** Settings with these destinations, as the file's reader would give them. */
import { settingsSchema, SETTINGS_VERSION, type Settings } from '../../engine/settings/schema.ts'

export function parseSettings(destinations: readonly Record<string, unknown>[]): Settings {
  return settingsSchema().parse({ version: SETTINGS_VERSION, destinations })
}
