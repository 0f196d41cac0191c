import { describe, expect, it } from 'vitest'
import type { Discovery } from '../../bridge/views/setup.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { createDiscovery } from './discovery.ts'
import { fakeKind, rig, settle } from './test-support.ts'

const SECRETS = { apiKey: new Secret('key-of-the-test') }

describe('discovery', () => {
  it('asks every kind, pushes each find as it comes, and names it for people', async () => {
    const alpha = fakeKind('alpha')
    const beta = fakeKind('beta', { pairs: false })
    const parts = rig(alpha, beta)
    const room = createDiscovery(parts)
    expect(room.turn(true)).toEqual({ running: true, found: [], unsearched: [] })
    alpha.announce({ id: 'a', name: 'octopi', url: 'http://192.168.1.40', version: '1.11.2' })
    await settle()
    beta.announce({ id: 'b', name: '', url: 'http://192.168.1.60:7125' })
    await settle()
    expect(parts.heard<Discovery>('discovery.changed').map(({ found }) => found.length)).toEqual([1, 2])
    expect(room.turn(true)).toEqual({
      running: true, unsearched: [],
      found: [
        { key: 'alpha a', kind: 'alpha', kindName: 'ALPHA', name: 'octopi', url: 'http://192.168.1.40', version: '1.11.2', printerIds: [], canPair: true },
        { key: 'beta b', kind: 'beta', kindName: 'BETA', name: '192.168.1.60:7125', url: 'http://192.168.1.60:7125', version: null, printerIds: [], canPair: false },
      ],
    })
    room.close()
  })

  it('keeps one row for a server that comes again, and changes it in place', async () => {
    const alpha = fakeKind('alpha')
    const parts = rig(alpha)
    const room = createDiscovery(parts)
    room.turn(true)
    alpha.announce({ id: 'a', url: 'http://192.168.1.40' })
    alpha.announce({ id: 'a', url: 'http://192.168.1.40' })
    alpha.announce({ id: 'other id, same address', url: 'http://192.168.1.40/' , name: 'octopi' })
    alpha.announce({ id: 'a', url: 'http://192.168.1.41' })
    await settle()
    expect(room.turn(true).found.map(({ key, url }) => [key, url])).toEqual([['alpha a', 'http://192.168.1.41']])
    room.close()
  })

  it('marks servers that are in the settings, also when they are added meanwhile', async () => {
    const alpha = fakeKind('alpha')
    const parts = rig(alpha)
    const room = createDiscovery(parts)
    room.turn(true)
    alpha.announce({ url: 'http://octopi.local' })
    await settle()
    expect(parts.heard<Discovery>('discovery.changed').at(-1)?.found[0]?.printerIds).toEqual([])
    await parts.settings.add({ kind: 'alpha', fields: { url: 'http://OCTOPI.local' }, secrets: SECRETS, printers: [{ name: 'Left', sourceId: null }] })
    expect(parts.heard<Discovery>('discovery.changed').at(-1)?.found[0]?.printerIds).toEqual(['left'])
    room.close()
    await parts.settings.change({ what: 'remove-printer', id: 'left' })
    expect(parts.heard<Discovery>('discovery.changed').at(-1)?.found[0]?.printerIds).toEqual(['left'])
  })

  it('stops every search when it is turned off, and begins anew with an empty list', async () => {
    const alpha = fakeKind('alpha')
    const room = createDiscovery(rig(alpha))
    room.turn(true)
    alpha.announce({})
    await settle()
    expect(alpha.searching()).toBe(1)
    expect(room.turn(false)).toMatchObject({ running: false, found: [{ name: 'octopi' }] })
    await settle()
    expect(alpha.searching()).toBe(0)
    expect(room.turn(true)).toEqual({ running: true, found: [], unsearched: [] })
    await settle()
    expect(alpha.searching()).toBe(1)
    room.close()
  })

  it('tells when no search is left, and survives one that breaks', async () => {
    const alpha = fakeKind('alpha')
    const broken = fakeKind('broken')
    broken.adapter.discover = () => {
      throw new Error('no socket')
    }
    const parts = rig(alpha, broken)
    const room = createDiscovery(parts)
    room.turn(true)
    alpha.announce({})
    await settle()
    expect(parts.heard<Discovery>('discovery.changed').at(-1)).toMatchObject({ running: true, found: [{ kind: 'alpha' }] })
    alpha.announce(null)
    await settle()
    expect(parts.heard<Discovery>('discovery.changed').at(-1)?.running).toBe(false)
    expect(parts.log.lines).toMatchObject([{ level: 'warn', message: 'the search for printer servers failed', fields: { kind: 'broken' } }])
    // What was not looked for is said, and tried again with the next search.
    expect(parts.heard<Discovery>('discovery.changed').at(-1)?.unsearched).toEqual(['BROKEN'])
    broken.adapter.discover = alpha.adapter.discover as NonNullable<typeof alpha.adapter.discover>
    expect(room.turn(true).unsearched).toEqual([])
    room.close()
  })

  it('names kinds that can not be looked for', () => {
    const shy = fakeKind('shy')
    shy.adapter = { ...shy.adapter, capabilities: { ...shy.adapter.capabilities, discover: false } }
    const room = createDiscovery(rig(fakeKind('alpha'), shy))
    expect(room.turn(true)).toEqual({ running: true, found: [], unsearched: ['SHY'] })
    expect(shy.searching()).toBe(0)
    room.close()
  })

  it('lists the finds of several kinds in one list, in the order in which they come', async () => {
    const [alpha, beta, gamma] = [fakeKind('alpha'), fakeKind('beta'), fakeKind('gamma')]
    const parts = rig(alpha, beta, gamma)
    const room = createDiscovery(parts)
    room.turn(true)
    for (const [kind, id] of [[gamma, 'g1'], [alpha, 'a1'], [beta, 'b1'], [alpha, 'a2']] as const) {
      kind.announce({ id, url: `http://${id}.local` })
      await settle()
    }
    // One kind is done; the others go on.
    gamma.announce(null)
    await settle()
    expect(parts.heard<Discovery>('discovery.changed').at(-1)).toMatchObject({ running: true, found: [{ kindName: 'GAMMA' }, { kindName: 'ALPHA' }, { kindName: 'BETA' }, { kindName: 'ALPHA' }] })
    room.close()
  })
})
