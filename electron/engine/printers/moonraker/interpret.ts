/**
 * Moonraker's answers and notifications as observations. It knows the protocol and decides nothing: it keeps the merged objects of
 * Klipper, which deltas need, and what is needed to understand the next one. Facts: Moonraker 0.11.0 and Klipper v0.13, recorded.
 *
 * The order in which a connection calls it, after the socket is open and identified:
 * 1. `klippy` with each answer of server.info and printer.info, until it is ready.
 * 2. printer.objects.subscribe (its notifications wait), server.history.list, server.gcode_store; then, in this order:
 *    `outcomes` of reconcile.ts and `console` are observed, the link is told to be up, `full` is observed, what waited follows.
 * 3. `notification` for each notification, notify_proc_stat_update included (it comes once a second and moves the clock), or `tick`.
 */
import type { Observation } from '../../events/model.ts'

export interface InterpreterOptions {
  /** The server's id of its one printer. */
  sourceId: string
  /** Told for what can't be understood; the same words for the same kind of junk, once each. */
  junk?: (what: string) => void
}

/** Everything of one printer that is not bytes on a wire. `at` is our clock, epoch ms. */
export interface Interpreter {
  /**
   * Klippy as `server.info` or `printer.info` say (`state`: disconnected | startup | ready | error | shutdown; `message`: its
   * state_message). Nothing is pushed for `error`, so the connection asks every 2 s while it is not ready.
   */
  klippy(info: { state: string; message: string | null }, at: number): Observation[]
  /** Which objects to subscribe to, of the names that printer.objects.list gave: name -> fields, null = all of them. */
  objects(available: readonly string[]): Record<string, string[] | null>
  /**
   * The whole answer of printer.objects.subscribe: one full state, and what follows from it. `eventtime`: the server's own clock, seconds.
   * `jobId`: of the job that runs, as `presentJob` of reconcile.ts found it; absent = not looked up.
   */
  full(answer: { status: unknown; eventtime: number; jobId?: string | null }, at: number): Observation[]
  /**
   * `gcode_store` of server.gcode_store, oldest first, before the full state: a prompt that nobody answered may be older than our socket.
   */
  console(store: unknown, at: number): Observation[]
  /** One JSON-RPC notification, in order (notify_status_update, notify_gcode_response, ...). Unknown ones give nothing. */
  notification(method: string, params: unknown, at: number): Observation[]
  /** Time passed, about once a second while connected: what waited for a second witness is told without it. */
  tick(at: number): Observation[]
  /** Metadata of a file (server.files.metadata), asked when `wantsMetadata()` names one. `body` null = it has none (yet). */
  metadata(path: string, body: unknown, at: number): Observation[]
  /** The file whose metadata is wanted now; null = none. Ask after each call of the above; a refused one is wanted again after 5 s. */
  wantsMetadata(): string | null
  /** The id of the job that runs now (`jobIdOf` of reconcile.ts), as the server told; null = none or not known. */
  currentJobId(): string | null
  /** The G-code of a choice of the prompt that is open, by its index; null = there is none. */
  answer(choice: number): string | null
}

/** @returns an interpreter for one printer; keep it over reconnects, `full` starts a new period of watching. */
export function createInterpreter(options: InterpreterOptions): Interpreter {
  void options
  return {
    klippy: () => [],
    objects: () => ({}),
    full: () => [],
    console: () => [],
    notification: () => [],
    tick: () => [],
    metadata: () => [],
    wantsMetadata: () => null,
    currentJobId: () => null,
    answer: () => null,
  }
}
