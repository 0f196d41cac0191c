/** The OctoPrint adapter connected to a fake server, for contract tests. What a test opens is closed after it, and must leave no timer. */
import { afterEach, expect } from 'vitest'
import type { Connection, ConnectOptions, Sink } from '../../electron/engine/printers/adapter.ts'
import { octoprint } from '../../electron/engine/printers/octoprint/index.ts'
import { firstTime, serverConfig, testPorts, type TestPorts } from './adapter-kit.ts'
import { TestClock } from './clock.ts'
import { FAKE_KEY, startFake, type FakeOctoPrint, type FakeOptions } from './fake-octoprint.ts'

const fakes: FakeOctoPrint[] = []
const open: { stop: AbortController; connection: Connection; clock: TestClock }[] = []

/** A fake OctoPrint that ends with the test. */
export async function fakeWith(options: FakeOptions = {}): Promise<FakeOctoPrint> {
  const fake = await startFake(options)
  fakes.push(fake)
  return fake
}

/** Connects the real adapter to it; the connection ends with the test. */
export function connect(fake: FakeOctoPrint, sink: Sink, options: ConnectOptions = firstTime(), more: { pin?: string; basicUser?: string; secrets?: Record<string, string> } = {}): { connection: Connection; clock: TestClock; ports: TestPorts; stop: AbortController } {
  const { secrets, ...settings } = more
  const clock = new TestClock(Date.now())
  const ports = testPorts(clock)
  const stop = new AbortController()
  const connection = octoprint.connect(serverConfig('octoprint', { url: fake.url, ...settings }, { apiKey: FAKE_KEY, ...secrets }), sink, stop.signal, ports, options)
  open.push({ stop, connection, clock })
  return { connection, clock, ports, stop }
}

/** Registers the closing for the file that calls it. */
export function closeAfterEach(): void {
  afterEach(async () => {
    for (const { stop, connection, clock } of open.splice(0)) {
      stop.abort()
      await connection.closed
      expect(clock.pending, 'timers left behind').toBe(0)
    }
    for (const fake of fakes.splice(0)) await fake.close()
  })
}

export const count = (list: readonly unknown[], what: unknown): number => list.filter((one) => one === what).length
