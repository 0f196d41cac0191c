import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { memoryLog } from '../../../test/support/log.ts'
import type { History } from './history.ts'
import { openHistory } from './sqlite-history.ts'
import { batch, entry, T0 } from './test-support.ts'

const CHILD = fileURLToPath(new URL('fixtures/child.mjs', import.meta.url))

let folder: string
let children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-crash-'))
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children = []
  rmSync(folder, { recursive: true, force: true })
})

function start(what: string): { child: ChildProcess; lines: AsyncIterableIterator<string>; ended: Promise<unknown[]> } {
  const child = spawn(process.execPath, [CHILD, folder, what], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), ended: once(child, 'exit') }
}

const open = (readOnly = false): History => openHistory({ file: join(folder, 'printbell.sqlite'), log: memoryLog(), now: () => T0, readOnly })

/** Every batch there is must be there with all of its parts. @returns how many there are */
function wholeBatches(history: History): number {
  const ids = new Set<string>()
  for (let beforeSeq = Number.MAX_SAFE_INTEGER; ;) {
    const page = history.events({ beforeSeq, limit: 500 })
    for (const event of page) ids.add(event.id)
    const last = page.at(-1)
    if (!last) break
    beforeSeq = last.seq
  }
  const count = ids.size / 2
  for (let n = 1; n <= count; n++) {
    for (const id of [`A${n}`, `B${n}`]) {
      expect(ids.has(id), id).toBe(true)
      expect(history.decisions(id).map((decision) => decision.destinationId), id).toEqual(['desk', 'hook'])
      expect(history.outbox({ eventId: id }).map((row) => row.id), id).toEqual([`${id}-1`, `${id}-2`])
    }
  }
  expect(history.loadMemories().get('p1')?.notes).toEqual({ n: count })
  return count
}

test('a process killed while it writes a batch leaves nothing of that batch and all of the one before', async () => {
  const { ended } = start('die-inside')
  expect(await ended).toEqual([null, 'SIGKILL'])
  const history = open()
  expect(wholeBatches(history)).toBe(1)
  expect(history.commit(batch([entry('C1')])).events[0]?.seq).toBe(3)
  history.close()
}, 30_000)

test('a process killed at any moment keeps every batch whose commit had returned, each of them whole', async () => {
  const { child, lines, ended } = start('write')
  let told = 0
  for await (const line of lines) {
    told = Number(line)
    if (told >= 40) {
      child.kill('SIGKILL')
      break
    }
  }
  await ended
  const history = open()
  expect(wholeBatches(history)).toBeGreaterThanOrEqual(told)
  history.close()
}, 30_000)

test('a second engine is refused while the first lives, a reader is not, and a kill frees the data', async () => {
  const { child, lines, ended } = start('hold')
  expect((await lines.next()).value).toBe('ready')
  expect(() => open()).toThrow(`Another Printbell engine (process ${child.pid}) already works on the data in ${folder}. Stop it, or give this one a data folder of its own.`)
  const reader = open(true)
  expect(reader.events({})).toEqual([])
  reader.close()
  child.kill('SIGKILL')
  await ended
  const history = open()
  expect(history.commit(batch([entry('E1')])).events).toHaveLength(1)
  history.close()
}, 30_000)
