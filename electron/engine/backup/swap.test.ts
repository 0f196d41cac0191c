import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lockEngine } from '../history/lock.ts'
import { armRestore, settleRestore, swap, type RestorePlan } from './swap.ts'

const NOW = 1_768_478_400_000
let folder: string
let data: string
let config: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-swap-'))
  data = join(folder, 'data')
  config = join(folder, 'config')
  for (const path of [data, config]) mkdirSync(path)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const places = (): { data: string; database: string } => ({ data, database: join(data, 'printbell.db') })
const write = (path: string, text: string): void => {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
}

/** All files below, with what they say, but for the lock. */
function tree(at = folder, below = ''): Record<string, string> {
  return Object.assign({}, ...readdirSync(at, { withFileTypes: true }).filter(({ name }) => !name.startsWith('engine.lock')).map((item) => {
    const name = below === '' ? item.name : `${below}/${item.name}`
    return item.isDirectory() ? tree(join(at, item.name), name) : { [name]: readFileSync(join(at, item.name), 'utf8') }
  })) as Record<string, string>
}

const OLD = { 'config/settings.json': 'old settings', 'data/printbell.db': 'old history', 'data/printbell.db-wal': 'old log', 'data/snapshots/p1/a.jpg': 'old picture' }
const NEW = { 'config/settings.json': 'new settings', 'data/printbell.db': 'new history', 'data/snapshots/p1/b.jpg': 'new picture' }
const ASIDE = { 'config/settings.json.before': 'old settings', 'data/before/printbell.db': 'old history', 'data/before/printbell.db-wal': 'old log', 'data/before/snapshots/p1/a.jpg': 'old picture' }

function prepare(withOld: boolean): RestorePlan {
  if (withOld) for (const [path, text] of Object.entries(OLD)) write(join(folder, path), text)
  const staging = join(data, 'restoring-1')
  write(join(config, '.new'), 'new settings')
  write(join(staging, 'printbell.db'), 'new history')
  write(join(staging, 'snapshots', 'p1', 'b.jpg'), 'new picture')
  const move = (name: string, from: string | null): RestorePlan['moves'][number] => ({ from, to: join(data, name), aside: join(data, 'before', name) })
  return {
    version: 1, state: 'ready', madeAt: NOW, staging, asides: withOld ? ['A', 'B'] : [], notices: [],
    moves: [{ from: join(config, '.new'), to: join(config, 'settings.json'), aside: join(config, 'settings.json.before') },
      move('printbell.db-wal', null), move('printbell.db-shm', null), move('printbell.db', join(staging, 'printbell.db')), move('snapshots', join(staging, 'snapshots'))],
  }
}

/** As kill -9 would: what was done is done, and nothing more comes. */
function killedAfter(plan: RestorePlan, renames: number): void {
  writeFileSync(join(data, 'restore.json'), JSON.stringify({ ...plan, state: 'moving' }))
  const before = new Error('killed')
  const copy = { ...plan, moves: plan.moves }
  // The journal is there; the renames are done by hand up to the kill.
  let n = 0
  const step = (work: () => void): void => {
    if (n === renames) throw before
    work()
    n += 1
  }
  try {
    for (const { from, to, aside } of copy.moves) {
      if (existsSync(to)) step(() => rename(to, aside))
      if (from !== null) step(() => rename(from, to))
    }
  } catch (error) {
    if (error !== before) throw error
  }
}
function rename(from: string, to: string): void {
  mkdirSync(join(to, '..'), { recursive: true })
  renameSync(from, to)
}

describe('the swap', () => {
  it('puts the new in its place and keeps the old beside it', () => {
    swap(places(), prepare(true))
    expect(tree()).toEqual({ ...NEW, ...ASIDE })
  })

  it('into empty folders needs nothing to set aside', () => {
    swap(places(), prepare(false))
    expect(tree()).toEqual(NEW)
  })

  it.each([1, 2, 3, 4, 5, 6, 7])('that fails after %i renames is undone, and the plan is gone', (after) => {
    const plan = prepare(true)
    expect(() => swap(places(), plan, (n) => {
      if (n === after) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    })).toThrow('There is not enough room')
    const { 'config/.new': _new, ...rest } = tree()
    expect(Object.fromEntries(Object.entries(rest).filter(([path]) => !path.startsWith('data/restoring-1')))).toEqual(OLD)
  })
})

describe('at the next start', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7])('a restore that was killed after %i renames is undone, and the old is usable', (renames) => {
    killedAfter(prepare(true), renames)
    expect(settleRestore(places(), NOW)).toEqual({ what: 'undone', text: 'A restore was cut off before it was done. It was undone: settings and history are as they were before it. Restore again if you still want to.' })
    expect(tree()).toEqual(OLD)
    expect(settleRestore(places(), NOW)).toBeNull()
  })

  it.each([0, 1, 2, 3])('a restore into empty folders that was killed after %i renames leaves them empty', (renames) => {
    killedAfter(prepare(false), renames)
    settleRestore(places(), NOW)
    expect(tree()).toEqual({})
  })

  it('a restore that waits for it is done and told, with where the old is', () => {
    armRestore(places(), prepare(true))
    expect(settleRestore(places(), NOW)).toMatchObject({ what: 'restored', text: 'The backup of 2026-01-15 12:00 UTC was restored. What was there before is kept in A and B.' })
    expect(tree()).toEqual({ ...NEW, ...ASIDE })
    expect(settleRestore(places(), NOW)).toBeNull()
  })

  it('what was prepared and given up is removed', () => {
    prepare(true)
    rmSync(join(config, '.new'))
    expect(settleRestore(places(), NOW)).toBeNull()
    expect(tree()).toEqual(OLD)
  })

  it('nothing is touched while an engine works on the folder', () => {
    const plan = prepare(true)
    armRestore(places(), plan)
    const lock = lockEngine(places().database, NOW)
    expect(settleRestore(places(), NOW)).toBeNull()
    expect(tree()).toMatchObject(OLD)
    lock.release()
  })

  it('a plan that can\'t be read is kept aside, and nothing is done', () => {
    prepare(true)
    writeFileSync(join(data, 'restore.json'), '{ "version"')
    expect(settleRestore(places(), NOW)?.text).toContain('restore.json.damaged-20260115T120000Z')
    expect(tree()).toMatchObject(OLD)
  })

  it('a folder without any of this is left alone', () => {
    expect(settleRestore(places(), NOW)).toBeNull()
    expect(readdirSync(data)).toEqual([])
    expect(settleRestore({ data: join(folder, 'none'), database: join(folder, 'none', 'x') }, NOW)).toBeNull()
    expect(existsSync(join(folder, 'none'))).toBe(false)
  })
})
