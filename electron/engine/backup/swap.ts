/**
 * The last step of a restore: renames, and nothing else. A plan on disk says which; whoever starts next on a data folder undoes what a
 * killed restore had begun, so that either all of the old is there or all of the new. Nothing is ever deleted but what a restore made itself.
 */
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { HistoryError } from '../history/history.ts'
import { lockEngine } from '../history/lock.ts'
import { once } from '../once.ts'
import type { Places } from '../ports.ts'
import { setAside } from '../settings/set-aside.ts'
import { BackupError, toBackupError } from './format.ts'
import { syncFolder } from '../sync-folder.ts'

export const PLAN = 'restore.json'
/** Folders of a restore that is being prepared begin so. */
export const STAGING = 'restoring-'

const plan = once(() => z.strictObject({
  version: z.literal(1),
  /** 'ready': the next start does it, as the person said. 'moving': it was begun. */
  state: z.enum(['ready', 'moving']),
  /** Epoch ms. */
  madeAt: z.number(),
  staging: z.string(),
  /** Null `from`: what is at `to` goes aside, and nothing comes. */
  moves: z.array(z.strictObject({ from: z.string().nullable(), to: z.string(), aside: z.string() })),
  /** Where people find what was there before. */
  asides: z.array(z.string()),
  notices: z.array(z.string()),
}))
export type RestorePlan = z.infer<ReturnType<typeof plan>>

export type Settled =
  | { what: 'restored'; plan: RestorePlan; text: string }
  | { what: 'undone'; text: string }

/** Leaves the plan for the next start on this data folder. @throws BackupError */
export function armRestore(places: Pick<Places, 'data'>, ready: RestorePlan): void {
  try {
    writePlan(join(places.data, PLAN), { ...ready, state: 'ready' })
  } catch (error) {
    throw toBackupError(error, 'the restore', places.data)
  }
}

/**
 * Does the plan now. No engine may run on the folder: the caller holds the lock.
 * @param after called after each rename, for tests
 * @throws BackupError when it could not be done; then all is as before
 */
export function swap(places: Pick<Places, 'data'>, ready: RestorePlan, after: (n: number) => void = () => undefined): void {
  const journal = join(places.data, PLAN)
  try {
    writePlan(journal, { ...ready, state: 'moving' })
    let n = 0
    for (const { from, to, aside } of ready.moves) {
      if (existsSync(to)) {
        mkdirSync(dirname(aside), { recursive: true, mode: 0o700 })
        renameSync(to, aside)
        after(++n)
      }
      if (from !== null) {
        mkdirSync(dirname(to), { recursive: true, mode: 0o700 })
        renameSync(from, to)
        after(++n)
      }
    }
    for (const folder of new Set(ready.moves.flatMap(({ to, aside }) => [dirname(to), dirname(aside)]))) syncFolder(folder)
  } catch (error) {
    undo(ready)
    rmSync(journal, { force: true })
    throw toBackupError(error, 'the restore', places.data)
  }
  rmSync(journal, { force: true })
  rmSync(ready.staging, { recursive: true, force: true })
}

/** Backwards, and as often as wanted: each step looks at what is there. */
function undo({ moves }: RestorePlan): void {
  for (const { from, to, aside } of [...moves].reverse()) {
    if (from !== null && !existsSync(from) && existsSync(to)) renameSync(to, from)
    if (existsSync(aside) && !existsSync(to)) renameSync(aside, to)
  }
}

/**
 * Called before anything of a data folder is opened: undoes a restore that was cut off, does one that waits for this start, and removes what
 * one that was given up left. Does nothing while somebody works on the folder.
 * @returns what happened, in words; null = nothing
 * @throws Error of the file system when it can't be undone: the plan stays, and the next start tries again
 */
export function settleRestore(places: Pick<Places, 'data' | 'database'>, now: number): Settled | null {
  const journal = join(places.data, PLAN)
  const left = leftovers(places.data)
  if (!existsSync(journal) && left.length === 0) return null
  let lock
  try {
    lock = lockEngine(places.database, now)
  } catch (error) {
    if (error instanceof HistoryError && error.code === 'locked') return null
    throw error
  }
  try {
    const settled = existsSync(journal) ? settle(places, journal, now) : null
    for (const folder of left) rmSync(join(places.data, folder), { recursive: true, force: true })
    return settled
  } finally {
    lock.release()
  }
}

function settle(places: Pick<Places, 'data'>, journal: string, now: number): Settled {
  const found = readPlan(journal)
  if (found === null) return { what: 'undone', text: `The plan of a restore was damaged and is kept as ${setAside(journal, now)}; no restore was done.` }
  if (found.state === 'moving') {
    undo(found)
    rmSync(journal, { force: true })
    removeStaged(found)
    return { what: 'undone', text: 'A restore was cut off before it was done. It was undone: settings and history are as they were before it. Restore again if you still want to.' }
  }
  try {
    swap(places, found)
    return { what: 'restored', plan: found, text: restoredText(found) }
  } catch (error) {
    if (!(error instanceof BackupError)) throw error
    removeStaged(found)
    return { what: 'undone', text: `The backup could not be restored, and all is as before. ${error.message}` }
  }
}

/** What a person is told after it was done. */
export function restoredText({ madeAt, asides }: RestorePlan): string {
  const day = new Date(madeAt).toISOString().replace('T', ' ').slice(0, 16)
  return `The backup of ${day} UTC was restored.${asides.length === 0 ? '' : ` What was there before is kept in ${asides.join(' and ')}.`}`
}

/** Only what the restore itself made: `from` never names a file that was there before. */
function removeStaged({ staging, moves }: RestorePlan): void {
  for (const { from } of moves) if (from !== null) rmSync(from, { recursive: true, force: true })
  rmSync(staging, { recursive: true, force: true })
}

function leftovers(data: string): string[] {
  const journal = join(data, PLAN)
  if (!existsSync(data)) return []
  const kept = existsSync(journal) ? readPlan(journal)?.staging : undefined
  return readdirSync(data).filter((name) => name.startsWith(STAGING) && join(data, name) !== kept)
}

function readPlan(file: string): RestorePlan | null {
  try {
    return plan().parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null
    throw error
  }
}

function writePlan(file: string, content: RestorePlan): void {
  const passing = `${file}.new`
  const handle = openSync(passing, 'w', 0o600)
  try {
    writeFileSync(handle, `${JSON.stringify(content, null, 2)}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(passing, file)
  syncFolder(dirname(file))
}
