import { generate } from 'selfsigned'
import { describe, expect, it } from 'vitest'
import { firstTime, recordingSink, untilOn } from '../support/adapter-kit.ts'
import { closeAfterEach, connect, count, fakeWith } from '../support/moonraker-rig.ts'

closeAfterEach()

/** The methods that were called, in order. */
const methods = (fake: Awaited<ReturnType<typeof fakeWith>>): string[] => fake.calls.map(({ method }) => method)

describe('the way in', () => {
  it('identifies itself once, looks at Klippy, subscribes, and only then is up', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(methods(fake).slice(0, 7)).toEqual([
      'server.connection.identify', 'server.info', 'server.info', 'printer.objects.list', 'printer.objects.subscribe', 'server.history.list', 'server.gcode_store',
    ])
    expect(fake.calls[0]?.params).toMatchObject({ client_name: 'Printbell', type: 'desktop' })
    expect(fake.called('server.connection.identify')).toBe(1)
    expect(fake.headers.every((one) => one.origin === undefined)).toBe(true)
    expect(sink.links.map((one) => one.link)).toEqual(['connecting', 'up'])
  })

  it.each([
    ['self-signed TLS with its fingerprint pinned', async () => {
      const made = await generate([{ name: 'commonName', value: 'voron' }], { keySize: 2048, algorithm: 'sha256' })
      const { X509Certificate } = await import('node:crypto')
      return [{ tls: { key: made.private, cert: made.cert } }, { pin: new X509Certificate(made.cert).fingerprint256 }] as const
    }],
    ['a path prefix', () => Promise.resolve([{ prefix: '/voron' }, {}] as const)],
    ['HTTP basic auth of a proxy', () => Promise.resolve([{ basic: { user: 'me', password: 'pw' } }, { basicUser: 'me', secrets: { basicPassword: 'pw' } }] as const)],
    ['IPv6', () => Promise.resolve([{ host: '::1' }, {}] as const)],
  ])('works over %s', async (_what, make) => {
    const [options, settings] = await make()
    const fake = await fakeWith(options)
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), settings)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(fake.sockets.size).toBe(1)
    expect(count(sink.order, 'link up')).toBeGreaterThanOrEqual(1)
  })
})
