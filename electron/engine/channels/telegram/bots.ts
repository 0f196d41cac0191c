/**
 * Hearing what people do in Telegram, by long polling (https://core.telegram.org/bots/api#getupdates). Telegram lets one listener at a
 * time have a bot's updates, so all that listen to one bot in this process share one poll.
 */
import { createHash } from 'node:crypto'
import { backOff, NEEDS_MENDING } from '../../delivery/retry.ts'
import type { ChannelPorts } from '../channel.ts'
import { pause } from '../kit/wait.ts'
import { meaningOf } from './answers.ts'
import { botNumber, callTelegram, isRecord, type Bot, type Reply, type TelegramError } from './api.ts'
import { readBatch, type Update, type UpdateKind } from './updates.ts'

/** s; Telegram answers earlier when something happens. */
const POLL_S = 30
/** ms beyond that until the connection counts as dead. */
const GRACE_MS = 10_000
/** Updates asked for at once: more would not fit into what is read of an answer. */
const AT_ONCE = 10
/** Telegram keeps updates for a day, and counts anew after a week without any: an older place in them means nothing. ms */
const PLACE_KEPT_MS = 5 * 24 * 3_600_000
/** Two conflicts within this time are two listeners; one alone may be our own poll of a moment ago. ms */
const CONFLICT_WITHIN_MS = 30 * 60_000
/** Heard without a conflict for so long: whatever was told of it is over. ms */
const CALM_AFTER_MS = 10 * 60_000
/** An answer that brings nothing and comes this soon is no long poll. ms */
const TOO_SOON_MS = 5_000

const PASSING = { baseMs: 2_000, capMs: 5 * 60_000, floorMs: 1_000 }
const TAKEN = { baseMs: 60_000, capMs: 15 * 60_000, floorMs: 30_000 }
const SPINNING = { baseMs: 2_000, capMs: 60_000, floorMs: 1_000 }

export const TWO_LISTENERS = 'Another computer or program listens to this bot too, so presses get lost between them. Switch its buttons off at one of them, or make a second bot.'
export const WEBHOOK_SET = 'A webhook is set on this bot, so Telegram sends all presses there. Remove the webhook, or make a bot for Printbell alone.'

export interface Listener {
  ports: Pick<ChannelPorts, 'clock' | 'random' | 'net' | 'log' | 'memory'>
  wants: readonly UpdateKind[]
  /** @returns whether it was for this listener; then no other hears it. Must not throw. */
  hear(update: Update): boolean
  /** Why nothing is heard, in words of cause and cure; null = it is heard again. Told on each change. */
  trouble(why: string | null): void
}

export interface Bots {
  /** @returns ends the listening, at once */
  listen(bot: Bot, listener: Listener): () => void
}

/** One for the process. */
export function createBots(): Bots {
  const polls = new Map<string, Poll>()
  return {
    listen(bot, listener) {
      const key = createHash('sha256').update(`${bot.apiBase} ${bot.token.reveal()}`).digest('hex')
      const poll = polls.get(key) ?? new Poll(bot, () => polls.delete(key))
      polls.set(key, poll)
      return poll.join(listener)
    },
  }
}

class Poll {
  readonly #bot: Bot
  readonly #ended: () => void
  #listeners: Listener[] = []
  #running = false
  /** Ends the request or the wait that is under way. */
  #interrupt = new AbortController()
  /** The next update that was not heard yet; null = whatever Telegram still has. */
  #next: number | null = null
  #limit = AT_ONCE
  #failures = 0
  #spins = 0
  #lastConflict: number | null = null
  #why: string | null = null

  constructor(bot: Bot, ended: () => void) {
    this.#bot = bot
    this.#ended = ended
  }

  join(listener: Listener): () => void {
    this.#listeners.push(listener)
    this.#next ??= this.#placeOf(listener)
    if (this.#why !== null) listener.trouble(this.#why)
    // Another kind of update may be wanted now.
    this.#wake()
    if (!this.#running) void this.#run()
    return () => {
      if (!this.#listeners.includes(listener)) return
      this.#listeners = this.#listeners.filter((one) => one !== listener)
      this.#wake()
    }
  }

  #wake(): void {
    const before = this.#interrupt
    this.#interrupt = new AbortController()
    before.abort()
  }

  async #run(): Promise<void> {
    this.#running = true
    for (let first = this.#listeners[0]; first !== undefined; first = this.#listeners[0]) {
      const { signal } = this.#interrupt
      const wait = await this.#pollSafely(first, signal)
      if (wait > 0) await pause(first.ports.clock, wait, signal)
    }
    this.#running = false
    this.#ended()
  }

  /** A full disk or a mistake must not end the listening for good. */
  async #pollSafely(first: Listener, signal: AbortSignal): Promise<number> {
    try {
      return await this.#poll(first, signal)
    } catch (error) {
      this.#failures += 1
      first.ports.log.error('what was heard from Telegram could not be taken in; trying again', { error: error instanceof Error ? error.message : String(error) })
      return backOff(this.#failures, first.ports.random, PASSING)
    }
  }

  /** @returns ms to wait until the next poll */
  async #poll({ ports }: Listener, signal: AbortSignal): Promise<number> {
    const began = ports.clock.monotonic()
    const parameters = { ...(this.#next === null ? {} : { offset: this.#next }), limit: this.#limit, timeout: POLL_S, allowed_updates: [...new Set(this.#listeners.flatMap(({ wants }) => wants))].sort() }
    const reply = await callTelegram(this.#bot, { method: 'getUpdates', parameters, timeoutMs: POLL_S * 1000 + GRACE_MS, signals: [signal] }, ports)
    if (signal.aborted) return 0
    if (reply.kind !== 'ok') return this.#failed(reply, ports)
    const { updates, next, tooLong } = readBatch(reply.result, reply.text, this.#next)
    this.#heard(ports)
    this.#limit = tooLong ? 1 : AT_ONCE
    if (next !== null) this.#keep(next)
    this.#failures = 0
    for (const update of updates) this.#pass(update, ports)
    this.#spins = updates.length === 0 && ports.clock.monotonic() - began < TOO_SOON_MS ? this.#spins + 1 : 0
    return this.#spins === 0 ? 0 : backOff(this.#spins, ports.random, SPINNING)
  }

  #pass(update: Update, ports: Listener['ports']): void {
    if (this.#listeners.some((listener) => listener.hear(update)) || update.callback === null) return
    // Whoever pressed sees a wheel turn until the press is answered.
    const parameters = { callback_query_id: update.callback.id, text: 'Nobody waits for this button any more.' }
    void callTelegram(this.#bot, { method: 'answerCallbackQuery', parameters, signals: [] }, ports)
  }

  /** On disk before anything is done about it: a press must not be heard twice. */
  #keep(next: number): void {
    for (const { ports } of this.#listeners) ports.memory.set(`heard ${botNumber(this.#bot)}`, JSON.stringify({ next, at: ports.clock.now() }))
    this.#next = next
  }

  #placeOf({ ports }: Listener): number | null {
    const note = ports.memory.get(`heard ${botNumber(this.#bot)}`)
    const known: unknown = note === null ? null : jsonOf(note)
    if (!isRecord(known) || typeof known.next !== 'number' || typeof known.at !== 'number') return null
    return Math.abs(ports.clock.now() - known.at) < PLACE_KEPT_MS ? known.next : null
  }

  #heard(ports: Listener['ports']): void {
    const calm = this.#lastConflict === null || ports.clock.monotonic() - this.#lastConflict > CALM_AFTER_MS
    if (!calm) return
    this.#lastConflict = null
    this.#tell(null, ports)
  }

  #failed(reply: Exclude<Reply, { kind: 'ok' }>, ports: Listener['ports']): number {
    this.#failures += 1
    if (reply.kind === 'none') {
      if (reply.verdict.result === 'rejected') this.#tell(reply.verdict.why, ports)
      return backOff(this.#failures, ports.random, PASSING)
    }
    const { error } = reply
    if (error.code === 409) return this.#conflict(error, ports)
    const { verdict } = meaningOf(error)
    if (verdict.result === 'rejected') {
      this.#tell(verdict.why, ports)
      return backOff(this.#failures, ports.random, NEEDS_MENDING)
    }
    return Math.max(error.retryAfter ?? 0, backOff(this.#failures, ports.random, PASSING))
  }

  #conflict({ description }: TelegramError, ports: Listener['ports']): number {
    if (/webhook/i.test(description)) {
      this.#tell(WEBHOOK_SET, ports)
      return backOff(this.#failures, ports.random, TAKEN)
    }
    const now = ports.clock.monotonic()
    const before = this.#lastConflict
    this.#lastConflict = now
    if (before === null || now - before > CONFLICT_WITHIN_MS) return backOff(1, ports.random, PASSING)
    this.#tell(TWO_LISTENERS, ports)
    return backOff(this.#failures, ports.random, TAKEN)
  }

  #tell(why: string | null, ports: Listener['ports']): void {
    if (why === this.#why) return
    this.#why = why
    if (why === null) ports.log.info('what people press in Telegram is heard again')
    else ports.log.warn('what people press in Telegram is not heard', { why })
    for (const listener of this.#listeners) listener.trouble(why)
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
