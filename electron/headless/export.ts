import { copyFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import { exportHistory } from '../engine/history/export.ts'
import { HistoryError } from '../engine/history/history.ts'
import { placesIn } from '../engine/places.ts'
import { SettingsError } from '../engine/settings/problems.ts'
import { exportSettings, importSettings } from '../engine/settings/transfer.ts'
import { UserError } from './errors.ts'
import type { Out } from './out.ts'
import { kindsWith, readSettingsFile } from './settings-file.ts'

/** The history as JSON lines, or the settings; neither holds a secret. */
export async function exportAll(options: Common & { withSettings?: boolean }, out: Out): Promise<number> {
  if (options.withSettings) {
    const file = await readSettingsFile(options)
    out.line(exportSettings(file.settings, file.kinds, (notice) => out.note(notice)).trimEnd())
    return 0
  }
  try {
    const { events } = await exportHistory(placesIn(options.data).database, (line) => out.line(line))
    out.note(`${events} events exported.`)
    return 0
  } catch (error) {
    if (error instanceof HistoryError) throw new UserError(error.message)
    throw error
  }
}

/** Takes settings from elsewhere over as the settings file; what was there is kept beside it. */
export async function importFile(source: string, options: Common, out: Out): Promise<number> {
  let text: string
  try {
    text = await readFile(source, 'utf8')
  } catch (error) {
    throw new UserError(`${source} can't be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message}).`)
  }
  let imported
  try {
    imported = importSettings(text, await kindsWith(options.data), { path: resolve(source) })
  } catch (error) {
    if (error instanceof SettingsError) throw new UserError(error.message)
    throw error
  }
  const target = resolve(options.settings)
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  const kept = await keep(target)
  const fresh = `${target}.new`
  await writeFile(fresh, `${JSON.stringify(imported.settings, null, 2)}\n`, { mode: 0o600 })
  await rename(fresh, target)
  out.line(`Settings imported to ${target}.`)
  if (kept) out.line(`What was there is kept as ${kept}.`)
  for (const notice of imported.notices) out.line(notice)
  return 0
}

async function keep(target: string): Promise<string | null> {
  const aside = `${target}.${new Date(systemClock().now()).toISOString().replaceAll(':', '-')}.before-import`
  try {
    await copyFile(target, aside)
    return aside
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new UserError(`The old settings ${target} can't be kept aside (${(error as NodeJS.ErrnoException).code ?? ''}); nothing was changed.`)
  }
}
