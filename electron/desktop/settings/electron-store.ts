/**
 * The settings file by electron-store. The one file of this room that imports it: it loads only inside Electron, and only with the
 * first write, as most days nobody changes a setting and ajv comes with it.
 */
import type { Clock, Log } from '../../engine/ports.ts'
import { openSettingsStore, type SettingsStore } from './store.ts'

/** @param parts `folder`: the app's configuration folder, absolute */
export function electronSettingsStore(parts: { folder: string; clock: Clock; log: Log }): SettingsStore {
  return openSettingsStore({
    ...parts,
    async open(options) {
      const { default: ElectronStore } = await import('electron-store')
      return new ElectronStore<Record<string, unknown>>(options)
    },
  })
}
