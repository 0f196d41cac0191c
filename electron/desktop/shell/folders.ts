/** Where this run keeps its things. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TOAST_DEFAULTS } from '../../engine/settings/defaults.ts'
import { SETTINGS_VERSION } from '../../engine/settings/schema.ts'
import type { StartArguments } from './arguments.ts'
import { usualFolders } from './usual-folders.ts'

export interface Folders {
  data: string
  /** Of settings.json. */
  config: string
  /** Removes what was only for this run. */
  leave(): void
}

/** The same folders as the headless engine's, so that command line and app are one; a demo gets one that goes at its end. */
export function foldersFor(asked: StartArguments): Folders {
  if (asked.demo && asked.data === null) return demoFolders()
  return { ...usualFolders(asked), leave: () => undefined }
}

function demoFolders(): Folders {
  const folder = mkdtempSync(join(tmpdir(), 'printbell-demo-'))
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({
    version: SETTINGS_VERSION,
    // The print is short: else its first layer is done before "target reached" has held for long enough.
    thresholds: { heaterHold: 1 },
    destinations: [{ id: 'desk', label: 'This computer', channel: 'desktop', events: [...TOAST_DEFAULTS, 'job.started', 'job.progress'] }],
    desktop: { firstRunDone: true, keepSecrets: 'session' },
  }))
  return { data: join(folder, 'data'), config: folder, leave: () => rmSync(folder, { recursive: true, force: true }) }
}
