import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { until } from '../support/adapter-kit.ts'
import { engineRigs, type Rig } from '../support/engine-rig.ts'
import { startFarSide, type FarSide } from '../support/far-side.ts'

const CANARY = 'canary-91c2d7'
const MINUTE = 60_000
const settings = {
  version: 1,
  printers: [{ id: 'mk4', name: 'MK4', server: { id: 'octo', kind: 'fake', url: 'http://octo.local', apiKey: { env: 'KEY' } } }],
  destinations: [{ id: 'hook', label: 'Hook', channel: 'hook', config: {}, events: ['*'] }],
  ping: { url: { env: 'PING' } },
}

let far: FarSide
beforeAll(async () => {
  far = await startFarSide()
})
afterAll(() => far.close())
beforeEach(() => far.play({ path: `^/ping/${CANARY}$`, status: 200, body: 'OK' }))

const rigs = engineRigs({ settings })
const start = (): Promise<Rig> => rigs.start({ settings }, ({ world }) => {
  world.env.KEY = 'key-0123456789'
  world.env.PING = `${far.base}/ping/${CANARY}`
})
const came = async (): Promise<number> => (await far.receipts()).length

/** A minute at a time, so that answers come in between. */
async function pass(rig: Rig, minutes: number): Promise<void> {
  for (let i = 0; i < minutes; i++) {
    await rig.clock.advance(MINUTE)
    await new Promise((done) => setImmediate(done))
  }
}

test('the engine calls its address while it lives, by GET and with nothing in it', async () => {
  const rig = await start()
  await until('the first call', async () => (await came()) === 1)
  const [receipt] = await far.receipts()
  expect([receipt?.method, receipt?.path, receipt?.text, receipt?.headers['user-agent']]).toEqual(['GET', `/ping/${CANARY}`, '', 'Printbell'])
  await pass(rig, 5)
  await until('the second call', async () => (await came()) === 2)
  await rig.apply({ ...settings, ping: { ...settings.ping, everyMinutes: 1 } })
  await until('a call with the new settings', async () => (await came()) === 3)
  await pass(rig, 1)
  await until('one a minute later', async () => (await came()) === 4)
  await rig.apply({ ...settings, ping: {} })
  await pass(rig, 10)
  expect(await came()).toBe(4)
  await rig.apply(settings)
  await until('a call with an address again', async () => (await came()) === 5)
  await rig.stop()
  await pass(rig, 30)
  expect(await came()).toBe(5)
})

test('a far side that is gone is told of once, makes no event, and its address stands nowhere', async () => {
  await far.play({ path: '/', status: 404, body: `there is no /ping/${CANARY}` })
  const rig = await start()
  const notices = (): string[] => rig.told().filter((line) => line.startsWith('notice'))
  for (let round = 1; round <= 6; round++) {
    await until(`call ${round}`, async () => (await came()) >= round)
    await pass(rig, 5)
  }
  await until('the notice', () => notices().length > 0)
  expect(notices()).toEqual(['notice error: The sign of life did not get through 3 times in a row: The server answers 404. Check the address. Whoever watches there may take Printbell for stopped.'])
  expect(rig.told().filter((line) => line.startsWith('event'))).toEqual([])
  expect(JSON.stringify([rig.news, rig.log.lines, rig.history.events({ limit: 100 })])).not.toContain(CANARY)
  await rig.stop()
})
