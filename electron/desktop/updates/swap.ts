/** The new AppImage in the place of the old one: laid beside it while Printbell runs, renamed over it at the end. At no moment is there none. */
import { createHash } from 'node:crypto'
import { renameSync } from 'node:fs'
import { open, realpath, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { syncFolder } from '../../engine/sync-folder.ts'
import { UpdateError } from './updater.ts'

/** A file that was downloaded. */
export interface Download {
  from: string
  /** Of what was signed, base64. */
  sha512: string
}

/** What is laid beside, until it takes its place. */
export interface Beside {
  file: string
  /** Where it belongs: the file itself where the given one was a link. */
  target: string
}

const CHUNK = 1 << 20

/**
 * Copies, looks once more whether it is the very file, and waits until it is on the disk. It gets the mode of the old one.
 * @throws UpdateError when it can't be written there, or is another file by now
 */
export async function layBeside({ from, target, sha512, signal }: Download & { target: string; signal: AbortSignal }): Promise<Beside> {
  const real = await realpath(target).catch(cannotTake(target))
  const file = besideOf(real)
  try {
    const { mode } = await stat(real)
    await copy(from, file, mode & 0o777, sha512, signal)
  } catch (error) {
    await rm(file, { force: true }).catch(() => undefined)
    signal.throwIfAborted()
    return cannotTake(real)(error)
  }
  return { file, target: real }
}

const besideOf = (real: string): string => join(dirname(real), `.${basename(real)}.new`)

/** Takes away what was laid beside and never took its place. */
export async function clearBeside(target: string): Promise<void> {
  // Without the old one, or the right to write there, there is none of ours.
  await realpath(target).then((real) => rm(besideOf(real), { force: true })).catch(() => undefined)
}

/** Looks once more whether it is the very file. @throws UpdateError when it is another one by now */
export async function mustBe({ from, sha512 }: Download, signal: AbortSignal): Promise<void> {
  await through(from, sha512, signal, async () => undefined)
}

async function copy(from: string, to: string, mode: number, sha512: string, signal: AbortSignal): Promise<void> {
  const out = await open(to, 'w', mode)
  try {
    await through(from, sha512, signal, (part) => out.writeFile(part))
    await out.chmod(mode)
    await out.sync()
  } finally {
    await out.close()
  }
}

/** Reads it piece by piece. @throws UpdateError when it is gone, or another one than was signed */
async function through(from: string, sha512: string, signal: AbortSignal, take: (part: Buffer) => Promise<void>): Promise<void> {
  const source = await open(from, 'r').catch((error: unknown) => {
    throw new UpdateError('The download is gone, so it is not installed. Printbell downloads it again.', { cause: error })
  })
  const hash = createHash('sha512')
  try {
    const buffer = Buffer.allocUnsafe(CHUNK)
    for (;;) {
      signal.throwIfAborted()
      const { bytesRead } = await source.read(buffer, 0, CHUNK, null)
      if (bytesRead === 0) break
      const part = buffer.subarray(0, bytesRead)
      hash.update(part)
      await take(part)
    }
  } finally {
    await source.close()
  }
  if (hash.digest('base64') !== sha512) throw new UpdateError('The downloaded file is another one by now, so it is not installed. Printbell downloads it again.')
}

/** Why a file can't be put in the place of this one, for people. @returns throws UpdateError, or what it can't explain */
export function cannotTake(target: string): (error: unknown) => never {
  return (error) => {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null
    const folder = dirname(target)
    if (code === 'ENOSPC' || code === 'EDQUOT') throw new UpdateError(`There is no space for the new version in ${folder}. Make room there.`, { cause: error })
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') throw new UpdateError(`The new version can't be written into ${folder}. Move the AppImage into a folder of your own, or put the new version there by hand.`, { cause: error })
    if (code === 'ENOENT') throw new UpdateError(`${basename(target)} is no longer where it was started from. Start Printbell from where it lies now.`, { cause: error })
    throw error
  }
}

/** One rename: whoever looks finds the old one or the new one. Synchronous: nothing else runs any more. */
export function takePlace({ file, target }: Beside): void {
  renameSync(file, target)
  syncFolder(dirname(target))
}
