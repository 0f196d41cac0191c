/**
 * Moonraker's answers and notifications as observations. It knows the protocol and decides nothing: it keeps the merged objects of
 * Klipper, which deltas need, and what is needed to understand the next one. Facts: Moonraker 0.11.0 and Klipper v0.13, recorded.
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
  /** The whole answer of printer.objects.subscribe: one full state, and what follows from it. `eventtime`: the server's own clock, seconds. */
  full(answer: { status: unknown; eventtime: number }, at: number): Observation[]
  /** One JSON-RPC notification, in order (notify_status_update, notify_gcode_response, ...). Unknown ones give nothing. */
  notification(method: string, params: unknown, at: number): Observation[]
  /** Metadata of a file (server.files.metadata), asked when `wantsMetadata()` names one. `body` null = it has none (yet). */
  metadata(path: string, body: unknown, at: number): Observation[]
  /** The file whose metadata is wanted now; null = none. Ask after each call of the above; a refused one is wanted again after 5 s. */
  wantsMetadata(): string | null
  /** The history job id that runs now, as the server told; null = none or not known. */
  currentJobId(): string | null
}

/** @returns an interpreter for one printer; keep it over reconnects, `full` starts a new period of watching. */
export function createInterpreter(options: InterpreterOptions): Interpreter {
  void options
  return {
    klippy: () => [],
    objects: () => ({}),
    full: () => [],
    notification: () => [],
    metadata: () => [],
    wantsMetadata: () => null,
    currentJobId: () => null,
  }
}
