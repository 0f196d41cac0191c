import { expect, test } from 'vitest'
import { desktopProxy, proxyOfPac } from './proxy.ts'

test.each<[string, string | null]>([
  ['DIRECT', null],
  ['PROXY proxy.lan:3128', 'http://proxy.lan:3128'],
  ['PROXY proxy.lan:3128; DIRECT', 'http://proxy.lan:3128'],
  ['PROXY one:1;PROXY two:2', 'http://one:1'],
  ['HTTPS secure.lan:443;DIRECT', 'https://secure.lan:443'],
  ['PROXY [fd00::1]:8080', 'http://[fd00::1]:8080'],
  ['DIRECT; PROXY proxy.lan:3128', null],
  ['SOCKS5 socks.lan:1080; PROXY proxy.lan:3128', 'http://proxy.lan:3128'],
  ['SOCKS5 socks.lan:1080;DIRECT', null],
  ['SOCKS5 socks.lan:1080', 'socks5://socks.lan:1080'],
  ['SOCKS socks.lan:1080', 'socks://socks.lan:1080'],
  ['proxy proxy.lan:3128', 'http://proxy.lan:3128'],
  ['', null],
  ['PROXY', null],
  ['nonsense', null],
])('"%s" is %s', (answer, expected) => {
  expect(proxyOfPac(answer)).toBe(expected)
})

test('the desktop is asked for each address', async () => {
  const asked: string[] = []
  const proxyFor = desktopProxy(async (url) => {
    asked.push(url)
    return url.includes('ntfy') ? 'PROXY p:1' : 'DIRECT'
  }, () => '')
  expect([await proxyFor('https://ntfy.sh/x'), await proxyFor('https://example.org/')]).toEqual(['http://p:1', null])
  expect(asked).toEqual(['https://ntfy.sh/x', 'https://example.org/'])
})

test('what the environment names wins, login and all, and the desktop is not even asked', async () => {
  const proxyFor = desktopProxy(() => Promise.reject(new Error('asked')), (url) => (url.startsWith('https:') ? 'http://me:word@proxy.lan:3128' : ''))
  expect(await proxyFor('https://ntfy.sh/x')).toBe('http://me:word@proxy.lan:3128')
  await expect(proxyFor('http://example.org/')).rejects.toThrow('asked')
})
