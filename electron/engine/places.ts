import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Places } from './ports.ts'

/** A unix socket's address holds 104 bytes on macOS, 108 on Linux, with the closing zero. */
const LONGEST_SOCKET_PATH = 103

/** Where everything of one engine lies, below its data folder. */
export function placesIn(dataFolder: string, platform: NodeJS.Platform = process.platform): Places {
  const data = resolve(dataFolder)
  return {
    data,
    database: join(data, 'printbell.db'),
    snapshots: join(data, 'snapshots'),
    controlSocket: controlPath(data, platform),
    log: join(data, 'printbell.log'),
  }
}

/**
 * Makes the data folder, readable for its owner only.
 * @throws Error naming the folder and the cause.
 */
export function makePlaces(places: Places): void {
  try {
    mkdirSync(places.data, { recursive: true, mode: 0o700 })
    mkdirSync(places.snapshots, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Error(`the data folder ${places.data} can't be made: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}. Choose another with --data.`, { cause: error })
  }
}

function controlPath(data: string, platform: NodeJS.Platform): string {
  const name = `printbell-${createHash('sha256').update(data).digest('hex').slice(0, 16)}`
  if (platform === 'win32') return `\\\\.\\pipe\\${name}`
  const inside = join(data, 'control.sock')
  // A deep data folder would not fit: the socket then lies in the temporary folder, still 0600 and named after the folder.
  return Buffer.byteLength(inside) <= LONGEST_SOCKET_PATH ? inside : join(tmpdir(), `${name}.sock`)
}
