import { describe, expect, it } from 'vitest'
import { instanceName, toDiscovered } from './discover.ts'

describe('the name of a server that was found', () => {
  it('is whole also where it has dots', () => {
    expect(instanceName({ name: 'OctoPrint instance "Voron 2', fqdn: 'OctoPrint instance "Voron 2.4"._octoprint._tcp.local' })).toBe('OctoPrint instance "Voron 2.4"')
    expect(instanceName({ name: 'OctoPrint instance on octopi', fqdn: 'OctoPrint instance on octopi._octoprint._tcp.local' })).toBe('OctoPrint instance on octopi')
    expect(instanceName({ name: 'octopi' })).toBe('octopi')
  })

  it('is the printer\'s own, without the words around it', () => {
    const found = (name: string) => toDiscovered('octoprint', { name, host: 'octopi.local', port: 80, addresses: ['192.168.1.5'], txt: {} })?.name
    expect(found('OctoPrint instance "Voron 2.4"')).toBe('Voron 2.4')
    expect(found('OctoPrint instance on octopi')).toBe('octopi')
  })
})
