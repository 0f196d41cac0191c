import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { scrub, Secret } from './secret.ts'

describe('a secret', () => {
  const secret = new Secret('CANARY-own-51c2')

  it('gives its value only when asked for it by name', () => {
    expect(secret.reveal()).toBe('CANARY-own-51c2')
  })

  it.each<[string, () => string]>([
    ['joined to a text', () => ['key', secret].join(' ')],
    ['by String()', () => String(secret)],
    ['as JSON', () => JSON.stringify({ secret, list: [secret] })],
    ['inspected', () => inspect({ secret }, { showHidden: true, depth: 9 })],
    ['by its fields', () => JSON.stringify([Object.keys(secret), Object.entries(secret), { ...secret }])],
    ['copied', () => JSON.stringify(structuredClone({ ...secret }))],
    ['as a property bag', () => Reflect.ownKeys(secret).map(String).join()],
  ])('is not printed %s', (_how, print) => {
    expect(print()).not.toContain('CANARY')
  })
})

describe('a text that comes back from outside', () => {
  new Secret('CANARY p&ss/wörd')
  new Secret('CANARY-bearer-77')

  it.each<[string, string, string]>([
    ['plain', 'key CANARY-bearer-77 refused', 'key [secret] refused'],
    ['more than once', 'CANARY-bearer-77 and CANARY-bearer-77', '[secret] and [secret]'],
    ['percent-encoded', 'GET /?key=CANARY%20p%26ss%2Fw%C3%B6rd&x=1', 'GET /?key=[secret]&x=1'],
    // printf %s 'CANARY-bearer-77' | base64
    ['base64', 'Token Q0FOQVJZLWJlYXJlci03Nw==.', 'Token [secret].'],
    ['none at all', 'nothing to hide', 'nothing to hide'],
  ])('loses the secret: %s', (_form, text, expected) => {
    expect(scrub(text)).toBe(expected)
  })

  it('keeps words that are also a very short secret', () => {
    new Secret('on')
    new Secret('12345')
    expect(scrub('on 12345')).toBe('on 12345')
    new Secret('123456')
    expect(scrub('on 123456')).toBe('on [secret]')
  })
})
