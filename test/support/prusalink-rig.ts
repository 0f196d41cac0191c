/** The PrusaLink adapter connected to a fake server, for contract tests. What a test opens is closed after it, and must leave neither timer nor socket. */
import { afterEach, expect } from 'vitest'
import type { Connection, ConnectOptions, Sink } from '../../electron/engine/printers/adapter.ts'
import { prusalink } from '../../electron/engine/printers/prusalink/index.ts'
import type { PrusaLinkSettings } from '../../electron/engine/printers/prusalink/settings.ts'
import { firstTime, serverConfig, testPorts, until, type TestPorts } from './adapter-kit.ts'
import { TestClock } from './clock.ts'
import { FAKE_KEY, startFake, type FakeOptions, type FakePrusaLink } from './fake-prusalink.ts'

const fakes: FakePrusaLink[] = []
const open: { stop: AbortController; connection: Connection; clock: TestClock }[] = []

/** A fake PrusaLink that ends with the test. */
export async function fakeWith(options: FakeOptions = {}): Promise<FakePrusaLink> {
  const fake = await startFake(options)
  fakes.push(fake)
  return fake
}

export interface Connected {
  connection: Connection
  clock: TestClock
  ports: TestPorts
  stop: AbortController
}

/** Connects the real adapter to it; the connection ends with the test. */
export function connect(fake: FakePrusaLink, sink: Sink, options: ConnectOptions = firstTime(), more: Partial<PrusaLinkSettings> & { secrets?: Record<string, string> } = {}): Connected {
  const { secrets = { apiKey: FAKE_KEY }, ...settings } = more
  const clock = new TestClock(Date.now())
  const ports = testPorts(clock)
  const stop = new AbortController()
  const connection = prusalink.connect(serverConfig('prusalink', { url: fake.url, ...settings }, secrets), sink, stop.signal, ports, options)
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
    for (const fake of fakes.splice(0)) {
      await until('every socket to be closed', () => fake.connections === 0, 2_000)
      await fake.close()
    }
  })
}
