import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { BadAddress } from '../kit/address.ts'
import { baseUrl, octoprintSettings } from './settings.ts'

describe('the address of an OctoPrint', () => {
  it.each([
    ['http://octopi.local', 'http://octopi.local'],
    ['http://octopi.local/', 'http://octopi.local'],
    ['  octopi.local  ', 'http://octopi.local'],
    ['192.168.1.20:5000', 'http://192.168.1.20:5000'],
    ['HTTPS://Octopi.Local:443/', 'https://octopi.local'],
    ['http://host/octoprint/', 'http://host/octoprint'],
    ['http://host/a/b//', 'http://host/a/b'],
    ['http://host/octoprint/#temp', 'http://host/octoprint'],
    ['http://host/login/?redirect=%2F&user_id=me', 'http://host'],
    ['http://host/octoprint/login/', 'http://host/octoprint'],
    ['http://host/api/version', 'http://host'],
    ['http://host/octoprint/plugin/appkeys/probe', 'http://host/octoprint'],
    ['http://host/webcam/?action=stream', 'http://host'],
    ['http://[::1]:5000/', 'http://[::1]:5000'],
    ['::1', 'http://[::1]'],
    ['fe80::1', 'http://[fe80::1]'],
    ['http://2001:db8::7/octoprint', 'http://[2001:db8::7]/octoprint'],
  ])('%s means %s', (pasted, base) => {
    expect(baseUrl(pasted)).toBe(base)
  })

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['ftp://octopi.local', 'http://'],
    ['ws://octopi.local/sockjs', 'http://'],
    ['http://', 'no address'],
    ['http://host:99999', 'no address'],
    ['http://a b', 'no address'],
    ['http://me:hunter2@octopi.local', 'fields of their own'],
  ])('%s is refused with a cure', (pasted, said) => {
    expect(() => baseUrl(pasted)).toThrow(BadAddress)
    expect(() => baseUrl(pasted)).toThrow(said)
  })

  it('never repeats a password that was pasted', () => {
    expect(() => baseUrl('http://me:hunter2@octopi.local')).not.toThrow('hunter2')
  })
})

describe('the settings schema', () => {
  it('names the field and the cure', () => {
    const parsed = octoprintSettings.safeParse({ url: 'ftp://x', pin: 'abc' })
    expect(parsed.success).toBe(false)
    expect(parsed.error?.issues.map((issue) => issue.path[0])).toEqual(['url', 'pin'])
  })

  it('takes a fingerprint with and without colons', () => {
    expect(octoprintSettings.safeParse({ url: 'x', pin: 'AB'.repeat(32) }).success).toBe(true)
    expect(octoprintSettings.safeParse({ url: 'x', pin: Array.from({ length: 32 }, () => 'ab').join(':') }).success).toBe(true)
    expect(octoprintSettings.safeParse({ url: 'x', pin: 'AB'.repeat(31) }).success).toBe(false)
  })

  it('can be drawn as a form', () => {
    const schema = z.toJSONSchema(octoprintSettings) as { properties: Record<string, { title?: string }>; required: string[] }
    expect(Object.keys(schema.properties)).toEqual(['url', 'basicUser', 'pin', 'camera', 'snapshotUrl'])
    expect(schema.required).toEqual(['url'])
    expect(Object.values(schema.properties).every((field) => (field.title ?? '') !== '')).toBe(true)
  })
})
