/** What the looks at a soaked process say: whether anything grows. */
import { round } from './engine.ts'
import type { Look, SubjectName } from './soak-subjects.ts'

/**
 * In which everything still fills: code that runs for the first time, each page of the window once, SQLite's cache, and the memories with a bound (the
 * last word of 1000 threads in sender.ts, 500 threads of toasts). Seconds; a short trial has a part of its time for it.
 */
const WARM_UP_S = 12 * 60
const WARM_UP_PART = 2 / 5
/** Limit of the issue: what is used late beside what was used early. */
export const LIMIT_RATIO = 1.05
/** How far the median of a count may lie higher late than early: what is under way at a moment differs. */
const LIMIT_MORE = { handles: 0.25, timers: 0.05, sockets: 6, listeners: 0.05, openFiles: 6 }
/** A write-ahead log is written into the database at 1000 pages of 4 kB (SQLite's own limit); a reader may hold that up for a moment. MB */
const LIMIT_WAL_MB = 8
const MB = 1024 ** 2

export interface Thirds { early: number; late: number }

/** Medians of the first and the last third of what came after the warm-up. */
export function thirdsOf(looks: readonly Look[], value: (look: Look) => number): Thirds {
  const end = looks.at(-1)?.at ?? 0
  const values = looks.filter(({ at }) => at >= Math.min(WARM_UP_S, end * WARM_UP_PART)).map(value).filter((one) => !Number.isNaN(one))
  const third = Math.max(1, Math.floor(values.length / 3))
  return { early: middleOf(values.slice(0, third)), late: middleOf(values.slice(-third)) }
}

/** Their median; NaN is left out, and what comes of nothing else. */
export function middleOf(values: readonly number[]): number {
  const sorted = values.filter((one) => !Number.isNaN(one)).sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? (sorted[Math.floor(middle)] ?? Number.NaN) : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

export const totalOf = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((sum, count) => sum + count, 0)
export const handlesOf = ({ resources }: Look): number => totalOf(resources)

/** The measurements of one subject: early is the baseline, late the value. @param judged false = a trial that is too short to tell growth from warming up: figures without limits */
export function figuresOf(name: SubjectName, looks: readonly Look[], judged = true): object[] {
  const flat = (what: string, value: (look: Look) => number): object => {
    const { early, late } = thirdsOf(looks, value)
    return { name: `${name}: ${what}, late beside early`, value: round(late / MB, 2), unit: 'MB', baseline: round(early / MB, 2), ratio: round(late / early, 3), limit: null, limitRatio: judged ? LIMIT_RATIO : null }
  }
  const steady = (what: string, value: (look: Look) => number, more: number): object => {
    const { early, late } = thirdsOf(looks, value)
    return { name: `${name}: ${what}, late beside early`, value: late, unit: '', baseline: early, ratio: round(late / early, 3), limit: judged ? round(more < 1 ? early * (1 + more) : early + more) : null }
  }
  return [
    flat('memory without a file behind it (RssAnon)', ({ rssAnon }) => rssAnon),
    ...(name === 'desktop' ? [flat('the same of all its processes, window closed', ({ treeAnon }) => treeAnon)] : []),
    flat('V8 heap after a collection', ({ heap }) => heap),
    steady('handles', handlesOf, LIMIT_MORE.handles),
    steady('armed timers', ({ timers }) => timers, LIMIT_MORE.timers),
    steady('sockets in the heap', ({ sockets }) => sockets, LIMIT_MORE.sockets),
    steady('listeners', ({ listeners }) => listeners, LIMIT_MORE.listeners),
    steady('open files', ({ openFiles }) => openFiles, LIMIT_MORE.openFiles),
    { name: `${name}: write-ahead log at its largest`, value: round(Math.max(...looks.map(({ wal }) => wal)) / MB, 2), unit: 'MB', baseline: null, ratio: null, limit: LIMIT_WAL_MB },
  ]
}

/** The listeners and timers that grew most, for whoever looks for a leak: "Socket close 10 → 60". */
export function grown(looks: readonly Look[]): string[] {
  const most = (by: (look: Look) => Record<string, number>): string[] => [...new Set(looks.flatMap((look) => Object.keys(by(look))))]
    .map((kind) => ({ kind, ...thirdsOf(looks, (look) => by(look)[kind] ?? 0) }))
    .filter(({ early, late }) => late > early).sort((a, b) => b.late - b.early - (a.late - a.early)).slice(0, 6).map(({ kind, early, late }) => `${kind} ${early} → ${late}`)
  return [...most(({ listenersBy }) => listenersBy), ...most(({ timersBy }) => timersBy).map((text) => `timers of ${text}`)]
}

/** One line a minute. */
export function progressOf(name: SubjectName, look: Look, events: number, open: number): string {
  const mb = (bytes: number): string => (Number.isNaN(bytes) ? 'window' : (bytes / MB).toFixed(1))
  return `${name.padEnd(8)} anon ${mb(look.rssAnon)}${name === 'desktop' ? ` all ${mb(look.treeAnon)} pss ${mb(look.pss)}` : ''} heap ${mb(look.heap)} ext ${mb(look.external)} | handles ${handlesOf(look)} timers ${look.timers} sockets ${look.sockets} listeners ${look.listeners} `
    + `signals ${look.abortSignals} files ${look.openFiles} | db ${mb(look.database)} wal ${mb(look.wal)} events ${events} open ${open}`
}
