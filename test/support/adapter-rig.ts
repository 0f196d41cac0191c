/**
 * What the rigs of all adapters share: a fake server and connections to it end with the test that opened them, and must leave no timer
 * and, where the rig asks for it, no socket.
 */
import { afterEach, expect } from 'vitest'
import type { Connection, ConnectOptions, PrinterAdapter, ServerConfig, Sink } from '../../electron/engine/printers/adapter.ts'
import { testPorts, until, type TestPorts } from './adapter-kit.ts'
import { TestClock } from './clock.ts'

export interface Connected {
  connection: Connection
  clock: TestClock
  ports: TestPorts
  stop: AbortController
}

interface Fake {
  close(): Promise<void>
  /** Open sockets. */
  readonly connections: number
}

export interface AdapterRig<O, F extends Fake> {
  /** A fake server that ends with the test. */
  fakeWith(options?: O): Promise<F>
  /** Connects the real adapter; the connection ends with the test. */
  connect<S>(adapter: PrinterAdapter<S>, server: ServerConfig<S>, sink: Sink, options: ConnectOptions): Connected
  /** Registers the closing for the file that calls it. */
  closeAfterEach(): void
}

export interface RigEnd<F> {
  /** Done to each fake once the connections to it have ended. */
  before?(fake: F): void
  /** All of its sockets must be closed by then; absent = that is not looked at. ms */
  socketsWithinMs?: number
}

export function adapterRig<O, F extends Fake>(start: (options?: O) => Promise<F>, end: RigEnd<F> = {}): AdapterRig<O, F> {
  const fakes: F[] = []
  const open: Connected[] = []
  return {
    async fakeWith(options) {
      const fake = await start(options)
      fakes.push(fake)
      return fake
    },
    connect(adapter, server, sink, options) {
      const clock = new TestClock(Date.now())
      const ports = testPorts(clock)
      const stop = new AbortController()
      const connected = { connection: adapter.connect(server, sink, stop.signal, ports, options), clock, ports, stop }
      open.push(connected)
      return connected
    },
    closeAfterEach() {
      afterEach(async () => {
        for (const { stop, connection, clock } of open.splice(0)) {
          stop.abort()
          await connection.closed
          expect(clock.pending, 'timers left behind').toBe(0)
        }
        for (const fake of fakes.splice(0)) {
          end.before?.(fake)
          if (end.socketsWithinMs !== undefined) await until('every socket to be closed', () => fake.connections === 0, end.socketsWithinMs)
          await fake.close()
        }
      })
    },
  }
}

export const count = (list: readonly unknown[], what: unknown): number => list.filter((one) => one === what).length
