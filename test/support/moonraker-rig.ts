/** The Moonraker adapter connected to a fake server, for contract tests. */
import type { ConnectOptions, Sink } from '../../electron/engine/printers/adapter.ts'
import { moonraker } from '../../electron/engine/printers/moonraker/index.ts'
import { moonrakerSettings, type MoonrakerSettings } from '../../electron/engine/printers/moonraker/settings.ts'
import { firstTime, serverConfig } from './adapter-kit.ts'
import { adapterRig, type Connected } from './adapter-rig.ts'
import { startFake, type FakeMoonraker } from './fake-moonraker.ts'

export { count } from './adapter-rig.ts'

const rig = adapterRig(startFake, {
  before(fake) {
    // What a test has paused never hears of the end.
    for (const socket of fake.sockets) socket.resume()
  },
  socketsWithinMs: 15_000,
})
export const { fakeWith, closeAfterEach } = rig

export interface ConnectMore extends Partial<MoonrakerSettings> {
  secrets?: Record<string, string>
  refreshSecrets?: ConnectOptions['refreshSecrets']
}

export function connect(fake: Pick<FakeMoonraker, 'url'>, sink: Sink, options: ConnectOptions = firstTime(), more: ConnectMore = {}): Connected {
  const { secrets = {}, refreshSecrets, ...settings } = more
  const server = serverConfig('moonraker', moonrakerSettings.parse({ url: fake.url, ...settings }), secrets)
  return rig.connect(moonraker, server, sink, { ...options, ...(refreshSecrets ? { refreshSecrets } : {}) })
}
