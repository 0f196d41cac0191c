import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { channels } from '../../../electron/engine/channels/registry.ts'

/** The desktop's far sides are real daemons: test/real/toasts.test.ts, and a bus of its own in channels/desktop/*.test.ts. */
const ELSEWHERE = new Set(['desktop'])

test.each([...channels.keys()].filter((kind) => !ELSEWHERE.has(kind)))('the channel %s has its contract suite', (kind) => {
  const file = new URL(`${kind}.test.ts`, import.meta.url)
  expect(existsSync(file), `test/contract/channels/${kind}.test.ts is missing`).toBe(true)
  expect(readFileSync(file, 'utf8')).toContain(`channelSuite('${kind}'`)
})

test('every channel has its page in docs/channels', () => {
  const missing = [...channels.keys()].filter((kind) => !existsSync(new URL(`../../../docs/channels/${kind}.md`, import.meta.url)))
  expect(missing).toEqual([])
})
