/** Memory and processor time of a process with all that it started. Linux only: it reads /proc. */
import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks a second, as the kernel tells times to programs (sysconf _SC_CLK_TCK; 100 on every Linux that Node runs on). */
const TICKS = 100

/** The process and its descendants. A process that ended meanwhile is left out. */
export function treeOf(root: number): number[] {
  const parents = new Map<number, number>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const stat = read(`/proc/${entry}/stat`)
    // The second field is the name in parentheses and may hold anything.
    const parent = Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    if (Number.isFinite(parent)) parents.set(Number(entry), parent)
  }
  const found = [root]
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child)
  return found
}

/** Proportional set size of the whole tree in MB: what is shared is counted once, divided among those that share it. */
export function pssOf(root: number): number {
  const kilobytes = treeOf(root).map((pid) => Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0))
  return kilobytes.reduce((sum, value) => sum + value, 0) / 1024
}

/** Processor time of the whole tree so far. ms */
export function cpuOfTree(root: number): number {
  const ticks = treeOf(root).map((pid) => {
    const stat = read(`/proc/${pid}/stat`)
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
  })
  return (1000 * ticks.reduce((sum, value) => sum + value, 0)) / TICKS
}

/** Processor time of a process's first thread so far, where all of an app's JavaScript runs. ms, to the nanosecond */
export function cpuOfFirstThread(pid: number): number {
  return Number(read(`/proc/${pid}/task/${pid}/schedstat`)?.split(' ')[0] ?? Number.NaN) / 1e6
}

/** What each process of the tree takes, for a look at where memory went. */
export function partsOf(root: number): { what: string; mb: number }[] {
  return treeOf(root).map((pid) => {
    // Chromium's children write their whole line into one argument.
    const what = /--type=([a-z-]+)/.exec(read(`/proc/${pid}/cmdline`) ?? '')?.[1] ?? 'main'
    return { what, mb: Math.round(Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0) / 102.4) / 10 }
  })
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    // It ended between the listing and the reading.
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return null
    throw error
  }
}
