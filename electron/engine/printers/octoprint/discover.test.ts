import { describe, expect, it } from 'vitest'
import { toDiscovered } from './discover.ts'

describe('the name of a server that was found', () => {
  it('is the printer\'s own, without the words around it', () => {
    const found = (name: string) => toDiscovered('octoprint', { name, host: 'octopi.local', port: 80, addresses: ['192.168.1.5'], txt: {} })?.name
    expect(found('OctoPrint instance "Voron 2.4"')).toBe('Voron 2.4')
    expect(found('OctoPrint instance on octopi')).toBe('octopi')
  })
})
