import { expect, test } from 'vitest'
import { channels } from './registry.ts'

test('has the desktop and the webhook, and everything under its own kind', () => {
  expect([...channels.keys()]).toEqual(expect.arrayContaining(['desktop', 'webhook']))
  expect([...channels].filter(([name, kind]) => kind.kind !== name)).toEqual([])
})

test('programs, which count, get each event by itself; people do not', () => {
  expect([...channels].filter(([, { capabilities }]) => capabilities.everyEvent === true).map(([name]) => name).sort()).toEqual(['gcode-hook', 'mqtt', 'octoprint-webhooks', 'system-hook', 'webhook'])
})

test('opening a config that the channel refuses names the field', () => {
  const destination = { destinationId: 'hook', label: 'My hook', config: { url: 'nowhere' }, secrets: {} }
  expect(() => channels.get('webhook')?.open(destination, {} as never)).toThrow(/"My hook" can't be opened\. url: Not an address/)
})
