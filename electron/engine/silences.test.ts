import { afterEach, beforeEach, expect, it } from 'vitest'
import { dataFolder, engineRig, type Rig } from '../../test/support/engine-rig.ts'

const ONE = {
  version: 1,
  printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' } }],
  destinations: [{ id: 'hook', label: 'My hook', channel: 'hook', events: ['*'] }],
}

let folder: ReturnType<typeof dataFolder>
let rig: Rig
beforeEach(async () => {
  folder = dataFolder()
  rig = engineRig(folder.file, { settings: ONE })
  await rig.engine.start()
  await rig.clock.advance(0)
})
afterEach(() => {
  rig.history.close()
  folder.remove()
})

async function rehearsed(): Promise<string> {
  const result = rig.engine.rehearse({ destinationId: 'hook', printerId: 'mk4', type: 'job.failed' })
  await rig.clock.advance(30_000)
  return (await result).decision.decision
}

it('a mute is listed with its end, holds until it is lifted, and then rings again at once', async () => {
  const now = rig.clock.now()
  const outcome = await rig.engine.handle({ printerId: 'mk4', jobKey: null, action: { name: 'mute', seconds: 3_600 }, from: 'cli', madeAt: now, expiresAt: now + 60_000, confirmed: false, eventId: null })
  expect(outcome.result).toBe('done')
  const [silence, ...others] = rig.engine.silences()
  expect(others).toEqual([])
  expect(silence).toMatchObject({ match: { printerIds: ['mk4'] }, endsAt: now + 3_600_000, by: 'cli' })
  expect(await rehearsed()).toBe('drop')
  expect(rig.engine.liftSilence(silence?.id ?? '')).toBe(true)
  expect(rig.engine.silences()).toEqual([])
  expect(await rehearsed()).toBe('deliver')
})

it('what is no silence can not be lifted', () => {
  expect(rig.engine.liftSilence('nothing')).toBe(false)
})
