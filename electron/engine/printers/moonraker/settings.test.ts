import { describe, expect, it } from 'vitest'
import { BadAddress } from '../kit/address.ts'
import { baseUrl, moonrakerSecrets, moonrakerSettings, ownPorts, shorterPaths } from './settings.ts'

describe('an address', () => {
  it.each([
    ['mainsailos.local', 'http://mainsailos.local'],
    ['http://192.168.1.20:7125/', 'http://192.168.1.20:7125'],
    ['http://voron.local/dashboard', 'http://voron.local'],
    ['http://voron.local/#/settings', 'http://voron.local'],
    ['https://farm.example/voron/server/info', 'https://farm.example/voron'],
    ['http://farm.example/voron/websocket', 'http://farm.example/voron'],
    ['fe80::1', 'http://[fe80::1]'],
  ])('%s means %s', (typed, base) => {
    expect(baseUrl(typed)).toBe(base)
  })

  it.each(['', 'ftp://voron', 'http://ann:pw@voron.local'])('%j is none', (typed) => {
    expect(() => baseUrl(typed)).toThrow(BadAddress)
    expect(moonrakerSettings.safeParse({ url: typed }).success).toBe(false)
  })

  it.each([
    ['http://voron.local', ['http://voron.local:7125']],
    ['https://voron.local', ['https://voron.local:7130']],
    ['http://voron.local/left', ['http://voron.local:7125/left', 'http://voron.local:7125']],
    ['http://voron.local:8080', []],
    ['http://[fe80::1]', ['http://[fe80::1]:7125']],
  ])('%s may have its Moonraker at %j', (base, places) => {
    expect(ownPorts(base)).toEqual(places)
  })

  it('may have too long a path', () => {
    expect(shorterPaths('http://farm.example:81/a/b/c')).toEqual(['http://farm.example:81/a/b', 'http://farm.example:81/a', 'http://farm.example:81'])
    expect(shorterPaths('http://farm.example')).toEqual([])
  })
})

describe('the settings', () => {
  it('need an address only: an address that is trusted has no credential', () => {
    expect(moonrakerSettings.parse({ url: 'voron.local' })).toEqual({ url: 'voron.local' })
    expect(Object.values(moonrakerSecrets).every(({ required }) => !required)).toBe(true)
  })
})
