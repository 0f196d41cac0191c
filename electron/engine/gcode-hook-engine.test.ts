/** A G-code hook in a whole engine: from a printer's event to the command at its server, and no further. */
import { expect, test } from 'vitest'
import { engineRigs } from '../../test/support/engine-rig.ts'
import { printing } from '../../test/support/fake-printer.ts'
import { gcodeHookChannel } from './channels/gcode-hook/index.ts'
import { register } from './channels/register.ts'

const { kind: _kind, ...HOOK_KIND } = register(gcodeHookChannel)
const CONFIG = { understood: true, lines: ['M117 {name} started', 'M300'] }
const SETTINGS = (printer: Record<string, unknown>) => ({
  version: 1,
  printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' }, ...printer }],
  destinations: [{ id: 'hook', label: 'My hook', channel: 'hook', config: CONFIG, events: ['*'] }],
})
const { start } = engineRigs({ settings: SETTINGS({}), kind: HOOK_KIND })

test('its lines reach the server of the printer once, and their own outcome sets off nothing', async () => {
  const rig = await start()
  await printing(rig)
  await rig.clock.advance(10_000)
  expect(rig.server('octo').commands).toEqual([{ name: 'gcode', lines: ['M117 lamp.gcode started', 'M300'] }])
  expect(rig.told()).toContain('attempt 1 at hook: delivered')
  expect(rig.history.events({ types: ['command.succeeded'] }).map(({ code, byUs }) => [code, byUs])).toEqual([['gcode', true]])
  await rig.stop()
})

test('the settings of the printer can forbid it: nothing is sent, and the destination says so', async () => {
  const rig = await start({ settings: SETTINGS({ commands: ['pause'] }), kind: HOOK_KIND })
  await printing(rig)
  await rig.clock.advance(10_000)
  expect(rig.server('octo').commands).toEqual([])
  expect(rig.told().filter((line) => line.startsWith('attempt 1'))).toEqual(['attempt 1 at hook: rejected'])
  await rig.stop()
})
