import { describe, expect, it } from 'vitest'
import { toDiscovered } from './discover.ts'

const found = { name: 'Moonraker @ voron', host: 'voron.local.', port: 7125, addresses: ['fe80::1', '192.168.1.20'], txt: { uuid: '84cd4bd0', https_port: '', version: 'v0.11.0', route_prefix: '' } }

describe('an announcement of Moonraker', () => {
  it('is an address to connect to, the name of the computer, and an id that stays', () => {
    expect(toDiscovered('moonraker', found)).toEqual({ kind: 'moonraker', id: '84cd4bd0', name: 'voron', url: 'http://192.168.1.20:7125', version: 'v0.11.0' })
  })
  it.each([
    ['its prefix', { ...found, txt: { ...found.txt, route_prefix: '/printer2/' } }, { url: 'http://192.168.1.20:7125/printer2' }],
    ['its name, without an IPv4 address', { ...found, addresses: [] }, { url: 'http://voron.local:7125' }],
    ['no id of its own', { ...found, txt: { route_prefix: '/left' } }, { id: 'voron.local.:7125/left', version: null }],
    ['a name of its own', { ...found, name: 'Voron 2.4' }, { name: 'Voron 2.4' }],
    ['junk for a text', { ...found, txt: 'x' }, { url: 'http://192.168.1.20:7125', version: null }],
  ])('may have %s', (_what, announcement, expected) => {
    expect(toDiscovered('moonraker', announcement)).toMatchObject(expected)
  })
  it('without any address is none', () => {
    expect(toDiscovered('moonraker', { ...found, host: '', addresses: [] })).toBeNull()
  })
})
