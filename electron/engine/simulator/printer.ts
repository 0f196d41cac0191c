/** One simulated printer in real time: the pure machine, a clock that may run faster, and who listens. */
import type { Cancel, Clock } from '../ports.ts'
import type { Told } from './frames.ts'
import { advance, due, machine, wish, type Machine, type Moved, type Said, type Wish } from './job.ts'
import type { Script } from './scripts.ts'

/** How long the machine may sleep at most; it re-arms itself. */
const LONGEST_SLEEP = 60_000

export class SimulatedPrinter {
  readonly fileDate: number
  #machine: Machine
  #began: number
  #timer: Cancel | null = null
  #listeners = new Set<(said: Said) => void>()
  #stopped = false

  constructor(readonly name: string, readonly script: Script, readonly clock: Clock, readonly speed: number) {
    this.#machine = machine(script)
    this.#began = clock.monotonic()
    this.fileDate = clock.now()
    this.#arm()
  }

  /** Simulated ms since the start. */
  get now(): number {
    return (this.clock.monotonic() - this.#began) * this.speed
  }
  get state(): Machine {
    return this.#machine
  }
  told(): Told {
    return { machine: this.#machine, script: this.script, now: this.now, wall: this.clock.now(), fileDate: this.fileDate }
  }
  /** @returns false when the machine's state does not allow it */
  wish(what: Wish): boolean {
    const moved = wish(this.#machine, this.now, this.script, what)
    if (!moved) return false
    this.#take(moved)
    return true
  }
  /** Says something that the machine did not: any event by its own name. */
  say(said: Said): void {
    for (const listener of [...this.#listeners]) listener(said)
  }
  listen(listener: (said: Said) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  stop(): void {
    this.#stopped = true
    this.#timer?.()
    this.#timer = null
    this.#listeners.clear()
  }

  #take(moved: Moved): void {
    this.#machine = moved.machine
    for (const said of moved.said) this.say(said)
    this.#arm()
  }
  #arm(): void {
    this.#timer?.()
    this.#timer = null
    const at = due(this.#machine, this.script)
    if (at === null || this.#stopped) return
    const wait = Math.min(LONGEST_SLEEP, Math.max(0, (at - this.now) / this.speed))
    this.#timer = this.clock.after(Math.ceil(wait), () => this.#take(advance(this.#machine, this.now, this.script)))
  }
}
