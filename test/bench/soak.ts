/**
 * The soak: 50 printers of three kinds whose prints start, end, fail, pause with a question, and whose servers break off, stay away and are
 * restarted; the headless engine and the desktop app watch them side by side, with receivers of which some fail for a while, and the
 * window opened and closed. Nothing may grow, and all that happened must have arrived. Linux only: it reads /proc.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { missingForDesktop, missingForPanel, startDesktop } from '../support/desktop.ts'
import { pause, round } from './lib/engine.ts'
import { check, eventsIn, openRows, type Checked } from './lib/soak-check.ts'
import { figuresOf, grown, progressOf } from './lib/soak-figures.ts'
import { chanceOf, live, newBook, type Book } from './lib/soak-life.ts'
import { startSoakPrinters, type SoakPrinter } from './lib/soak-printers.ts'
import { soakDestinations, startSoakReceivers, type SoakReceivers } from './lib/soak-receivers.ts'
import { startSubject, type Look, type Subject, type SubjectName } from './lib/soak-subjects.ts'

const PRINTERS = 50
const MINUTES = 30
const SUBJECTS: readonly SubjectName[] = ['headless', 'desktop']
/** A look each minute; a short trial looks as often. */
const LOOKS_AT_LEAST = 30
/** How often memory is read from outside between two looks. */
const SAMPLE_MS = 5_000
const WINDOW = { every: 90_000, open: 15_000 }
/** Somebody clears the desk so often: a service with hundreds of toasts on the screen is slow by itself. ms */
const CLEAR_MS = 15_000
const PAGES = ['/', '/history', '/destinations', '/rules', '/settings']
/** Prints that were under way end, and what was sent in vain finds its way. ms */
const DRAIN_MS = 300_000
const QUIET_MS = 20_000
/** A database that had rows deleted and updated has holes; more than this would be growth without events. */
const LIMIT_HOLES = 1.3
/** One event with its decisions for seven destinations, its outbox rows, tries and indexes. kB */
const LIMIT_EVENT_KB = 16

export async function run({ minutes = MINUTES }: { minutes?: number } = {}): Promise<unknown[]> {
  const missing = missingForDesktop('dunst') ?? missingForPanel()
  if (missing !== null) throw new Error(`this benchmark ${missing}`)
  const folder = await mkdtemp(join(tmpdir(), 'printbell-soak-'))
  const desktop = await startDesktop({ daemon: 'dunst', panel: 'dark' })
  const receivers = await startSoakReceivers(join(folder, 'receipts.db'))
  const printers = await startSoakPrinters(PRINTERS)
  const subjects: Subject[] = []
  const cutOff = (): void => {
    for (const subject of subjects) subject.kill()
    process.exit(143)
  }
  process.once('SIGTERM', cutOff).once('SIGINT', cutOff)
  try {
    for (const name of SUBJECTS) {
      // Nothing may be swallowed for being too much at once: each end is counted.
      subjects.push(await startSubject(name, desktop.env, printers, { destinations: soakDestinations(receivers.base, name), thresholds: { capPerMinute: 1_000_000 } }))
    }
    await Promise.all(subjects.map((subject) => subject.up()))
    const book = newBook()
    const clearing = new AbortController()
    const cleared = clearAway(desktop.env, clearing.signal).then(() => null, (error: unknown) => error as Error)
    const looks = await soak(subjects, printers, receivers, book, minutes * 60_000)
    const left = await drained(subjects, receivers)
    clearing.abort()
    const unclear = await cleared
    if (unclear !== null) throw unclear
    for (const subject of subjects) await subject.stop()
    return subjects.flatMap((subject) => report(subject.name, looks.get(subject.name) ?? [], check(subject.name, subject.database, receivers, book), left.get(subject.name) ?? Number.NaN, minutes >= MINUTES))
  } finally {
    process.off('SIGTERM', cutOff).off('SIGINT', cutOff)
    await Promise.allSettled(subjects.map((subject) => subject.stop()))
    await Promise.all([...subjects.map((subject) => subject.remove()), ...printers.map((printer) => printer.stop()), receivers.stop()])
    await desktop.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Everything goes on at once, and each minute is looked at. */
async function soak(subjects: readonly Subject[], printers: readonly SoakPrinter[], receivers: SoakReceivers, book: Book, forMs: number): Promise<Map<SubjectName, Look[]>> {
  const looks = new Map(subjects.map(({ name }) => [name, [] as Look[]]))
  const ending = new AbortController()
  const began = performance.now()
  const passed = (): number => performance.now() - began
  let broken: unknown = null
  const lives = Promise.all(printers.map((printer, n) => live(printer, book, subjects.length, chanceOf(n + 1), ending.signal)))
  const windows = openAndClose(subjects, ending.signal)
  for (const one of [lives, windows]) {
    one.catch((error: unknown) => {
      broken ??= error
    })
  }
  const everyMs = Math.min(60_000, forMs / LOOKS_AT_LEAST)
  for (let next = everyMs; next <= forMs; next = everyMs * Math.ceil(passed() / everyMs)) {
    while (passed() < next) {
      await pause(Math.min(SAMPLE_MS, next - passed()))
      for (const subject of subjects) subject.sample()
    }
    if (broken !== null) break
    const at = round(passed() / 1000)
    say(`${clock(at)}  ${[...book.done].map(([what, times]) => `${what} ${times}`).join(', ')}; receivers took ${receivers.taken()}, refused ${receivers.refused()}`)
    for (const subject of subjects) {
      const look = await subject.look(at)
      looks.get(subject.name)?.push(look)
      say(`       ${progressOf(subject.name, look, eventsIn(subject.database), openRows(subject.database))}`)
    }
  }
  ending.abort()
  await Promise.all([lives, windows])
  return looks
}

/** The window at one page after the other, closed again each time. */
async function openAndClose(subjects: readonly Subject[], signal: AbortSignal): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    await calm(WINDOW.every - WINDOW.open, signal)
    if (signal.aborted) return
    for (const subject of subjects) await subject.show(PAGES[turn % PAGES.length] ?? '/')
    await pause(WINDOW.open)
    for (const subject of subjects) await subject.hide()
  }
}

/** Closes all toasts, as a person does who has read them. */
async function clearAway(env: Record<string, string>, signal: AbortSignal): Promise<void> {
  for (await calm(CLEAR_MS, signal); !signal.aborted; await calm(CLEAR_MS, signal)) {
    await promisify(execFile)('gdbus', ['call', '--session', '--dest', 'org.freedesktop.Notifications', '--object-path', '/org/freedesktop/Notifications', '--method', 'org.dunstproject.cmd0.NotificationCloseAll'], { env })
  }
}

async function calm(ms: number, signal: AbortSignal): Promise<void> {
  for (const until = performance.now() + ms; performance.now() < until && !signal.aborted;) await pause(250)
}

/** Nobody prints any more and everybody is well. @returns how many rows each subject could not get rid of */
async function drained(subjects: readonly Subject[], receivers: SoakReceivers): Promise<Map<SubjectName, number>> {
  receivers.recover()
  const until = performance.now() + DRAIN_MS
  for (let emptySince: number | null = null; ;) {
    const left = new Map(subjects.map(({ name, database }) => [name, openRows(database)]))
    emptySince = [...left.values()].every((rows) => rows === 0) ? (emptySince ?? performance.now()) : null
    // The last print may be heard of a little later.
    if ((emptySince !== null && performance.now() - emptySince > QUIET_MS) || performance.now() > until) return left
    await pause(1_000)
  }
}

function report(name: SubjectName, looks: readonly Look[], checked: Checked, left: number, judged: boolean): object[] {
  const plain = { baseline: null, ratio: null, limit: null }
  const wrong = (what: string, sentences: readonly string[]): object => {
    for (const sentence of sentences.slice(0, 20)) say(`${name}: ${sentence}`)
    return { name: `${name}: ${what}`, value: sentences.length, unit: '', ...plain, limit: 0 }
  }
  for (const more of grown(looks)) say(`${name}: more of ${more}`)
  return [
    ...figuresOf(name, looks, judged),
    { name: `${name}: events`, value: checked.events, unit: '', ...plain },
    { name: `${name}: deliveries`, value: checked.delivered, unit: '', ...plain },
    { name: `${name}: tries of them`, value: checked.attempts, unit: '', ...plain },
    { name: `${name}: pictures taken`, value: checked.pictures, unit: '', ...plain },
    { name: `${name}: database, beside the same freshly written`, value: round(checked.size / 1024 ** 2, 2), unit: 'MB', baseline: round(checked.fresh / 1024 ** 2, 2), ratio: round(checked.size / checked.fresh, 3), limit: null, limitRatio: LIMIT_HOLES },
    { name: `${name}: database, for each event`, value: round(checked.size / 1024 / checked.events, 2), unit: 'kB', ...plain, limit: LIMIT_EVENT_KB },
    { name: `${name}: left in the outbox at the end`, value: left, unit: '', ...plain, limit: 0 },
    // A try whose answer did not come in time is repeated under its key, by which a receiver knows it.
    { name: `${name}: received again under the same key; at most as many as tries without an answer`, value: checked.again, unit: '', ...plain, limit: checked.unanswered },
    { name: `${name}: ends that a server without records could not name, told as unknown or failed`, value: checked.unnamed, unit: '', ...plain },
    wrong('deliveries that were lost', checked.exchange),
    wrong('ends of prints and words that were not told once', checked.telling),
  ]
}

const say = (text: string): void => void process.stderr.write(`${text}\n`)
const clock = (seconds: number): string => `${String(Math.floor(seconds / 60)).padStart(3)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
