import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withLock } from './lock.mjs'

let folder
let path
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-lock-'))
  path = join(folder, 'deep', 'a.lock')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const leave = (pid, ageMs = 0) => {
  mkdirSync(path, { recursive: true })
  if (pid !== null) writeFileSync(join(path, 'pid'), String(pid))
  const then = new Date(Date.now() - ageMs)
  utimesSync(path, then, then)
}

describe('the lock between processes', () => {
  it('is there while the work runs, and gone after', async () => {
    const seen = await withLock(path, async () => readFileSync(join(path, 'pid'), 'utf8'))
    expect(seen).toBe(String(process.pid))
    expect(existsSync(path)).toBe(false)
  })

  it('is gone after work that failed, and the failure comes through', async () => {
    await expect(withLock(path, async () => { throw new Error('disk full') })).rejects.toThrow('disk full')
    expect(existsSync(path)).toBe(false)
  })

  it('lets one at a time work', async () => {
    const steps = []
    const work = (name) => withLock(path, async () => {
      steps.push(`${name} in`)
      for (let i = 0; i < 50; i++) await Promise.resolve()
      steps.push(`${name} out`)
    })
    await Promise.all([work('a'), work('b')])
    expect(steps).toEqual(['a in', 'a out', 'b in', 'b out'])
  })

  it('tells once whom it waits for', async () => {
    let letGo
    const first = withLock(path, () => new Promise((resolve) => { letGo = resolve }))
    const waits = []
    const second = withLock(path, async () => 'worked', { onWait: (pid) => { waits.push(pid); letGo() } })
    expect(await second).toBe('worked')
    await first
    expect(waits).toEqual([process.pid])
  })

  it('takes over the lock of a process that is gone', async () => {
    const child = spawn(process.execPath, ['-e', ''])
    await new Promise((resolve) => child.on('exit', resolve))
    leave(child.pid)
    expect(await withLock(path, async () => 'worked')).toBe('worked')
  })

  it('takes over the lock of a process that lives but has not renewed it for a minute', async () => {
    leave(process.pid, 61_000)
    expect(await withLock(path, async () => 'worked')).toBe('worked')
  })

  it('takes over a lock that was never finished', async () => {
    leave(null, 5_000)
    expect(await withLock(path, async () => 'worked')).toBe('worked')
  })

  it('leaves no helper files behind', async () => {
    leave(null, 5_000)
    await withLock(path, async () => {})
    const { readdirSync } = await import('node:fs')
    expect(readdirSync(join(folder, 'deep'))).toEqual([])
  })
})
