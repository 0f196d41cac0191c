import { describe, expect, it } from 'vitest'
import { authorization, digestOf, readChallenge, type Challenge } from './digest.ts'

const SIGNING = { user: 'maker', password: 'secret', method: 'GET', uri: '/api/v1/status', cnonce: '0a4f113b', count: 1 }
const BUDDY: Challenge = { realm: 'Printer API', nonce: '00112233445566aa', algorithm: null, opaque: null, qop: false, stale: false }
const PI: Challenge = { realm: 'Administrator', nonce: 'abc123', algorithm: 'MD5-sess', opaque: null, qop: true, stale: false }

describe('the answer to a Digest challenge', () => {
  // Computed apart from this code with the RFCs' formulas (printer-servers.md, 2.1).
  it.each([
    ['of a Buddy board (RFC 2069)', BUDDY, 'b29e9baea82223350d67c1dde02f49d4'],
    ['of a Pi (MD5-sess, qop=auth)', PI, 'c648fceda3d0499d087c0df6fd2ceae9'],
    ['with plain MD5 and qop=auth', { ...PI, algorithm: 'MD5' }, 'd2bbeeabac9196f6f8d4a9b075b3e33a'],
  ])('%s', (_whose, challenge, response) => {
    expect(digestOf(challenge, SIGNING)).toBe(response)
  })

  it('is what a real 0.8.1 took (recording auth, "digest ok" and "uri with query")', () => {
    const challenge = readChallenge('Digest realm="Administrator",qop="auth",algorithm="MD5-sess",nonce="56215e7b866b0e75f13d96b28b4f182c5581c6242bb8a8f227c993286a6e9d04",opaque="49960de5880e8c687434170f6476605b8fe4aeb9a28632c7995cf3ba831d9763"')
    expect(challenge).not.toBeNull()
    if (challenge === null) return
    const real = { ...SIGNING, password: 'Secret123' }
    expect(digestOf(challenge, real)).toBe('f4667cedcd6302d2fe155ea31b7fde82')
    expect(digestOf(challenge, { ...real, uri: '/api/v1/status?x=1' })).toBe('1fa2b8115a9883ec2cc771ca19b53f30')
  })

  it('echoes algorithm and opaque exactly where they were sent', () => {
    expect(authorization({ ...PI, opaque: 'o/1' }, { ...SIGNING, count: 26 })).toMatch(/^Digest username="maker", realm="Administrator", nonce="abc123", uri="\/api\/v1\/status", algorithm="MD5-sess", qop=auth, nc=0000001a, cnonce="0a4f113b", response="[0-9a-f]{32}", opaque="o\/1"$/)
    expect(authorization(BUDDY, SIGNING)).toBe('Digest username="maker", realm="Printer API", nonce="00112233445566aa", uri="/api/v1/status", response="b29e9baea82223350d67c1dde02f49d4"')
  })

  it('never holds the password, and quotes what would end a quotation', () => {
    const header = authorization(BUDDY, { ...SIGNING, user: 'a"b\\c' })
    expect(header).toContain('username="a\\"b\\\\c"')
    expect(header).not.toContain('secret')
  })
})

describe('a challenge', () => {
  it.each([
    ['Digest realm="Printer API", nonce="00112233445566aa"', BUDDY],
    ['Digest realm="Printer API", nonce="00112233445566aa", stale=true', { ...BUDDY, stale: true }],
    ['digest nonce=00112233445566aa,realm="Printer API",stale="TRUE"', { ...BUDDY, stale: true }],
    ['Basic realm="x", Digest realm="Printer API", nonce="00112233445566aa"', BUDDY],
    ['Digest realm="Administrator",qop="auth-int, auth",algorithm="MD5-sess",nonce="abc123"', PI],
    ['Digest realm="a \\"b\\"", nonce="n", stale=false', { ...BUDDY, realm: 'a "b"', nonce: 'n' }],
  ])('is read from %s', (header, challenge) => {
    expect(readChallenge(header)).toEqual(challenge)
  })

  it.each([
    [undefined], [''], ['ApiKey'], ['Basic realm="x"'], ['Digest realm="x"'], ['Digest nonce="n"'], ['Digest realm="x", nonce=""'],
    ['Digest realm="x", nonce="n", algorithm=SHA-512-256'], ['Digest realm="x", nonce="n", qop="auth-int"'], ['Digest '.repeat(100_000)],
  ])('is none in %.40s', (header) => {
    expect(readChallenge(header)).toBeNull()
  })
})
