/** Finding, testing, pairing and adding printer servers, as the window asks for it. */
import type { SomeHandlers } from '../../bridge/contract.ts'
import { addDraft } from '../setup/adding.ts'
import { createDiscovery } from '../setup/discovery.ts'
import { createPairings } from '../setup/pairing.ts'
import type { SetupParts } from '../setup/parts.ts'
import { createSimulator, type SimulatorParts } from '../setup/simulator.ts'
import { createTester } from '../setup/test.ts'

export type SetupCalls = 'setup.discover' | 'setup.test' | 'setup.pair' | 'setup.cancel-pairing' | 'setup.open-pairing' | 'setup.add' | 'setup.simulator'

export interface SetupRoom {
  handlers: SomeHandlers<SetupCalls>
  /** At the start of the app, before the engine connects: brings the simulated printer back where it is in the settings. */
  resume(): Promise<void>
  /** Nobody looks any more: ends the search. Pairings go on, their result stands in the settings. */
  windowClosed(): void
  close(): Promise<void>
}

export function setupCalls(parts: SetupParts & Pick<SimulatorParts, 'load'>): SetupRoom {
  const discovery = createDiscovery(parts)
  const tester = createTester(parts)
  const pairings = createPairings(parts)
  const { settings, card, ports: { clock, log } } = parts
  const simulator = createSimulator({ settings, card, clock, log, ...(parts.load ? { load: parts.load } : {}) })
  return {
    handlers: {
      'setup.discover': async ({ on }) => discovery.turn(on),
      'setup.test': (draft) => tester.test(draft),
      'setup.pair': async ({ server, name }) => pairings.start(server, name),
      'setup.cancel-pairing': async (id) => {
        pairings.cancel(id)
        return null
      },
      'setup.open-pairing': (id) => pairings.open(id),
      'setup.add': (asked) => addDraft(asked, parts, tester),
      'setup.simulator': ({ on }) => simulator.turn(on),
    },
    resume: () => simulator.resume(),
    windowClosed: () => void discovery.turn(false),
    async close() {
      discovery.close()
      tester.close()
      await Promise.all([pairings.close(), simulator.close()])
    },
  }
}
