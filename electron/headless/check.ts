import type { Common } from '../headless.ts'
import { missingFor } from '../engine/channels/prerequisites.ts'
import { NoEngine, callEngine } from '../engine/control/client.ts'
import { placesIn } from '../engine/places.ts'
import { configOf } from '../engine/printers/server-test.ts'
import { settingsJsonSchema } from '../engine/settings/json-schema.ts'
import { systemNet } from '../engine/system-net.ts'
import type { Out } from './out.ts'
import { quietLog } from '../engine/quiet-log.ts'
import { kindsWith, readSettingsFile, secretsFor } from './settings-file.ts'

/** Checks the settings file without touching a printer: form, references, secrets; and tells what it means. */
export async function check(options: Common, out: Out): Promise<number> {
  const file = await readSettingsFile(options)
  const secrets = secretsFor(file.path, { ...quietLog, warn: (message, fields) => out.note(`warning: ${message} ${JSON.stringify(fields ?? {})}`) })
  const problems: string[] = [...file.unset]
  const tell = async (who: string, work: () => Promise<unknown> | undefined): Promise<void> => {
    try {
      await work()
    } catch (error) {
      problems.push(`${who}: ${(error as Error).message}`)
    }
  }
  for (const server of file.engine.servers) {
    const { missing } = await configOf(server, secrets)
    problems.push(...missing.map((text) => `server "${server.id}": ${text}`))
  }
  for (const destination of file.engine.destinations) {
    const who = `destination "${destination.id}"`
    for (const ref of Object.values(destination.secrets)) await tell(who, () => secrets.resolve(ref))
    const { network } = destination
    if (network) await tell(who, () => systemNet().through?.(network))
    const kind = file.kinds.channels.get(destination.channel)
    problems.push(...(kind ? missingFor(kind, destination.config) : []).map(({ name, help }) => `needs ${name}: ${help}`).map((text) => `destination "${destination.id}": ${text}`))
  }
  const { url } = file.engine.ping
  if (url) await tell('ping.url', () => secrets.resolve(url))
  out.line(`${file.path}: ${file.engine.printers.length} printers, ${file.engine.servers.length} servers, ${file.engine.destinations.length} destinations`)
  for (const printer of file.engine.printers) out.line(`  ${printer.id} "${printer.name}"${printer.enabled ? '' : ' (off)'} from ${printer.sources.map((source) => source.serverId).join(', ')}`)
  for (const destination of file.engine.destinations) out.line(`  ${destination.id} "${destination.label}" by ${destination.channel}${destination.enabled ? '' : ' (off)'}: ${destination.events?.join(', ') ?? 'the defaults'}`)
  for (const warning of file.warnings) out.note(`warning: ${warning}`)
  for (const problem of problems) out.note(`problem: ${problem}`)
  out.line(await engineLine(options.data))
  return problems.length === 0 ? 0 : 1
}

async function engineLine(data: string): Promise<string> {
  try {
    await callEngine(placesIn(data).controlSocket, { call: 'status' }, 3_000)
    return `An engine runs on ${data}.`
  } catch (error) {
    if (error instanceof NoEngine) return `No engine runs on ${data}.`
    return `The engine on ${data} does not answer: ${(error as Error).message}`
  }
}

/** Prints the JSON Schema of the settings, with every known kind's own part. */
export async function printSchema(options: Common, out: Out): Promise<number> {
  out.line(JSON.stringify(settingsJsonSchema(await kindsWith(options.data)), null, 2))
  return 0
}

