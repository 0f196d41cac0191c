import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { dataFolder, engineRig, type Rig } from '../../test/support/engine-rig.ts'
import { LAMP, printing } from '../../test/support/fake-printer.ts'

const judged = vi.hoisted((): string[] => [])
/** The rules as they are, noting what they were given. */
vi.mock('./rules/route.ts', async (original) => {
  const rules = await original<typeof import('./rules/route.ts')>()
  return {
    ...rules,
    route(...[event, context]: Parameters<typeof rules.route>) {
      judged.push(`${event.type} ${context.presence}`)
      return rules.route(event, context)
    },
  }
})

let folder: ReturnType<typeof dataFolder>
let rig: Rig
beforeEach(async () => {
  folder = dataFolder()
  rig = engineRig(folder.file, {
    settings: { version: 1, printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' } }], destinations: [{ id: 'hook', label: 'My hook', channel: 'hook', events: ['job.*'] }] },
  })
  await rig.engine.start()
})
afterEach(() => {
  rig.history.close()
  folder.remove()
})

it('each event is judged with the presence of its moment, and not known is a value', async () => {
  const says = await printing(rig)
  rig.world.presence = 'locked'
  says.done(LAMP)
  await rig.clock.advance(20_000)
  expect(judged).toEqual(['job.started unknown', 'job.done locked'])
})
