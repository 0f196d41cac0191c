import { describe, expect, it } from 'vitest'
import { Secret } from '../../engine/settings/secret.ts'
import { settle } from '../../../test/support/clock.ts'
import { desk } from './keeper.support.ts'

const one = (name = 'MK3', sourceId: string | null = null) => [{ name, sourceId }]
const octoprint = (url: string, more: object = {}) => ({ kind: 'octoprint', fields: { url }, secrets: { apiKey: new Secret('canary-4711') }, printers: one(), ...more })

describe('adding a printer', () => {
  it('writes its server, its printer and the reference to its key at once', async () => {
    const { keeper, store, secrets } = desk(null)
    await settle()
    store.written.length = 0
    expect(await keeper.add({ ...octoprint(' http://octopi.local '), printers: one(' Große Würfel (links) ') })).toEqual({ ok: true, printerIds: ['grosse-wurfel-links'] })
    expect(store.written).toHaveLength(1)
    expect(store.json()).toMatchObject({
      servers: [{ id: 'grosse-wurfel-links', kind: 'octoprint', url: 'http://octopi.local', apiKey: { store: 'server/grosse-wurfel-links/apiKey' } }],
      printers: [{ id: 'grosse-wurfel-links', name: 'Große Würfel (links)', sources: [{ server: 'grosse-wurfel-links' }] }],
    })
    expect(secrets.get('server/grosse-wurfel-links/apiKey')?.reveal()).toBe('canary-4711')
    expect(keeper.engine().servers[0]).toMatchObject({ inUse: true, secrets: { apiKey: { store: 'server/grosse-wurfel-links/apiKey' } } })
    expect(store.text).not.toContain('canary')
  })

  it('gives two of one name two ids', async () => {
    const { keeper } = desk(null)
    expect(await keeper.add(octoprint('http://a.local'))).toEqual({ ok: true, printerIds: ['mk3'] })
    expect(await keeper.add(octoprint('http://b.local'))).toEqual({ ok: true, printerIds: ['mk3-2'] })
    expect(keeper.settings().servers.map(({ id }) => id)).toEqual(['mk3', 'mk3-2'])
  })

  it('finds a server by its address, however it is written, and gives it the new key', async () => {
    const { keeper, secrets } = desk(null)
    await keeper.add(octoprint('http://octopi.local'))
    expect(await keeper.add(octoprint('HTTP://OctoPi.local:80/login/', { secrets: { apiKey: new Secret('canary-new') } }))).toEqual({ ok: true, printerIds: ['mk3'] })
    expect(keeper.settings().servers).toHaveLength(1)
    expect(keeper.settings().printers).toHaveLength(1)
    expect(secrets.get('server/mk3/apiKey')?.reveal()).toBe('canary-new')
  })

  it('R34: refuses what is there already and brings nothing new', async () => {
    const { keeper, store } = desk(null)
    await keeper.add(octoprint('http://octopi.local'))
    const before = store.text
    expect(await keeper.add(octoprint('octopi.local', { secrets: {} }))).toEqual({ ok: false, problems: [{ path: 'url', message: 'is watched already, as "MK3"', cure: 'Change that printer, or enter another address.' }] })
    expect(store.text).toBe(before)
  })

  it('adds another printer of a server that is known', async () => {
    const { keeper } = desk(null)
    await keeper.add(octoprint('http://octopi.local', { printers: one('A', '1') }))
    expect(await keeper.add(octoprint('http://octopi.local', { secrets: {}, printers: [...one('A', '1'), ...one('B', '2')] }))).toEqual({ ok: true, printerIds: ['a', 'b'] })
    expect(keeper.settings().printers.map(({ sources }) => sources)).toEqual([[{ server: 'a', sourceId: '1', role: 'primary' }], [{ server: 'a', sourceId: '2', role: 'primary' }]])
  })

  it.each([
    [{ kind: 'octoprnt' }, { path: 'kind', message: 'is not a known kind of printer server', cure: 'Did you mean "octoprint"?' }],
    [{ fields: { url: 'ftp://x' } }, { path: 'url', message: 'is not valid', cure: 'The address begins with ftp://. Use http:// or https://.' }],
    [{ fields: {} }, { path: 'url', message: 'is missing', cure: 'Fill it in.' }],
    [{ fields: { url: 'http://x', apiKey: 'canary-4711' } }, { path: 'apiKey', message: 'is a secret', cure: 'Enter it in its own field, which keeps it in the key store.' }],
    [{ fields: { url: 'http://x', colour: 'red' } }, { path: 'colour', message: 'is not a known field', cure: 'Known: url, basicUser, pin, camera, snapshotUrl, apiKey, basicPassword.' }],
    [{ secrets: { key: new Secret('canary-4711') } }, { path: 'secrets.key', message: 'is not a known secret', cure: 'Known: apiKey, basicPassword.' }],
  ])('refuses %j in words', async (change, problem) => {
    const { keeper, secrets } = desk(null)
    expect(await keeper.add(octoprint('http://octopi.local', change))).toEqual({ ok: false, problems: [problem] })
    expect(keeper.settings().servers).toEqual([])
    expect([...secrets.keys()]).toEqual([])
  })
})
