import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
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

  // printf %s 'a:CANARY-bearer-77' | base64, and so on: the secret's bytes lie at another place of the three-byte groups.
  it.each<[string, string]>([
    ['a:', 'YTpDQU5BUlktYmVhcmVyLTc3'],
    ['me:', 'bWU6Q0FOQVJZLWJlYXJlci03Nw=='],
    ['bob:', 'Ym9iOkNBTkFSWS1iZWFyZXItNzc='],
  ])('loses the secret inside base64 behind "%s"', (_user, encoded) => {
    const clean = scrub(`Authorization: Basic ${encoded}; refused`)
    expect(clean).toMatch(/^Authorization: Basic [A-Za-z0-9]{0,6}\[secret\]; refused$/)
  })

  it('loses it inside base64 that goes on behind it', () => {
    // printf %s '{"key":"CANARY-bearer-77","more":1}' | base64
    expect(scrub('x eyJrZXkiOiJDQU5BUlktYmVhcmVyLTc3IiwibW9yZSI6MX0= y')).toBe('x eyJrZXkiOi[secret]IiwibW9yZSI6MX0= y')
  })

  it('loses it in the base64 of addresses, and in percent signs with small letters', () => {
    new Secret('~~~???CANARY>>>')
    // printf %s '~~~???CANARY>>>' | base64 | tr +/ -_
    expect(scrub('?t=fn5-Pz8_Q0FOQVJZPj4-&x=1')).toBe('?t=[secret]&x=1')
    expect(scrub('key=CANARY%20p%26ss%2fw%c3%b6rd')).toBe('key=[secret]')
  })

  it('loses it in JSON, where quotes and backslashes are written otherwise', () => {
    new Secret('CANARY"in\\quotes')
    expect(scrub('{"a":"CANARY\\"in\\\\quotes"}')).toBe('{"a":"[secret]"}')
  })

  it('loses the longer of two secrets whole, though the shorter one is its beginning', () => {
    new Secret('CANARYshort')
    new Secret('CANARYshort-and-long')
    expect(scrub('CANARYshort-and-long CANARYshort')).toBe('[secret] [secret]')
  })

  it('loses a secret of four or five characters only where it stands alone and is neither a word nor a number', () => {
    for (const value of ['k3y!', 'ab12', 'link', '4711', '1.75']) new Secret(value)
    expect(scrub('k3y! "ab12" xab12 ab123 link 4711 1.75')).toBe('[secret] "[secret]" xab12 ab123 link 4711 1.75')
  })

  it('leaves longer numbers whole that hold a secret of digits, so that JSON stays JSON', () => {
    new Secret('246810')
    expect(scrub('{"at":1724681012,"said":"code 246810"}')).toBe('{"at":1724681012,"said":"code [secret]"}')
  })

  it('takes a value that is no proper Unicode', () => {
    new Secret('CANARY-lone-\ud800')
    expect(scrub('key CANARY-lone-\ud800')).toBe('key [secret]')
  })

  it('remembers passing secrets, the newest 400 of them, and lasting ones for good', () => {
    new Secret('CANARY-lasting')
    Secret.passing('CANARY-session-first')
    expect(scrub('CANARY-session-first')).toBe('[secret]')
    for (let n = 0; n < 400; n++) Secret.passing(`CANARY-session-${n + 1000}`)
    expect(scrub('CANARY-session-first CANARY-session-1000 CANARY-session-1399 CANARY-lasting')).toBe('CANARY-session-first [secret] [secret] [secret]')
  })

  it('is read quickly, however many secrets there are', () => {
    const line = `{"line":"event","text":"${'nothing to hide '.repeat(20)}"}`
    const encode = vi.spyOn(Buffer, 'from')
    scrub(line)
    expect(encode).not.toHaveBeenCalled()
    encode.mockRestore()
  })

  it('keeps words that are also a very short secret', () => {
    new Secret('on')
    new Secret('12345')
    expect(scrub('on 12345')).toBe('on 12345')
    new Secret('123456')
    expect(scrub('on 123456')).toBe('on [secret]')
  })
})
