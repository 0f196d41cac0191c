import { describe, expect, it } from 'vitest'
import { BadAddress, baseAddress, fromHere, isLoopback } from './address.ts'

const RULES = { ownPages: new Set(['app']), examples: ['http://mk4.local', 'http://mk4.local:8080'] } as const

describe('a pasted address', () => {
  it('loses the pages that the kind names as its own, and keeps every other path', () => {
    expect(baseAddress('mk4/left/app/settings', RULES)).toBe('http://mk4/left')
    expect(baseAddress('http://mk4/login/app', RULES)).toBe('http://mk4/login')
  })

  it('is refused with the examples of the kind', () => {
    expect(() => baseAddress(' ', RULES)).toThrow(new BadAddress('The address is empty. Write it as in the browser, for example http://mk4.local.'))
    expect(() => baseAddress('http://:80:', RULES)).toThrow('http://mk4.local:8080')
  })
})

describe('the loopback address', () => {
  it.each([['http://localhost:80', true], ['http://127.1.2.3', true], ['http://[::1]:5000', true], ['http://192.168.1.2', false], ['http://localhost.lan', false]])('%s: %s', (base, own) => {
    expect(isLoopback(base)).toBe(own)
  })
})

describe("a camera's address", () => {
  it.each([
    ['http://127.0.0.1:8080/?action=snapshot', 'http://octopi.local', 'http://octopi.local:8080/?action=snapshot'],
    ['http://localhost/snap', 'http://192.168.1.5:5000/octoprint', 'http://192.168.1.5/snap'],
    ['/webcam/?action=stream', 'http://host:5000/octoprint', 'http://host:5000/webcam/?action=stream'],
    ['webcam/?action=stream', 'http://host/octoprint', 'http://host/octoprint/webcam/?action=stream'],
    ['//camera/live', 'https://host', 'https://camera/live'],
    ['http://192.168.1.9/snap.jpg', 'http://host', 'http://192.168.1.9/snap.jpg'],
    ['http://127.0.0.1:8080/', 'http://[fd00::5]', 'http://[fd00::5]:8080/'],
  ])('%s seen from %s is %s', (address, base, seen) => {
    expect(fromHere(address, base)).toBe(seen)
  })

  it.each([[null], ['webrtc://host/stream'], ['rtsp://host/1'], ['file:///etc/passwd']])('%s is none', (address) => {
    expect(fromHere(address, 'http://host')).toBeNull()
  })
})
