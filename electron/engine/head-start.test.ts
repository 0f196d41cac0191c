/** A start with several servers: the first has some moments to itself. */
import { expect, test } from 'vitest'
import { engineRigs, type Rig } from '../../test/support/engine-rig.ts'
import { speaker } from '../../test/support/fake-printer.ts'

const named = (id: string): object => ({ kind: 'fake', id, url: `http://${id}` })
const THREE = {
  version: 1, servers: ['a', 'b', 'c'].map(named), destinations: [{ id: 'hook', label: 'Hook', channel: 'hook' }],
  printers: ['a', 'b', 'c'].map((server) => ({ id: `of-${server}`, name: server, sources: [{ server }] })),
}
const { make } = engineRigs({ settings: THREE, headStartMs: 50 })
const asked = (rig: Rig): string[] => rig.connections.map(({ server }) => server.id)

/** A start that is not waited for. */
async function begun(): Promise<{ rig: Rig; started: Promise<void> }> {
  const rig = make()
  const started = rig.engine.start()
  await rig.clock.advance(0)
  return { rig, started }
}

test('the others are asked when the first has answered, whatever it says', async () => {
  for (const link of ['up', 'auth_failed'] as const) {
    const { rig, started } = await begun()
    expect(asked(rig)).toEqual(['a'])
    speaker(rig, rig.server('a')).link(link)
    await rig.clock.advance(0)
    expect(asked(rig)).toEqual(['a', 'b', 'c'])
    await started
    await rig.engine.stop(0)
    rig.history.close()
  }
})

test('a first one that does not answer holds up the others for 50 ms', async () => {
  const { rig, started } = await begun()
  await rig.clock.advance(49)
  expect(asked(rig)).toEqual(['a'])
  await rig.clock.advance(1)
  expect(asked(rig)).toEqual(['a', 'b', 'c'])
  await started
})

test('an end in these moments asks nobody any more', async () => {
  const { rig, started } = await begun()
  await rig.engine.stop(0)
  await rig.clock.advance(100)
  await started
  expect(asked(rig)).toEqual(['a'])
})
