/** The Moonraker adapter connected to a fake server, for contract tests. What a test opens is closed after it, and must leave no timer and no socket. */
import { afterEach, expect } from 'vitest'
import type { Connection, ConnectOptions, Sink } from '../../electron/engine/printers/adapter.ts'
import { moonraker } from '../../electron/engine/printers/moonraker/index.ts'
import { moonrakerSettings, type MoonrakerSettings } from '../../electron/engine/printers/moonraker/settings.ts'
import { firstTime, serverConfig, testPorts, until, type TestPorts } from './adapter-kit.ts'
import { TestClock } from './clock.ts'
import { startFake, type FakeMoonraker, type FakeOptions } from './fake-moonraker.ts'

const fakes: FakeMoonraker[] = []
const open: { stop: AbortController; connection: Connection; clock: TestClock }[] = []

/** A fake Moonraker that ends with the test. */
export async function fakeWith(options: FakeOptions = {}): Promise<FakeMoonraker> {
  const fake = await startFake(options)
  fakes.push(fake)
  return fake
}

export interface ConnectMore extends Partial<MoonrakerSettings> {
  secrets?: Record<string, string>
  refreshSecrets?: ConnectOptions['refreshSecrets']
}

/** Connects the real adapter to it; the connection ends with the test. */
export function connect(fake: Pick<FakeMoonraker, 'url'>, sink: Sink, options: ConnectOptions = firstTime(), more: ConnectMore = {}): { connection: Connection; clock: TestClock; ports: TestPorts; stop: AbortController } {
  const { secrets = {}, refreshSecrets, ...settings } = more
  const clock = new TestClock(Date.now())
  const ports = testPorts(clock)
  const stop = new AbortController()
  const server = serverConfig('moonraker', moonrakerSettings.parse({ url: fake.url, ...settings }), secrets)
  const connection = moonraker.connect(server, sink, stop.signal, ports, { ...options, ...(refreshSecrets ? { refreshSecrets } : {}) })
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
      // What a test has paused never hears of the end.
      for (const socket of fake.sockets) socket.resume()
      await until('every socket closed', () => fake.connections === 0)
      await fake.close()
    }
  })
}

export const count = (list: readonly unknown[], what: unknown): number => list.filter((one) => one === what).length
