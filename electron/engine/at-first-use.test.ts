import { describe, expect, it } from 'vitest'
import { atFirstUse } from './at-first-use.ts'

describe('what is loaded at its first use', () => {
  it('is loaded once', () => {
    let loads = 0
    const path = atFirstUse((require) => {
      loads += 1
      return require('node:path') as typeof import('node:path')
    })
    expect(loads).toBe(0)
    expect(path().posix.join('a', 'b')).toBe('a/b')
    expect(path().sep.length).toBe(1)
    expect(loads).toBe(1)
  })

  it('is tried again after it failed', () => {
    let tries = 0
    const it_ = atFirstUse(() => {
      tries += 1
      if (tries === 1) throw new Error('no room')
      return tries
    })
    expect(() => it_()).toThrow('no room')
    expect(it_()).toBe(2)
  })
})
