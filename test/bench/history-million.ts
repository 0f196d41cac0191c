/**
 * Finding among a million events: the first page, the next ones and every filter of the window, as the window asks for them; writing
 * one more event; and how long the export of all keeps anybody else waiting.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EventQuery, History } from '../../electron/engine/history/history.ts'
import { startExport } from '../../electron/engine/history/start-export.ts'
import { openHistory } from '../../electron/engine/history/sqlite-history.ts'
import { typesTelling } from '../../electron/engine/rules/explain.ts'
import { memoryLog } from '../support/log.ts'
import { percentile, round } from './lib/engine.ts'
import { BEGAN, makeHistory, STEP_MS } from './lib/million.ts'
import { watched } from './lib/stalls.ts'

const EVENTS = 1_000_000
const ROUNDS = 20
/** Limit of the issue for a page or a search; ms. */
const LIMIT_MS = 50
const PAGE = 100
/** What a person does not notice; the machine's other work is in it too. ms */
const LIMIT_STALL_MS = 100
const COMMITS = 200
const BOUND = 10_000
const HALF = BEGAN + (EVENTS / 2) * STEP_MS

const QUERIES: Readonly<Record<string, EventQuery>> = {
  'first page': {},
  'a page in the middle': { beforeSeq: EVENTS / 2 },
  'all but progress': { selectors: ['job.started', 'job.done', 'job.failed', 'job.cancelled', 'attention.*', 'failure.*', 'device.*', 'link.*', 'heater.left_on', 'heater.runaway'] },
  'one printer': { printerIds: ['p7'] },
  'three printers, deep': { printerIds: ['p7', 'p8', 'p39'], beforeSeq: 20_000 },
  'a rare kind': { selectors: ['heater.runaway'] },
  'a kind that never was': { selectors: ['device.fault'] },
  'critical ones of a printer': { printerIds: ['p7'], severities: ['critical'] },
  'errors and worse': { severities: ['error', 'critical'] },
  'a week two years back': { since: BEGAN, until: BEGAN + 604_800_000 },
  'a day that is not in it': { since: BEGAN - 86_400_000, until: BEGAN - 1 },
  'failed prints of a printer up to half of it': { printerIds: ['p7'], selectors: ['job.failed'], until: HALF },
  'unseen': { unseen: true },
  'unseen of a printer': { unseen: true, printerIds: ['p7'] },
  'one print': { jobKey: 'j4711' },
  'what went to a destination': { destinationId: 'desk' },
  'what went to a destination, deep': { destinationId: 'log', beforeSeq: 20_000 },
  'what went to a destination long ago': { destinationId: 'old' },
  'what went to a destination that hears of little': { destinationId: 'alarm' },
  'what went to a destination that hears of nothing': { destinationId: 'nobody' },
  'failed prints of a printer that went to a destination': { destinationId: 'desk', printerIds: ['p7'], selectors: ['job.failed'] },
  'a rare word that went to a destination': { destinationId: 'log', text: 'benchy_4711' },
  'a rare word': { text: 'benchy_4711' },
  'a common word': { text: 'gcode' },
  'a letter': { text: 'p' },
  'four common words': { text: 'printer gcode 0.2mm left' },
  'a word that hits nothing': { text: 'zeppelin' },
  'a common word and one that hits nothing': { text: 'gcode zeppelin' },
  'words of a title': { text: 'filament ran out' },
  'a common word, one printer': { text: 'gcode', printerIds: ['p7'] },
  'a common word, a rare kind': { text: 'gcode', selectors: ['heater.runaway'] },
  'a common word, old days': { text: 'gcode', until: BEGAN + 604_800_000 },
  'a common word, nothing of that kind': { text: 'petg', selectors: ['device.fault'] },
  'everything at once': { text: 'petg vase', printerIds: ['p1', 'p2', 'p3'], selectors: ['job.*'], severities: ['warning', 'critical'], since: BEGAN, until: HALF },
  'everything at once, in vain': { text: 'gcode', printerIds: ['p1', 'p2', 'p3'], selectors: ['job.*'], severities: ['error'], since: HALF },
}

export async function run(): Promise<unknown[]> {
  const folder = await mkdtemp(join(tmpdir(), 'printbell-bench-million-'))
  try {
    const file = join(folder, 'printbell.db')
    const began = performance.now()
    makeHistory(file, EVENTS)
    const made = performance.now() - began
    const history = openHistory({ file, log: memoryLog(), now: () => Date.now() })
    try {
      const results: Measured[] = [{ name: `making a history of ${EVENTS} events`, value: round(made / 1000), unit: 's', baseline: null, ratio: null, limit: null }]
      const pages: number[] = []
      for (const [name, query] of Object.entries(QUERIES)) {
        const times = timesOf(() => history.events({ ...query, limit: PAGE, typesTelling }))
        pages.push(percentile(times, 0.95))
        results.push(...told(`page: ${name}`, times), ...told(`count: ${name}`, timesOf(() => history.count({ ...query, typesTelling }, BOUND))))
      }
      results.push({ name: 'the slowest page of all, p95', value: round(Math.max(...pages), 2), unit: 'ms', baseline: null, ratio: null, limit: LIMIT_MS })
      results.push(...told('unseen of each printer', timesOf(() => history.unseenByPrinter())))
      results.push(...told('last end of 40 printers', timesOf(() => history.lastEnds(Array.from({ length: 40 }, (_, n) => `p${n}`)))))
      results.push(...told('commit of one more event', commitsOf(history)), ...(await exportOf(file, join(folder, 'out.jsonl'))))
      return results
    } finally {
      history.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Each of a print of its own: nothing that it says was said before. */
function commitsOf(history: History): number[] {
  let n = 0
  return timesOf(() => {
    const id = `more-${++n}`
    const at = BEGAN + (EVENTS + n) * STEP_MS
    history.commit({ at, memories: [], suppressed: [], entries: [{ id, decisions: [], outbox: [], draft: {
      dedupeKey: id, occurredAt: at, observedAt: at, late: false, type: 'job.done', severity: 'success', printerId: 'p7', printerName: 'Printer 7 workshop', serverKind: 'octoprint', byUs: false, snapshot: 'none',
      job: { key: id, file: { name: `${id}.gcode`, path: `${id}.gcode`, origin: 'local', size: 1000 }, startedAt: at, endedAt: at, user: null },
    } }] })
  }, COMMITS)
}

/** How long everything takes to a file, and how long the thread that asked for it was kept from its work meanwhile. */
async function exportOf(database: string, target: string): Promise<ReturnType<typeof told>> {
  const { result: end, ms, stall } = await watched(() => startExport({ database, target, format: 'jsonl', filter: {} }, { onProgress: () => undefined }).ended)
  if (end.what !== 'saved') throw new Error(`the export ended as ${JSON.stringify(end)}`)
  return [
    { name: `export of all ${end.events} events`, value: round(ms / 1000), unit: 's', baseline: null, ratio: null, limit: null },
    { name: 'longest stall of the main thread meanwhile', value: round(stall), unit: 'ms', baseline: null, ratio: null, limit: LIMIT_STALL_MS },
  ]
}

function timesOf(work: () => unknown, rounds = ROUNDS): number[] {
  return Array.from({ length: rounds }, () => {
    const began = performance.now()
    work()
    return performance.now() - began
  })
}

interface Measured {
  name: string
  value: number
  unit: string
  baseline: null
  ratio: null
  limit: number | null
}

/** Pages and searches have a limit; counts come later and are told for information. */
function told(name: string, times: number[]): Measured[] {
  return [0.5, 0.95].map((fraction) => ({ name: `${name}, p${fraction * 100}`, value: round(percentile(times, fraction), 2), unit: 'ms', baseline: null, ratio: null, limit: fraction > 0.9 && name.startsWith('page:') ? LIMIT_MS : null }))
}
