import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import type { Places } from './ports.ts'

/** A unix socket's address holds 104 bytes on macOS, 108 on Linux, with the closing zero. */
const LONGEST_SOCKET_PATH = 103

/** Folders of this computer that a socket may lie in. */
export interface Around {
  /** The user's own folder for sockets (what XDG_RUNTIME_DIR names: absolute, owned by the user, 0700); undefined = none. */
  runtime: string | undefined
  /** The folder for temporary files that all users share. */
  temp: string
}

/**
 * Where everything of one engine lies, below its data folder. Reading `controlSocket` throws an Error when the data folder's path
 * is too long for a socket and the folder that would hold it is not this user's alone.
 */
export function placesIn(dataFolder: string, platform: NodeJS.Platform = process.platform, around: Around = usual()): Places {
  const data = resolve(dataFolder)
  return {
    data,
    database: join(data, 'printbell.db'),
    snapshots: join(data, 'snapshots'),
    get controlSocket() {
      return controlPath(data, platform, around)
    },
    log: join(data, 'printbell.log'),
  }
}

/**
 * Makes the data folder, readable for its owner only.
 * @throws Error naming the folder and the cause.
 */
export function makePlaces(places: Places): void {
  const forSocket = dirname(places.controlSocket)
  try {
    mkdirSync(places.data, { recursive: true, mode: 0o700 })
    mkdirSync(places.snapshots, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new Error(`the data folder ${places.data} can't be made: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}. Choose another with --data.`, { cause: error })
  }
  if (forSocket === places.data || places.controlSocket.startsWith('\\\\')) return
  try {
    mkdirSync(forSocket, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') throw new Error(`the folder ${forSocket} for the control socket can't be made: ${code ?? (error as Error).message}. Choose a shorter path with --data.`, { cause: error })
  }
  mustBeOwn(forSocket)
}

/** By its usual name and not by the variable: a service and a terminal of the same user must come to the same place. */
function usual(): Around {
  return { runtime: process.getuid && `/run/user/${process.getuid()}`, temp: tmpdir() }
}

function controlPath(data: string, platform: NodeJS.Platform, around: Around): string {
  const name = (): string => createHash('sha256').update(data).digest('hex').slice(0, 16)
  if (platform === 'win32') return `\\\\.\\pipe\\printbell-${name()}`
  const inside = join(data, 'control.sock')
  if (fits(inside)) return inside
  // Never straight into the shared temporary folder: there anybody could lie in wait under the name.
  const inRuntime = around.runtime !== undefined && isAbsolute(around.runtime) && isOwn(around.runtime) ? join(around.runtime, 'printbell') : null
  const path = inRuntime !== null && fits(join(inRuntime, `${name()}.sock`)) ? inRuntime : join(around.temp, `printbell-${process.getuid?.() ?? 'user'}`)
  mustBeOwn(path)
  return join(path, `${name()}.sock`)
}

function fits(path: string): boolean {
  return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH
}

/** Whether only this user gets into a folder; false when there is none. A link is none. */
function isOwn(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false })
  return found !== undefined && found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0
}

/** @throws Error when it is there and not this user's alone */
function mustBeOwn(folder: string): void {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined || isOwn(folder)) return
  throw new Error(`${folder} is not a folder for you alone, so the engine can't be reached through it. Remove it, or choose a shorter path with --data.`)
}
