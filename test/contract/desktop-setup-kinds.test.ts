/** Setup over the real adapters: the kind behind an address is found out, and what is open is added without a key. */
import { afterEach, describe, expect, it } from 'vitest'
import { setupCalls, type SetupRoom } from '../../electron/desktop/calls/setup.ts'
import { desk } from '../../electron/desktop/settings/keeper.support.ts'
import { systemClock } from '../../electron/engine/clock.ts'
import { adapters } from '../../electron/engine/printers/registry.ts'
import { startSimulator } from '../../electron/engine/simulator/simulator.ts'
import { testPorts } from '../support/adapter-kit.ts'
import { FAKE_KEY, startFake } from '../support/fake-moonraker.ts'
import { startFake as startFakePrusaLink } from '../support/fake-prusalink.ts'

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function room(): { room: SetupRoom; keeper: ReturnType<typeof desk>['keeper']; secrets: ReturnType<typeof desk>['secrets'] } {
  const { keeper, secrets } = desk(null)
  const made = setupCalls({
    adapters, settings: keeper, ports: testPorts(systemClock()), push: () => undefined, newId: () => 'pairing', openExternal: async () => true, card: () => null,
    secrets: { resolve: async (ref) => ('store' in ref ? secrets.get(ref.store) : undefined) ?? Promise.reject(new Error('not there')) },
  })
  ends.push(() => made.close(), () => keeper.close())
  return { room: made, keeper, secrets }
}

async function servers() {
  const moonraker = await startFake()
  const closed = await startFake({ trusted: false })
  closed.key = FAKE_KEY
  const prusalink = await startFakePrusaLink()
  const octoprint = await startSimulator({ script: 'idle', grantKeysAfterMs: null, clock: systemClock() })
  ends.push(() => moonraker.close(), () => closed.close(), () => prusalink.close(), () => octoprint.stop())
  return { moonraker, closed, prusalink, octoprint }
}

describe('an address of which nobody knows the kind', () => {
  it('is asked by every adapter, and each knows its own', async () => {
    const { room: { handlers } } = room()
    const { moonraker, closed, prusalink, octoprint } = await servers()
    const tested = await Promise.all([moonraker, closed, prusalink, octoprint].map(({ url }) => handlers['setup.test']({ kind: null, fields: { url }, secrets: {} })))
    expect(tested.map(({ kind, cause }) => [kind, cause])).toEqual([['moonraker', 'ok'], ['moonraker', 'key_missing'], ['prusalink', 'key_missing'], ['octoprint', 'key_missing']])
  })

  it('asked as another kind says that it is none of that', async () => {
    const { room: { handlers } } = room()
    const { moonraker, octoprint } = await servers()
    expect(await handlers['setup.test']({ kind: 'octoprint', fields: { url: moonraker.url }, secrets: {} })).toMatchObject({ kind: 'octoprint', ok: false, cause: 'not_this_server' })
    expect(await handlers['setup.test']({ kind: 'moonraker', fields: { url: octoprint.url }, secrets: {} })).toMatchObject({ kind: 'moonraker', ok: false, cause: 'not_this_server' })
  })
})

describe('a server that may be open', () => {
  it('is added without a key where it is, and by its key where it is not', async () => {
    const { room: { handlers }, keeper, secrets } = room()
    const { moonraker, closed } = await servers()
    expect(await handlers['setup.add']({ server: { kind: 'moonraker', fields: { url: moonraker.url }, secrets: {} }, name: 'Trident', sourceIds: null })).toEqual({ ok: true, printerIds: ['trident'] })
    expect(await handlers['setup.add']({ server: { kind: 'moonraker', fields: { url: closed.url }, secrets: { apiKey: FAKE_KEY } }, name: 'Voron', sourceIds: null })).toEqual({ ok: true, printerIds: ['voron'] })
    expect(keeper.engine().printers.map(({ name }) => name)).toEqual(['Trident', 'Voron'])
    expect([...secrets].map(([name, secret]) => [name, secret.reveal()])).toEqual([['server/voron/apiKey', FAKE_KEY]])
  })
})
