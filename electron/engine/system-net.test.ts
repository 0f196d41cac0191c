import { describe, expect, it } from 'vitest'
import { hasNetwork } from './system-net.ts'

const at = (address: string, internal = false) => [{ address, internal }]

describe('whether this computer has a network', () => {
  it.each([
    ['a cable', { lo: at('127.0.0.1', true), eth0: at('192.168.1.20') }, true],
    ['Wi-Fi with IPv6 only', { wlan0: [{ address: 'fe80::1', internal: false }, { address: '2001:db8::5', internal: false }] }, true],
    ['nothing but itself', { lo: at('127.0.0.1', true) }, false],
    ['Docker and virtual machines alone', { docker0: at('172.17.0.1'), virbr0: at('192.168.122.1'), 'br-12ab': at('172.18.0.1'), veth9: at('10.0.0.1') }, false],
    ['a tunnel whose way is gone', { tun0: at('10.8.0.2'), tailscale0: at('100.64.0.3') }, false],
    ['addresses it gave itself', { eth0: [{ address: '169.254.7.7', internal: false }, { address: 'fe80::2', internal: false }] }, false],
    ['no interfaces', {}, false],
  ])('%s', (_name, interfaces, expected) => {
    expect(hasNetwork(interfaces)).toBe(expected)
  })
})
