/** Where the headless engine finds secrets: environment variables and files. */
import { open, type FileHandle } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import type { Log, SecretRef, SecretStore } from '../ports.ts'
import { Secret } from './secret.ts'

/** No key or password is longer; a mistyped path to a picture should not be sent as one. Bytes. */
const MAX_BYTES = 64 * 1024
/** Group and others may read or write. */
const OPEN_TO_OTHERS = 0o066

export interface SecretPorts {
  env: Readonly<Record<string, string | undefined>>
  /** Relative paths start here: the folder of the settings file. */
  base: string
  log: Log
  /** Windows keeps no such permissions. */
  platform: NodeJS.Platform
}

/** A reference could not be followed; the text names it and the cure, never the value. */
export class SecretError extends Error {
  override readonly name = 'SecretError'
}

/** Secrets are read anew each time, so that a changed file counts at the next connection. */
export function headlessSecrets(ports: SecretPorts): SecretStore {
  const warned = new Set<string>()
  return {
    async resolve(ref: SecretRef): Promise<Secret> {
      if ('env' in ref) return fromEnvironment(ref.env, ports.env)
      if ('file' in ref) return fromFile(isAbsolute(ref.file) ? ref.file : resolve(ports.base, ref.file), ports, warned)
      throw new SecretError(`The secret "${ref.store}" lies in the desktop app's key store, which the headless engine cannot open. Refer to it by { "env": "NAME" } or { "file": "/path" } instead.`)
    },
  }
}

function fromEnvironment(name: string, env: SecretPorts['env']): Secret {
  const value = env[name]
  if (value === undefined) throw new SecretError(`The environment variable ${name} is not set. Set it for the process that runs Printbell.`)
  if (value === '') throw new SecretError(`The environment variable ${name} is empty. Put the secret into it.`)
  return new Secret(value)
}

async function fromFile(file: string, ports: SecretPorts, warned: Set<string>): Promise<Secret> {
  let handle: FileHandle
  try {
    handle = await open(file, 'r')
  } catch (error) {
    throw new SecretError(cannotOpen(file, error), { cause: error })
  }
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw new SecretError(`The secret file ${file} is not a file. Name a file that holds nothing but the secret.`)
    if (stats.size > MAX_BYTES) throw new SecretError(`The secret file ${file} is larger than 64 KB. Name a file that holds nothing but the secret.`)
    if (ports.platform !== 'win32' && (stats.mode & OPEN_TO_OTHERS) !== 0 && !warned.has(file)) {
      warned.add(file)
      ports.log.warn('a secret file is open to other users of this computer', { file, cure: `chmod 600 ${file}` })
    }
    const value = (await handle.readFile('utf8')).replace(/\r?\n$/, '')
    if (value === '') throw new SecretError(`The secret file ${file} is empty. Put the secret into it.`)
    return new Secret(value)
  } finally {
    await handle.close()
  }
}

function cannotOpen(file: string, error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null
  if (code === 'ENOENT') return `The secret file ${file} does not exist. Create it, readable only for the user that runs Printbell.`
  if (code === 'EACCES' || code === 'EPERM') return `The secret file ${file} may not be read. Let the user that runs Printbell read it.`
  return `The secret file ${file} cannot be read (${typeof code === 'string' ? code : 'unknown error'}).`
}
