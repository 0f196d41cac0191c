import { dirname, resolve } from 'node:path'
import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import { adapters } from '../engine/printers/registry.ts'
import { configOf, findServer } from '../engine/printers/server-test.ts'
import { systemNet } from '../engine/system-net.ts'
import { UserError } from './errors.ts'
import type { Out } from './out.ts'
import { quietLog } from '../engine/quiet-log.ts'
import { readSettingsFile, secretsFor } from './settings-file.ts'

/** How long the server may take to answer. */
const UNPAIR_MS = 30_000

/** Gives a key back to its server, and says what to remove here. Neither settings nor key files are touched. */
export async function unpair(id: string, options: Common, out: Out): Promise<number> {
  const file = await readSettingsFile(options)
  const { server, adapter } = findServer(id, { settings: file.engine, adapters })
  if (!adapter.unpair) throw new UserError(`${adapter.displayName} takes no keys back this way; revoke it in its own settings.`)
  const { config, missing } = await configOf(server, secretsFor(file.path, quietLog))
  for (const text of missing) out.note(`warning: ${text}`)
  const clock = systemClock()
  const abort = new AbortController()
  const cancel = clock.after(UNPAIR_MS, () => abort.abort(new Error(`no answer within ${UNPAIR_MS / 1000} s`)))
  const keepAlive = setInterval(() => undefined, 1_000)
  try {
    const { revoked, detail } = await adapter.unpair(config, { clock, random: Math.random, net: systemNet(), log: quietLog }, abort.signal)
    out.line(`${server.id}: ${revoked ? 'revoked' : 'not revoked'}. ${detail}`)
    if (revoked) for (const [field, ref] of Object.entries(server.secrets)) if (Object.hasOwn(adapter.secretFields, field) && adapter.secretFields[field]?.required) out.line(toRemove(server.id, field, ref, dirname(file.path)))
    return revoked ? 0 : 1
  } finally {
    cancel()
    clearInterval(keepAlive)
  }
}

function toRemove(serverId: string, field: string, ref: { env: string } | { file: string } | { store: string }, base: string): string {
  const where = 'file' in ref ? `the file ${resolve(base, ref.file)}` : 'env' in ref ? `the environment variable ${ref.env}` : `"${ref.store}" in the key store`
  return `Remove ${where}, and "${field}" or all of server "${serverId}" from the settings; or get a new key: pair ${serverId}`
}
