import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { baseUrl, prusalinkSecrets, prusalinkSettings } from './settings.ts'

describe('the address of a PrusaLink', () => {
  it.each([
    ['192.168.1.30', 'http://192.168.1.30'],
    ['http://mk4.local/', 'http://mk4.local'],
    ['http://mk4.local/api/v1/status', 'http://mk4.local'],
    ['http://pi:8080/dashboard', 'http://pi:8080'],
    ['https://host/prusa/left/files/usb?x=1#y', 'https://host/prusa/left'],
    ['http://pi/wizard/credentials', 'http://pi'],
  ])('%s means %s', (pasted, base) => {
    expect(baseUrl(pasted)).toBe(base)
  })

  it('is refused with an example of its own', () => {
    expect(() => baseUrl('')).toThrow('http://192.168.1.30')
  })
})

describe('the settings schema', () => {
  it('can be drawn as a form, and asks for the address alone', () => {
    const schema = z.toJSONSchema(prusalinkSettings) as { properties: Record<string, { title?: string }>; required: string[] }
    expect(Object.keys(schema.properties)).toEqual(['url', 'user', 'pin', 'camera', 'snapshotUrl'])
    expect(schema.required).toEqual(['url'])
    expect(Object.values(schema.properties).every((field) => (field.title ?? '') !== '')).toBe(true)
  })

  it('has its secrets apart', () => {
    expect(Object.keys(prusalinkSecrets)).toEqual(['apiKey', 'password'])
  })
})
