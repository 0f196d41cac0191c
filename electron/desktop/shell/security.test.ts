import { describe, expect, it } from 'vitest'
import { fileOf, pictureOf } from './addresses.ts'
import { CONTENT_SECURITY_POLICY, isOurs, mayOpen } from './security.ts'

describe('who may call', () => {
  const ours = { origin: 'app://ui', url: 'app://ui/#/printers', isTop: true }
  it('our own page in the top frame', () => {
    expect(isOurs(ours, null)).toBe(true)
  })
  it.each([
    ['a frame within it', { ...ours, isTop: false }],
    ['another host of our scheme', { origin: 'app://evil', url: 'app://evil/', isTop: true }],
    ['a page of the network', { origin: 'https://app', url: 'https://app//ui/', isTop: true }],
    ['a page that only looks like it', { origin: 'app://ui', url: 'https://evil.example/app://ui/', isTop: true }],
    ['a file', { origin: 'file://', url: 'file:///home/marta/x.html', isTop: true }],
    ['a page without an origin', { origin: 'null', url: 'data:text/html,x', isTop: true }],
    ['the developer\'s server in a built app', { origin: 'http://localhost:5173', url: 'http://localhost:5173/', isTop: true }],
  ])('not %s', (_what, frame) => {
    expect(isOurs(frame, null)).toBe(false)
  })
  it('the developer\'s server where one is', () => {
    expect(isOurs({ origin: 'http://localhost:5173', url: 'http://localhost:5173/#/x', isTop: true }, 'http://localhost:5173/')).toBe(true)
  })
})

describe('what may be opened in the browser', () => {
  const known = { serverUrls: ['http://octopi.local', 'https://192.168.1.52:8443/prusa/', 'not an address'], allowed: ['https://docs.example.org/printbell'] }
  it.each(['http://octopi.local', 'http://octopi.local/login?next=/', 'https://192.168.1.52:8443/other', 'https://docs.example.org/printbell'])('%s', (address) => {
    expect(mayOpen(address, known)).toBe(true)
  })
  it.each([
    'file:///etc/passwd', 'javascript:alert(1)', 'smb://octopi.local/share', 'app://ui/', 'data:text/html,x', 'mailto:a@example.org', 'ms-settings:display',
    'http://evil.example/', 'http://octopi.local.evil.example/', 'http://octopi.local:8080/', 'https://octopi.local/', 'http://octopi.local@evil.example/',
    'http://user:secret@octopi.local/', 'https://docs.example.org/printbell/../evil', 'https://docs.example.org/', 'not an address', '',
  ])('never %s', (address) => {
    expect(mayOpen(address, known)).toBe(false)
  })
})

describe('the content security policy', () => {
  it('allows nothing that is not named', () => {
    expect(CONTENT_SECURITY_POLICY.split('; ')).toEqual([
      "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' printbell-picture:", "font-src 'self'", "connect-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "object-src 'none'",
    ])
  })
})

describe('the picture scheme', () => {
  it('names an event or a live picture by its id', () => {
    expect(pictureOf('printbell-picture://event/01J8ZQ5W3N0000000000000000')).toEqual({ what: 'event', id: '01J8ZQ5W3N0000000000000000' })
    expect(pictureOf('printbell-picture://live/mk3?at=1764000000000')).toEqual({ what: 'live', id: 'mk3' })
  })
  it.each([
    'printbell-picture://event/../../etc/passwd', 'printbell-picture://event/%2e%2e%2f%2e%2e%2fetc%2fpasswd', 'printbell-picture://event/a%2fb', 'printbell-picture://event/a%5cb',
    'printbell-picture://event/%00', 'printbell-picture://event/%ff', 'printbell-picture://event/', 'printbell-picture://event/.hidden', 'printbell-picture://file/abc', 'printbell-picture:///etc/passwd',
    'file:///etc/passwd', 'app://ui/index.html', `printbell-picture://event/${'a'.repeat(65)}`,
  ])('knows nothing of %s', (address) => {
    expect(pictureOf(address)).toBeNull()
  })
})

describe('the window\'s own files', () => {
  const folder = '/opt/printbell/renderer'
  it('lie in their folder', () => {
    expect(fileOf('app://ui/', folder)).toBe('/opt/printbell/renderer/index.html')
    expect(fileOf('app://ui/assets/index.js?v=1#x', folder)).toBe('/opt/printbell/renderer/assets/index.js')
  })
  it('stay in it whatever the dots', () => {
    expect(fileOf('app://ui/%2e%2e/%2e%2e/main/main.mjs', folder)).toBe('/opt/printbell/renderer/main/main.mjs')
  })
  it.each(['app://ui/..%2f..%2fetc%2fpasswd', 'app://ui/assets/..%2f..%2f..%2fetc/passwd', 'app://ui/%00', 'app://ui/%ff', 'app://other/index.html', 'file:///opt/printbell/renderer/index.html', 'nothing'])('and nowhere else: %s', (address) => {
    expect(fileOf(address, folder)).toBeNull()
  })
})
