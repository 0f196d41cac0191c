/** The settings file by electron-store. The one file of this room that imports it: it loads only inside Electron. */
import ElectronStore from 'electron-store'
import type { Clock, Log } from '../../engine/ports.ts'
import { openSettingsStore, type SettingsStore } from './store.ts'

/** @param parts `folder`: the app's configuration folder, absolute */
export function electronSettingsStore(parts: { folder: string; clock: Clock; log: Log }): SettingsStore {
  return openSettingsStore({ ...parts, open: (options) => new ElectronStore<Record<string, unknown>>(options) })
}
