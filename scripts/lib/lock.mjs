/**
 * One at a time over several processes: two terminals that start Printbell in a fresh clone must not both install.
 * The lock is a directory, because mkdir is atomic everywhere. It holds the owner's process id; the owner renews its
 * time stamp. A lock is taken over when its owner is gone, or has not renewed it for `staleMs`.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const RENEW_MS = 2_000
const STALE_MS = 60_000
const LOOK_MS = 150

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives and belongs to someone else.
    return error.code === 'EPERM'
  }
}

/** The lock's owner, or null while it is being made or was just removed. */
function readOwner(path) {
  try {
    const pid = Number(readFileSync(join(path, 'pid'), 'utf8'))
    return { pid: Number.isInteger(pid) && pid > 0 ? pid : null, renewedAt: statSync(path).mtimeMs }
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    const stat = statSync(path, { throwIfNoEntry: false })
    return stat ? { pid: null, renewedAt: stat.mtimeMs } : null
  }
}

/** A lock without a readable pid is someone's half-made one for a moment, then left over. */
function isLeftOver(owner, staleMs) {
  const age = Date.now() - owner.renewedAt
  if (owner.pid === null) return age > RENEW_MS
  return !isAlive(owner.pid) || age > staleMs
}

/** True when this call made the lock. */
function take(path) {
  try {
    mkdirSync(path)
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  writeFileSync(join(path, 'pid'), String(process.pid))
  return true
}

/**
 * Puts a left-over lock aside. Two that find it left over at once are held apart by a second lock: without it the slower
 * one could remove the lock that the faster one has just made.
 */
function clear(path, staleMs) {
  const guard = `${path}.clear`
  if (!take(guard)) {
    const owner = readOwner(guard)
    if (owner && isLeftOver(owner, RENEW_MS * 2)) rmSync(guard, { recursive: true, force: true })
    return
  }
  try {
    const owner = readOwner(path)
    if (!owner || !isLeftOver(owner, staleMs)) return
    const aside = `${path}.${process.pid}.old`
    renameSync(path, aside)
    rmSync(aside, { recursive: true, force: true })
  } finally {
    rmSync(guard, { recursive: true, force: true })
  }
}

/**
 * Runs `work` while holding the lock, waiting for another owner first.
 * @template T
 * @param {string} path the lock directory; its parent is made when missing
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (pid: number | null) => void, staleMs?: number }} [options] `onWait` is called once when another has it
 * @returns {Promise<T>}
 */
export async function withLock(path, work, { onWait = () => {}, staleMs = STALE_MS } = {}) {
  mkdirSync(dirname(path), { recursive: true })
  let told = false
  while (!take(path)) {
    const owner = readOwner(path)
    if (owner && isLeftOver(owner, staleMs)) clear(path, staleMs)
    else {
      if (!told && owner) onWait(owner.pid)
      told ||= owner !== null
      await sleep(LOOK_MS)
    }
  }
  const renew = setInterval(() => {
    const now = new Date()
    utimesSync(path, now, now)
  }, RENEW_MS)
  renew.unref()
  const release = () => {
    clearInterval(renew)
    rmSync(path, { recursive: true, force: true })
  }
  // Also when the process is told to end inside: the next start should not have to wait.
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}
