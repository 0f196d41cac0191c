import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ChannelPorts } from './channels/channel.ts'
import { commandsOfHooks } from './hook-commands.ts'
import type { Wish } from './commands/wish.ts'
import { TestClock } from '../../test/support/clock.ts'
import { NOON } from '../../test/support/rule-fixtures.ts'

type Command = NonNullable<ChannelPorts['command']>
let wishes: Wish[]
let busy: boolean
let hook: Command

beforeEach(() => {
  wishes = []
  busy = false
  hook = commandsOfHooks({
    clock: new TestClock(NOON),
    commands: () => ({
      busy: () => busy,
      handle: async (wish) => {
        wishes.push(wish)
        return { result: 'done', detail: 'G-code sent.' }
      },
    }),
    printer: (id) => ({ mk4: {}, allowed: { commands: ['gcode' as const] }, forbidden: { commands: ['pause' as const] } })[id] ?? null,
  })
})
afterEach(() => {
  busy = false
})

test('goes the way of every command, for whatever the printer does now', async () => {
  expect(await hook('mk4', ['M117 a', 'G28'])).toEqual({ result: 'done', detail: 'G-code sent.' })
  expect(wishes).toEqual([{ printerId: 'mk4', jobKey: null, action: { name: 'gcode', lines: ['M117 a', 'G28'] }, from: 'hook', madeAt: NOON, expiresAt: NOON + 15_000, confirmed: false, eventId: null }])
  expect((await hook('allowed', ['G28'])).result).toBe('done')
})

test.each([
  ['forbidden', "Printbell may not send G-code to this printer. The printer's settings can allow it."],
  ['nobody', 'There is no such printer, or it is switched off. Check its id.'],
])('sends nothing to a printer that is %s', async (printerId, detail) => {
  expect(await hook(printerId, ['G28'])).toEqual({ result: 'not_allowed', detail })
  expect(wishes).toEqual([])
})

test('sends nothing while another command is under way', async () => {
  busy = true
  expect(await hook('mk4', ['G28'])).toEqual({ result: 'busy', detail: 'Another command is under way at this printer.' })
  expect(wishes).toEqual([])
})
