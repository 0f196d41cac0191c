/** The OctoPrint adapter connected to a fake server, for contract tests. */
import type { ConnectOptions, Sink } from '../../electron/engine/printers/adapter.ts'
import { octoprint } from '../../electron/engine/printers/octoprint/index.ts'
import { firstTime, serverConfig } from './adapter-kit.ts'
import { adapterRig, type Connected } from './adapter-rig.ts'
import { FAKE_KEY, startFake, type FakeOctoPrint } from './fake-octoprint.ts'

export { count } from './adapter-rig.ts'

const rig = adapterRig(startFake)
export const { fakeWith, closeAfterEach } = rig

export function connect(fake: FakeOctoPrint, sink: Sink, options: ConnectOptions = firstTime(), more: { pin?: string; basicUser?: string; secrets?: Record<string, string> } = {}): Connected {
  const { secrets, ...settings } = more
  return rig.connect(octoprint, serverConfig('octoprint', { url: fake.url, ...settings }, { apiKey: FAKE_KEY, ...secrets }), sink, options)
}
