import type { Common } from '../headless.ts'
import type { Out } from './out.ts'
import { run } from './run.ts'
import { readSettingsFile, secretsFor } from './settings-file.ts'

/** Watches the printers of a settings file until it is stopped. */
export async function watch(options: Common & { json?: boolean; seconds?: number }, out: Out): Promise<number> {
  const file = await readSettingsFile(options)
  for (const warning of [...file.warnings, ...file.unset]) out.note(`warning: ${warning}`)
  if (!options.json) {
    const { printers, destinations } = file.engine
    out.note(`Watching ${printers.filter((printer) => printer.enabled).map((printer) => printer.name).join(', ') || 'nothing yet'}; telling ${destinations.filter((destination) => destination.enabled).map((destination) => destination.label).join(', ') || 'nobody'}. Ctrl-C ends it.`)
  }
  return run({
    settings: file.engine,
    dataFolder: options.data,
    channels: file.kinds.channels,
    secrets: (log) => secretsFor(file.path, log),
    json: options.json ?? false,
    seconds: options.seconds ?? null,
  }, out)
}
