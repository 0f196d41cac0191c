/** The file the settings lie in: what the keeper needs of it, and the real one. Electron's own part comes in as `open`. */
import { mkdirSync, readFileSync, watch } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { Cancel, Clock, Log } from '../../engine/ports.ts'
import { setAside } from '../../engine/settings/set-aside.ts'
import type { Stop } from '../ports.ts'

export type Raw = Record<string, unknown>

export interface SettingsStore {
  /** Absolute, for texts. */
  readonly path: string
  /** The text as it stands; null = there is no file. @throws Error of the file system */
  read(): string | null
  /** Whole or not at all. @throws Error of the file system, the old file intact */
  write(settings: Raw): Promise<void>
  /** @returns where the damaged file lies now. @throws Error when it can't be renamed */
  setAside(now: number): string
  /** Called some moments after somebody changed the file; may be called without a change. */
  watch(listener: () => void): Stop
}

/** What electron-store (or conf under it) is to us: assigning `store` writes the file by a rename. */
export interface WholeFile {
  store: Raw
}
export interface OpenOptions {
  cwd: string
  name: string
  configFileMode: number
  clearInvalidConfig: false
  accessPropertiesByDotNotation: false
  serialize(value: unknown): string
}

export const SETTINGS_NAME = 'settings'
/** ms of quiet after which a changed file is looked at: editors write in several steps. */
const SETTLE_MS = 200

/** As a person would write it. */
export const textOf = (settings: unknown): string => `${JSON.stringify(settings, null, 2)}\n`

/** @param folder absolute; is made when it is not there */
export function openSettingsStore({ folder, open, clock, log }: { folder: string; open(options: OpenOptions): Promise<WholeFile>; clock: Clock; log: Log }): SettingsStore {
  const path = join(folder, `${SETTINGS_NAME}.json`)
  return {
    path,
    read() {
      try {
        return readFileSync(path, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    async write(settings) {
      // Opened for each write: opening reads the file, and what lies there may have been set aside since.
      const file = await open({ cwd: folder, name: SETTINGS_NAME, configFileMode: 0o600, clearInvalidConfig: false, accessPropertiesByDotNotation: false, serialize: textOf })
      file.store = settings
    },
    setAside: (now) => setAside(path, now),
    watch(listener) {
      let cancel: Cancel = () => undefined
      try {
        mkdirSync(dirname(path), { recursive: true })
        // The folder, not the file: a rename over the file would end a watch of the file itself.
        const watcher = watch(folder, { persistent: false }, (_event, name) => {
          if (name !== null && name !== basename(path)) return
          cancel()
          cancel = clock.after(SETTLE_MS, listener)
        })
        watcher.on('error', (error) => log.warn('the settings file is no longer watched for changes from elsewhere', { error }))
        return () => {
          cancel()
          watcher.close()
        }
      } catch (error) {
        log.warn('the settings file can\'t be watched for changes from elsewhere', { error })
        return () => cancel()
      }
    },
  }
}
