/** One destination's process of a plugin: started with the first message, one message at a time, ended when idle, late or wild. */
import type { Cancel, Clock, Log } from '../../ports.ts'
import { wordsOf, type Heard, heardOf, type ToPlugin } from './messages.ts'
import type { PluginEars, PluginPlace, PluginProcess, StartPlugin } from './process.ts'

export interface HostParts {
  clock: Clock
  log: Log
  start: StartPlugin
  place(): PluginPlace
  /** What was made for the process goes. */
  clear(folder: string): void
  /** ms that one message may take, the start included. */
  limitMs: number
  /** ms without a message after which the process ends. */
  idleMs: number
}

/** What was asked, without its number. */
export type Asked = ToPlugin extends infer One ? (One extends { id: number } ? Omit<One, 'id'> : never) : never
/** An answer, or why there is none. */
export type Answer = { heard: Heard } | { none: string }

export interface PluginHost {
  /** Whether a process is there that was opened. */
  isRunning(): boolean
  /** One question at a time. `signal` ends the process. */
  ask(asked: Asked, signal: AbortSignal, deadline: number): Promise<Answer>
  /** Ends the process; resolves when it is gone. */
  end(): Promise<void>
}

/** What it may write beside its answers while one message is sent. */
const MOST_SAID = 1024 * 1024
/** Of one such line; what is longer goes. */
const LONGEST_LINE = 64 * 1024
/** Lines of that which are logged. */
const MOST_LOGGED = 20
/** Messages beyond the answer that are overlooked. */
const MOST_STRAY = 20
const MOST_MEMORY = 512 * 1024 * 1024
const LOOK_AT_MEMORY_MS = 500

interface Waiting {
  id: number
  settle(answer: Answer): void
}

export function createHost(parts: HostParts): PluginHost {
  let running: PluginProcess | null = null
  /** Each process until it is gone, killed ones too. */
  const alive = new Map<PluginProcess, Promise<void>>()
  let waiting: Waiting | null = null
  let idle: Cancel | null = null
  let lastId = 0
  let said = 0
  let logged = 0
  let stray = 0
  let hint = ''
  /** What it began to write beside its answers. */
  let line = ''

  function start(): PluginProcess {
    line = ''
    const place = parts.place()
    let settle = (): void => undefined
    const gone = new Promise<void>((resolve) => (settle = resolve))
    const process = startOrClear(place, {
      heard: (message) => hear(process, message),
      said: (text) => hearWords(process, text),
      flooded: () => stop(process, FLOOD),
      ended(how) {
        clear(place)
        alive.delete(process)
        settle()
        stop(process, hint === '' ? `The plugin's process ended by itself (${how}).` : hint)
      },
    })
    alive.set(process, gone)
    return process
  }

  function startOrClear(place: PluginPlace, ears: PluginEars): PluginProcess {
    try {
      return parts.start(place, ears)
    } catch (error) {
      clear(place)
      throw error
    }
  }

  function clear(place: PluginPlace): void {
    try {
      parts.clear(place.folder)
    } catch (error) {
      parts.log.warn('the folder that a plugin ran in is left behind', { error })
    }
  }

  function hear(from: PluginProcess, message: unknown): void {
    if (running !== from) return
    const heard = heardOf(message)
    if (heard && waiting && heard.id === waiting.id) return settleWith({ heard })
    stray += 1
    if (stray > MOST_STRAY) stop(from, FLOOD)
  }

  function hearWords(from: PluginProcess, text: string): void {
    if (running !== from) return
    said += text.length
    if (text.includes('heap out of memory')) hint = MEMORY
    if (said > MOST_SAID) return stop(from, FLOOD)
    const lines = (line + text).split('\n')
    // Whole lines only: half of a secret is not known as one.
    line = (lines.pop() ?? '').slice(0, LONGEST_LINE)
    for (const one of lines.map(wordsOf).filter((words) => words !== '')) {
      logged += 1
      if (logged <= MOST_LOGGED) parts.log.info('a plugin says', { text: one })
      else if (logged === MOST_LOGGED + 1) parts.log.info('a plugin says more, which is left out')
    }
  }

  function settleWith(answer: Answer): void {
    const one = waiting
    waiting = null
    one?.settle(answer)
  }

  function stop(which: PluginProcess, why: string): void {
    if (running !== which) return
    running = null
    idle?.()
    which.kill()
    settleWith({ none: why })
  }

  return {
    isRunning: () => running !== null,
    async ask(asked, signal, deadline) {
      idle?.()
      said = logged = stray = 0
      hint = ''
      if (signal.aborted) return { none: ENDED }
      // Gone since it was opened: a new one knows nothing yet.
      if (asked.ask === 'send' && !running) return { none: GONE }
      const process = (running ??= start())
      const id = ++lastId
      const answered = new Promise<Answer>((settle) => (waiting = { id, settle }))
      const abort = (): void => stop(process, ENDED)
      const cancel = parts.clock.after(Math.max(0, deadline - parts.clock.monotonic()), () => stop(process, `The plugin gave no answer within ${parts.limitMs / 1000} s, so its process was ended.`))
      let cancelLook = watchMemory(process)
      signal.addEventListener('abort', abort, { once: true })
      process.send({ id, ...asked })
      try {
        return await answered
      } finally {
        cancel()
        cancelLook()
        signal.removeEventListener('abort', abort)
        if (running) idle = parts.clock.after(parts.idleMs, () => stop(process, 'idle'))
      }

      /** Buffers lie outside of the heap that has a limit of its own. */
      function watchMemory(of: PluginProcess): Cancel {
        return parts.clock.after(LOOK_AT_MEMORY_MS, () => {
          if ((of.memory() ?? 0) > MOST_MEMORY) return stop(of, MEMORY)
          cancelLook = watchMemory(of)
        })
      }
    },
    async end() {
      if (running) stop(running, ENDED)
      await Promise.all(alive.values())
    },
  }
}

const FLOOD = 'The plugin wrote more than it may, so its process was ended.'
const MEMORY = 'The plugin took more memory than it may, so its process was ended.'
const GONE = "The plugin's process ended by itself."
const ENDED = 'Ended before an answer came.'
