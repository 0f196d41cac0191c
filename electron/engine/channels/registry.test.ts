import { expect, test } from 'vitest'
import { channels } from './registry.ts'

test('knows the desktop and the webhook, each under its own kind', () => {
  expect([...channels].map(([name, kind]) => [name, kind.kind])).toEqual([['desktop', 'desktop'], ['webhook', 'webhook']])
})

test('opening a config that the channel refuses names the field', () => {
  const destination = { destinationId: 'hook', label: 'My hook', config: { url: 'nowhere' }, secrets: {} }
  expect(() => channels.get('webhook')?.open(destination, {} as never)).toThrow(/"My hook" can't be opened\. url: Not an address/)
})
