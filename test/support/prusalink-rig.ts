/** The PrusaLink adapter connected to a fake server, for contract tests. */
import type { ConnectOptions, Sink } from '../../electron/engine/printers/adapter.ts'
import { prusalink } from '../../electron/engine/printers/prusalink/index.ts'
import type { PrusaLinkSettings } from '../../electron/engine/printers/prusalink/settings.ts'
import { firstTime, serverConfig } from './adapter-kit.ts'
import { adapterRig, type Connected } from './adapter-rig.ts'
import { FAKE_KEY, startFake, type FakePrusaLink } from './fake-prusalink.ts'

export type { Connected } from './adapter-rig.ts'

const rig = adapterRig(startFake, { socketsWithinMs: 2_000 })
export const { fakeWith, closeAfterEach } = rig

export function connect(fake: FakePrusaLink, sink: Sink, options: ConnectOptions = firstTime(), more: Partial<PrusaLinkSettings> & { secrets?: Record<string, string> } = {}): Connected {
  const { secrets = { apiKey: FAKE_KEY }, ...settings } = more
  return rig.connect(prusalink, serverConfig('prusalink', { url: fake.url, ...settings }, secrets), sink, options)
}
