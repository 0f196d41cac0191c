import { describe, expect, it } from 'vitest'
import { nameCause, NetError, plainFingerprint } from './net.ts'

const failing = (code: string) => Object.assign(new Error('low level words with a path /secret'), { code })

describe('the name of a broken connection', () => {
  it.each([
    ['ENOTFOUND', 'name_not_found'],
    ['EAI_AGAIN', 'name_not_found'],
    ['ECONNREFUSED', 'refused'],
    ['ETIMEDOUT', 'timeout'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ENETUNREACH', 'unreachable'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_self_signed'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls_self_signed'],
    ['CERT_HAS_EXPIRED', 'tls_expired'],
    ['CERT_NOT_YET_VALID', 'tls_expired'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_name'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_untrusted'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls_untrusted'],
    ['EPROTO', 'tls_not_tls'],
    ['ECONNRESET', 'reset'],
    ['HPE_INVALID_CONSTANT', 'not_http'],
    ['HPE_HEADER_OVERFLOW', 'not_http'],
  ])('%s is %s', (code, cause) => {
    const named = nameCause(failing(code), 'octopi:5000')
    expect(named.cause_).toBe(cause)
    expect(named.message).toContain('octopi:5000')
    expect(named.message).not.toContain('/secret')
  })

  it('looks through the wrapping of a client library', () => {
    expect(nameCause(new Error('request failed', { cause: new Error('deeper', { cause: failing('ECONNREFUSED') }) }), 'h').cause_).toBe('refused')
  })

  it('keeps a name that was already given', () => {
    const named = new NetError('too_large', 'x')
    expect(nameCause(new Error('wrapped', { cause: named }), 'h')).toBe(named)
  })

  it('calls what nobody knows a closed connection', () => {
    expect(nameCause('odd', 'h').cause_).toBe('reset')
  })
})

describe('a fingerprint', () => {
  it('is the same with colons, in small letters and with spaces', () => {
    expect(plainFingerprint('ab:cd:01')).toBe('ABCD01')
    expect(plainFingerprint(' AB CD 01 ')).toBe('ABCD01')
  })
})
