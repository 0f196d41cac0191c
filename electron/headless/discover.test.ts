import { expect, it } from 'vitest'
import { TestClock } from '../../test/support/clock.ts'
import { memoryLog } from '../../test/support/log.ts'
import type { AdapterPorts, Discovered, PrinterAdapter } from '../engine/printers/adapter.ts'
import { discoverWith } from './discover.ts'
import type { Out } from './out.ts'

function kind(name: string, found: Omit<Discovered, 'kind'>[]) {
  return {
    webUrl: (settings: unknown) => (settings as { url: string }).url,
    async *discover(_ports: AdapterPorts, signal: AbortSignal): AsyncIterable<Discovered> {
      for (const one of found) yield { kind: name, ...one }
      if (!signal.aborted) await new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }))
    },
  }
}

it('prints what every kind finds at once, each once, and marks what the settings have already', async () => {
  const lines: string[] = []
  const out: Out = { line: (text) => void lines.push(text), note: () => undefined, foot: () => undefined, columns: null, colour: false }
  const clock = new TestClock()
  const shelf = { id: 'u1', name: 'shelf', url: 'http://192.168.1.20', version: '1.11.8' }
  const count = discoverWith({
    adapters: new Map<string, Pick<PrinterAdapter, 'discover' | 'webUrl'>>([
      ['octoprint', kind('octoprint', [shelf, shelf, { id: 'u2', name: 'ev\u001b[2Jil', url: 'http://192.168.1.21:5000/octo', version: null }])],
      ['mute', { webUrl: () => null }],
      ['other', kind('other', [{ id: 'u1', name: 'Box', url: 'http://192.168.1.22', version: null }])],
    ]),
    servers: [{ id: 'mk3', kind: 'octoprint', settings: { url: 'http://192.168.1.20/' }, secrets: {}, inUse: true }],
    ports: { clock, random: () => 0.5, net: { online: () => true } as AdapterPorts['net'], log: memoryLog() },
    seconds: 5,
  }, out)
  await clock.advance(4_999)
  expect(lines.sort()).toEqual([
    'http://192.168.1.20  shelf  octoprint 1.11.8  (in the settings as "mk3")',
    'http://192.168.1.21:5000/octo  ev [2Jil  octoprint',
    'http://192.168.1.22  Box  other',
  ])
  await clock.advance(1)
  expect(await count).toBe(3)
})
