import { describe, expect, it } from 'vitest'
import { toDiscovered } from './discover.ts'

describe('an announcement of a PrusaLink', () => {
  const found = { name: 'PrusaLink at shelf', host: 'shelf.local.', port: 8080, addresses: ['fe80::1', '192.168.1.9'], txt: { path: '/' } }

  it('is known by its host and port, and called as its owner calls it', () => {
    expect(toDiscovered('prusalink', found)).toEqual({ kind: 'prusalink', id: 'shelf.local:8080', name: 'shelf', url: 'http://192.168.1.9:8080', version: null })
  })

  it('of a Buddy board has the usual port and no path', () => {
    expect(toDiscovered('prusalink', { name: 'prusa-mk4', host: 'prusa-mk4.local', port: 80, addresses: [], txt: undefined })).toEqual({ kind: 'prusalink', id: 'prusa-mk4.local:80', name: 'prusa-mk4', url: 'http://prusa-mk4.local', version: null })
  })

  it('without any address is none', () => {
    expect(toDiscovered('prusalink', { ...found, host: '', addresses: ['fe80::1'] })).toBeNull()
  })

  it('may have junk in its text record', () => {
    expect(toDiscovered('prusalink', { ...found, txt: { path: 7 } })?.url).toBe('http://192.168.1.9:8080')
    expect(toDiscovered('prusalink', { ...found, name: 'PrusaLink at ' })?.name).toBe('shelf.local.')
  })
})
