import { Bonjour } from 'bonjour-service'
import { describe, expect, it } from 'vitest'
import type { Discovered } from '../../electron/engine/printers/adapter.ts'
import { octoprint } from '../../electron/engine/printers/octoprint/index.ts'
import { prusalink } from '../../electron/engine/printers/prusalink/index.ts'
import { testPorts } from '../support/adapter-kit.ts'
import { noMulticast } from '../support/multicast.ts'

const missing = await noMulticast()

describe.skipIf(missing !== null)(`discovery of a PrusaLink by mDNS${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  it('finds it once under its own service, and OctoPrint leaves what it announces as an OctoPrint to it', async () => {
    const publisher = new Bonjour()
    for (const type of ['prusalink', 'octoprint']) publisher.publish({ name: 'PrusaLink at printbell-test-shelf', type, protocol: 'tcp', port: 5124, host: 'printbell-test-shelf.local', txt: { path: '/' }, probe: false })
    const stop = new AbortController()
    const late = setTimeout(() => stop.abort(), 4_000)
    const found: Discovered[] = []
    const look = async (adapter: typeof octoprint | typeof prusalink): Promise<void> => {
      for await (const one of adapter.discover?.(testPorts(), stop.signal) ?? []) if (one.url.includes(':5124')) found.push(one)
    }
    await Promise.all([look(octoprint), look(prusalink)])
    clearTimeout(late)
    await new Promise<void>((done) => publisher.unpublishAll(() => done()))
    publisher.destroy()
    expect(found).toMatchObject([{ kind: 'prusalink', id: 'printbell-test-shelf.local:5124', name: 'printbell-test-shelf', version: null }])
  })
})
