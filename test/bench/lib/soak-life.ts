/** What happens to one printer of the soak, print after print, and the book of what has to be heard of it. */
import { pause as wait } from './engine.ts'
import type { Ending, SoakPrinter } from './soak-printers.ts'

/** What a print goes through beside its end. */
const TURNS = ['nothing', 'nothing', 'question', 'pause', 'cut', 'away', 'long away', 'end unseen'] as const
type Turn = (typeof TURNS)[number]

/** Seconds; from ... to. */
const IDLE = [5, 20] as const
const PRINT = [40, 90] as const
const QUESTION = [7, 15] as const
const PAUSE = [7, 15] as const
const AWAY = [3, 25] as const
/** Long enough for a lost link to be told (DESIGN: 60 s during a job). */
const LONG_AWAY = [70, 90] as const
/** One restart of the server in so many breaks between prints. */
const RESTART_EVERY = 5
/** A word is said when a print is so far: fraction. */
const WORD_AT = 0.25
const TURN_AT = 0.5
/** After its end a printer is ready for the next print within this. Seconds. */
const END_S = 40

export interface Book {
  /** Ends by printer and type: "p3 job.done" and how often. */
  ends: Map<string, number>
  /** Said once each. */
  words: string[]
  /** What was done, for the reader. */
  done: Map<string, number>
}

export const newBook = (): Book => ({ ends: new Map(), words: [], done: new Map() })
const count = (into: Map<string, number>, what: string): void => void into.set(what, (into.get(what) ?? 0) + 1)

/**
 * Prints until `signal` says stop; the print that is under way is finished, and the printer then stands idle.
 * @param watchers how many watch it: a word that not all of them can hear is not said
 * @param random 0..1, of its own for each printer, so that none changes what another does
 */
export async function live(printer: SoakPrinter, book: Book, watchers: number, random: () => number, signal: AbortSignal): Promise<void> {
  const between = ([from, to]: readonly [number, number]): number => Math.round(from + random() * (to - from))
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  for (;;) {
    await rest(between(IDLE), signal)
    if (signal.aborted) return
    if (random() < 1 / RESTART_EVERY) await restart(printer, book, between(AWAY))
    const turn = one(TURNS)
    const ending: Ending = random() < 0.6 ? 'done' : random() < 0.5 ? 'cancelled' : 'failed'
    await print(printer, book, { seconds: between(PRINT), turn, ending, between, watchers })
  }
}

async function restart(printer: SoakPrinter, book: Book, seconds: number): Promise<void> {
  count(book.done, 'restarts')
  printer.away()
  await wait(seconds * 1000)
  printer.back()
  printer.restarted()
  // Its client finds back before something happens: a print that begins unseen is a baseline, and that is no loss.
  await wait(15_000)
}

interface Plan { watchers: number; seconds: number; turn: Turn; ending: Ending; between(range: readonly [number, number]): number }

async function print(printer: SoakPrinter, book: Book, { seconds, turn, ending, between, watchers }: Plan): Promise<void> {
  const unseen = turn === 'end unseen' && printer.can.endUnseen
  const how = unseen ? 'done' : ending
  const areThere = (): boolean => (printer.watchers() ?? 0) >= watchers
  const wereThere = areThere()
  printer.begin(seconds)
  count(book.done, 'prints')
  let backAt: number | null = null
  for (let second = 1; second <= seconds; second++) {
    await wait(1_000)
    printer.tick()
    if (second === Math.round(seconds * WORD_AT) && printer.can.word && wereThere && areThere()) say(printer, book)
    if (second === Math.round(seconds * TURN_AT) && !unseen) await happen(printer, book, turn, between)
    if (unseen && second === seconds - 3) {
      printer.away()
      backAt = between([10, 20])
      count(book.done, 'ends unseen')
    }
  }
  printer.end(how)
  count(book.ends, `${printer.id} job.${how}`)
  if (backAt !== null) {
    await wait(backAt * 1000)
    printer.back()
    await wait(15_000)
  }
  for (let second = 0; !printer.idle(); second++) {
    if (second > END_S) throw new Error(`${printer.id}, a ${printer.server.kind}: a print that should be ${how} did not end (it is not ready for the next one)`)
    await wait(1_000)
  }
}

function say(printer: SoakPrinter, book: Book): void {
  const text = `word ${book.words.length} of ${printer.id}`
  book.words.push(text)
  printer.say(text)
}

async function happen(printer: SoakPrinter, book: Book, turn: Turn, between: Plan['between']): Promise<void> {
  if (turn === 'nothing' || turn === 'end unseen') return
  count(book.done, turn)
  switch (turn) {
    case 'question':
      printer.pause()
      printer.ask()
      await wait(between(QUESTION) * 1000)
      printer.answer()
      printer.resume()
      return
    case 'pause':
      printer.pause()
      await wait(between(PAUSE) * 1000)
      printer.resume()
      return
    case 'cut':
      printer.cut()
      return wait(8_000)
    case 'away':
    case 'long away':
      printer.away()
      await wait(between(turn === 'away' ? AWAY : LONG_AWAY) * 1000)
      printer.back()
      // So that the end of the print is not what it meets first.
      return wait(15_000)
  }
}

async function rest(seconds: number, signal: AbortSignal): Promise<void> {
  for (let second = 0; second < seconds && !signal.aborted; second++) await wait(1_000)
}

/** Chance that is the same in each run (mulberry32). */
export function chanceOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
