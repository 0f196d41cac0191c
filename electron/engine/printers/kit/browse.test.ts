import { describe, expect, it } from 'vitest'
import { instanceName, urlOf } from './browse.ts'

describe('the name of a server that was found', () => {
  it('is whole also where it has dots', () => {
    expect(instanceName({ name: 'OctoPrint instance "Voron 2', fqdn: 'OctoPrint instance "Voron 2.4"._octoprint._tcp.local' }, 'octoprint')).toBe('OctoPrint instance "Voron 2.4"')
    expect(instanceName({ name: 'OctoPrint instance on octopi', fqdn: 'OctoPrint instance on octopi._octoprint._tcp.local' }, 'octoprint')).toBe('OctoPrint instance on octopi')
    expect(instanceName({ name: 'octopi' }, 'octoprint')).toBe('octopi')
  })

  it('is left as it is where the whole name is of another type', () => {
    expect(instanceName({ name: 'mk3', fqdn: 'mk3._http._tcp.local' }, 'prusalink')).toBe('mk3')
    expect(instanceName({ name: 'mk3', fqdn: '_prusalink._tcp.local' }, 'prusalink')).toBe('mk3')
  })
})

describe('the address of a server that was found', () => {
  const found = { name: 'x', host: 'mk3.local.', port: 8080, addresses: ['fe80::1', '169.254.1.2', '192.168.1.9'], txt: {} }
  it('prefers the routable IPv4 address, leaves the usual port out and keeps a prefix', () => {
    expect(urlOf(found)).toBe('http://192.168.1.9:8080')
    expect(urlOf({ ...found, port: 80 }, '/left/')).toBe('http://192.168.1.9/left')
    expect(urlOf({ ...found, addresses: [] })).toBe('http://mk3.local:8080')
    expect(urlOf({ ...found, addresses: [], host: '' })).toBeNull()
  })
})
