import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Common } from '../headless.ts'
import { systemClock } from '../engine/clock.ts'
import { adapters } from '../engine/printers/registry.ts'
import { configOf, findServer } from '../engine/printers/server-test.ts'
import { systemNet } from '../engine/system-net.ts'
import type { Secret } from '../engine/settings/secret.ts'
import { UserError } from './errors.ts'
import type { Out } from './out.ts'
import { quietLog } from '../engine/quiet-log.ts'
import { readSettingsFile, secretsFor } from './settings-file.ts'

/** Asks a server for a key while the person confirms there, and keeps it in a file only the person can read. */
export async function pair(id: string, options: Common & { keyFile?: string }, out: Out): Promise<number> {
  const file = await readSettingsFile(options)
  const { server, adapter } = findServer(id, { settings: file.engine, adapters })
  if (!adapter.pair) throw new UserError(`${adapter.displayName} gives no keys this way; make one in its own settings.`)
  const { config } = await configOf(server, secretsFor(file.path, quietLog))
  const abort = new AbortController()
  const stop = (): void => abort.abort()
  process.once('SIGINT', stop)
  const keepAlive = setInterval(() => undefined, 1_000)
  try {
    for await (const step of adapter.pair(config, { clock: systemClock(), random: Math.random, net: systemNet(), log: quietLog }, abort.signal)) {
      if (step.step === 'confirm') out.line(`${step.text}${step.url ? `\n  ${step.url}` : ''}`)
      else if (step.step === 'failed') throw new UserError(`${step.cause.replaceAll('_', ' ')}: ${step.text}`)
      else {
        out.line(step.text)
        for (const [field, secret] of Object.entries(step.secrets)) await keep(field, secret, { server, settingsPath: file.path, keyFile: options.keyFile }, out)
      }
    }
    return 0
  } finally {
    clearInterval(keepAlive)
    process.off('SIGINT', stop)
  }
}

/** Into the file the settings already name, else beside the settings; the settings themselves are never written. */
async function keep(field: string, secret: Secret, where: { server: ReturnType<typeof findServer>['server']; settingsPath: string; keyFile: string | undefined }, out: Out): Promise<void> {
  const base = dirname(where.settingsPath)
  const ref = where.server.secrets[field]
  const named = ref && 'file' in ref ? resolve(base, ref.file) : null
  const target = where.keyFile ? resolve(where.keyFile) : (named ?? join(base, `${where.server.id}.key`))
  await keepKey(target, secret)
  out.line(`The key is kept in ${target}, readable for you only.`)
  if (target !== named) out.line(`Set this in the settings of server "${where.server.id}": "${field}": { "file": ${JSON.stringify(target)} }`)
}

/**
 * Writes a key into a new file for the owner only, and puts that in the place of `target`: a file that was there with wider
 * rights, or that somebody holds open, never sees the new key.
 * @throws UserError naming the file and the cause; nothing is left behind then.
 */
export async function keepKey(target: string, secret: Secret): Promise<void> {
  const fresh = `${target}.${randomBytes(6).toString('hex')}.new`
  try {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    await writeFile(fresh, `${secret.reveal()}\n`, { mode: 0o600, flag: 'wx' })
    await rename(fresh, target)
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined)
    throw new UserError(`The key can't be kept in ${target} (${(error as NodeJS.ErrnoException).code ?? (error as Error).message}). Choose another file with --key-file, then pair again.`)
  }
}
