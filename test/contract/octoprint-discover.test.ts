import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Bonjour } from 'bonjour-service'
import { describe, expect, it } from 'vitest'
import type { Discovered } from '../../electron/engine/printers/adapter.ts'
import { octoprint } from '../../electron/engine/printers/octoprint/index.ts'
import { testPorts } from '../support/adapter-kit.ts'
import { noMulticast } from '../support/multicast.ts'

const missing = await noMulticast()

describe.skipIf(missing !== null)(`discovery by mDNS${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  it('finds an announced OctoPrint once, with its prefix and version, and ends when told', async () => {
    const publisher = new Bonjour()
    publisher.publish({ name: 'OctoPrint instance "Test bench"', type: 'octoprint', protocol: 'tcp', port: 5123, txt: { path: '/octoprint/', version: '1.11.8', uuid: 'printbell-test-uuid' }, probe: false })
    const stop = new AbortController()
    const late = setTimeout(() => stop.abort(), 10_000)
    const found: Discovered[] = []
    for await (const one of octoprint.discover?.(testPorts(), stop.signal) ?? []) {
      if (one.id !== 'printbell-test-uuid') continue
      found.push(one)
      stop.abort()
    }
    clearTimeout(late)
    await new Promise<void>((done) => publisher.unpublishAll(() => done()))
    publisher.destroy()
    expect(found).toMatchObject([{ kind: 'octoprint', id: 'printbell-test-uuid', name: 'Test bench', version: '1.11.8' }])
    expect(found[0]?.url).toMatch(/^http:\/\/[^/]+:5123\/octoprint$/)
  })
})

describe.skipIf(missing !== null)(`a .local name that the system cannot look up${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  it('is reached at the address that mDNS tells, by its own name', async () => {
    const hosts = new Set<string | undefined>()
    const server = createServer((request, response) => {
      hosts.add(request.headers.host)
      response.writeHead(404).end()
    })
    await new Promise<void>((done) => server.listen(0, '0.0.0.0', done))
    const { port } = server.address() as AddressInfo
    const publisher = new Bonjour()
    publisher.publish({ name: 'OctoPrint instance on bench', type: 'octoprint', protocol: 'tcp', port, host: 'printbell-no-such-host.local', txt: { path: '/', uuid: 'printbell-test-uuid-2' }, probe: false })
    const result = await octoprint.test({ id: 's', kind: 'octoprint', settings: { url: `http://printbell-no-such-host.local:${port}` }, secrets: {} }, testPorts(), new AbortController().signal)
    await new Promise<void>((done) => publisher.unpublishAll(() => done()))
    publisher.destroy()
    server.close()
    expect(result.cause).toBe('not_this_server')
    expect([...hosts]).toEqual([`printbell-no-such-host.local:${port}`])
  })
})

describe('discovery', () => {
  it('ends at once when it was stopped before it began', async () => {
    const stop = new AbortController()
    stop.abort()
    const found: Discovered[] = []
    for await (const one of octoprint.discover?.(testPorts(), stop.signal) ?? []) found.push(one)
    expect(found).toEqual([])
  })
})
