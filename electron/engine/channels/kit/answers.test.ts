/**
 * Expected verdicts are typed from the table of services' answers: 5xx, 408, 425, 429 and every network failure are tried again; 401, 403
 * and 404 speak of the destination, 400, 413 and 422 of the message alone, and only 410 says that the address is gone.
 */
import { describe, expect, test } from 'vitest'
import { NOON } from '../../../../test/support/rule-fixtures.ts'
import type { Verdict } from '../channel.ts'
import { verdictOfFailure, verdictOfStatus } from './answers.ts'

const short = (verdict: Verdict): string => (verdict.result === 'rejected' ? verdict.scope : verdict.result)

describe('the status', () => {
  test.each<[number, string]>([
    [100, 'retry'], [101, 'retry'], [102, 'retry'], [103, 'retry'], [104, 'retry'],
    [200, 'delivered'], [201, 'delivered'], [202, 'delivered'], [203, 'delivered'], [204, 'delivered'], [205, 'delivered'], [206, 'delivered'], [207, 'delivered'], [208, 'delivered'], [226, 'delivered'],
    [300, 'destination'], [301, 'destination'], [302, 'destination'], [303, 'destination'], [304, 'destination'], [305, 'destination'], [306, 'destination'], [307, 'destination'], [308, 'destination'],
    [400, 'message'], [401, 'destination'], [402, 'destination'], [403, 'destination'], [404, 'destination'], [405, 'destination'], [406, 'message'], [407, 'destination'], [408, 'retry'], [409, 'retry'],
    [410, 'gone'], [411, 'message'], [412, 'message'], [413, 'message'], [414, 'message'], [415, 'message'], [416, 'message'], [417, 'message'], [418, 'message'], [421, 'destination'], [422, 'message'],
    [423, 'retry'], [424, 'message'], [425, 'retry'], [426, 'destination'], [428, 'message'], [429, 'retry'], [431, 'message'], [451, 'message'],
    [500, 'retry'], [501, 'retry'], [502, 'retry'], [503, 'retry'], [504, 'retry'], [505, 'retry'], [506, 'retry'], [507, 'retry'], [508, 'retry'], [509, 'retry'], [510, 'retry'], [511, 'retry'],
    // Not registered, but met: those of nginx and Cloudflare, and of a server that is overloaded.
    [444, 'message'], [494, 'message'], [495, 'message'], [499, 'message'], [520, 'retry'], [521, 'retry'], [522, 'retry'], [523, 'retry'], [524, 'retry'], [525, 'retry'], [526, 'retry'], [529, 'retry'], [530, 'retry'],
    [0, 'retry'], [99, 'retry'], [600, 'retry'], [999, 'retry'],
  ])('%i: %s', (status, expected) => {
    expect(short(verdictOfStatus(status, undefined, NOON))).toBe(expected)
  })

  test('that nobody registered is of its class', () => {
    const verdicts = Array.from({ length: 500 }, (_, index) => [100 + index, short(verdictOfStatus(100 + index, undefined, NOON))] as const)
    const of = (verdict: string): number[] => verdicts.filter(([, what]) => what === verdict).map(([status]) => status)
    expect(of('gone')).toEqual([410])
    expect(of('delivered')).toEqual(Array.from({ length: 100 }, (_, index) => 200 + index))
    expect(of('destination').filter((status) => status >= 400)).toEqual([401, 402, 403, 404, 405, 407, 421, 426])
    expect(of('retry').filter((status) => status >= 400 && status < 500)).toEqual([408, 409, 423, 425, 429])
    expect(of('message').every((status) => status >= 400 && status < 500)).toBe(true)
  })

  test.each<[number, string]>([
    [402, 'The service wants to be paid (402). Check the account there.'],
    [421, 'The server does not answer for this name (421). Check the address.'],
    [423, 'The server has this locked for now (423).'],
    [426, 'The server wants another protocol (426). Try https://.'],
    [511, 'This network wants a login first (511). Open any web page in a browser.'],
    [413, 'The message is too large for the server (413).'],
    [429, 'The server takes no more messages for now (429).'],
  ])('%i is told with its cure', (status, why) => {
    expect(verdictOfStatus(status, undefined, NOON)).toMatchObject({ why })
  })

  test('429 says that the server works and is busy; nothing else does', () => {
    const busy = Array.from({ length: 500 }, (_, index) => 100 + index).filter((status) => 'busy' in verdictOfStatus(status, undefined, NOON))
    expect(busy).toEqual([429])
  })

  test.each<[number, unknown, number | null]>([
    [429, '20', 20_000], [429, undefined, null], [503, '120', 120_000], [408, '3', 3_000], [409, '5', 5_000], [423, '7', 7_000], [425, '1', 1_000], [500, '60', 60_000], [511, '9', 9_000],
    [503, 'Thu, 15 Jan 2026 12:02:00 GMT', 120_000], [503, 'Thu, 15 Jan 2026 11:00:00 GMT', 0], [503, 'soon', null], [503, '-5', null],
  ])('%i with Retry-After %s asks for %s ms', (status, retryAfter, after) => {
    expect(verdictOfStatus(status, retryAfter, NOON)).toMatchObject({ result: 'retry', after })
  })
})

describe('a request that got no answer', () => {
  const DNS = 'The name of the server is not found (DNS). Check the address and the network.'
  const NAME_SERVER = 'The name server does not answer (DNS). Check the network.'
  const BROKE = 'The server broke the connection.'
  const SILENT = 'The server does not answer (timeout).'
  const NO_WAY = 'There is no way to the server. Check the network.'
  const ISSUER = "The server's certificate comes from an unknown issuer (TLS)."
  const BLOCKED = 'This computer does not let the connection out. Check its firewall.'
  const FULL = 'This computer has too many connections open.'
  const NO_WEB = 'What answers there is no web server.'
  const ENDED = 'Ended before an answer came.'
  const NO_ADDRESS = 'The address can not be used. Check it.'
  const BAD_CERTIFICATE = "The server's certificate is damaged (TLS)."
  const REJECTED = "The server's certificate is not trusted (TLS)."

  test.each<[string, string]>([
    ['ENOTFOUND', DNS], ['ENODATA', DNS], ['EAI_NONAME', DNS], ['EAI_NODATA', DNS], ['EAI_AGAIN', NAME_SERVER], ['EAI_FAIL', NAME_SERVER], ['ESERVFAIL', NAME_SERVER], ['EREFUSED', NAME_SERVER], ['ETIMEOUT', NAME_SERVER], ['EDNS', NAME_SERVER],
    ['ECONNREFUSED', 'The server refuses the connection. Check the port, and that it runs.'],
    ['ECONNRESET', BROKE], ['EPIPE', BROKE], ['ENOTCONN', BROKE], ['ESHUTDOWN', BROKE], ['ENETRESET', BROKE], ['UND_ERR_SOCKET', BROKE], ['UND_ERR_CLOSED', BROKE], ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', BROKE], ['ERR_STREAM_PREMATURE_CLOSE', BROKE],
    ['ETIMEDOUT', SILENT], ['ESOCKETTIMEDOUT', SILENT], ['ECONNABORTED', SILENT], ['UND_ERR_CONNECT_TIMEOUT', SILENT], ['UND_ERR_HEADERS_TIMEOUT', SILENT], ['UND_ERR_BODY_TIMEOUT', SILENT], ['ERR_TLS_HANDSHAKE_TIMEOUT', SILENT],
    ['EHOSTUNREACH', NO_WAY], ['ENETUNREACH', NO_WAY], ['EHOSTDOWN', NO_WAY], ['ENETDOWN', NO_WAY], ['EADDRNOTAVAIL', NO_WAY],
    ['EACCES', BLOCKED], ['EPERM', BLOCKED], ['EMFILE', FULL], ['ENFILE', FULL], ['ENOBUFS', FULL], ['EADDRINUSE', FULL],
    ['ERR_CANCELED', ENDED], ['ABORT_ERR', ENDED], ['UND_ERR_ABORTED', ENDED], ['UND_ERR_DESTROYED', ENDED], ['ECANCELED', ENDED],
    ['ERR_INVALID_URL', NO_ADDRESS], ['ERR_INVALID_PROTOCOL', NO_ADDRESS], ['UND_ERR_INVALID_ARG', NO_ADDRESS], ['ERR_SOCKET_BAD_PORT', NO_ADDRESS], ['ERR_UNESCAPED_CHARACTERS', NO_ADDRESS],
    ['ERR_FR_TOO_MANY_REDIRECTS', 'The server sends us on and on. Enter the address it leads to.'],
    ['CERT_HAS_EXPIRED', "The server's certificate has expired (TLS)."],
    ['CERT_NOT_YET_VALID', "The server's certificate is not valid yet (TLS). Check the clock of this computer."],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', "The server's certificate is self-signed (TLS)."],
    ['SELF_SIGNED_CERT_IN_CHAIN', ISSUER], ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', ISSUER], ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', ISSUER], ['UNABLE_TO_GET_ISSUER_CERT', ISSUER],
    ['ERR_TLS_CERT_ALTNAME_INVALID', "The server's certificate is for another name (TLS)."], ['HOSTNAME_MISMATCH', "The server's certificate is for another name (TLS)."],
    ['ERR_TLS_CERT_ALTNAME_FORMAT', BAD_CERTIFICATE], ['UNABLE_TO_DECRYPT_CERT_SIGNATURE', BAD_CERTIFICATE], ['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', BAD_CERTIFICATE], ['CERT_SIGNATURE_FAILURE', BAD_CERTIFICATE],
    ['ERROR_IN_CERT_NOT_BEFORE_FIELD', BAD_CERTIFICATE], ['ERROR_IN_CERT_NOT_AFTER_FIELD', BAD_CERTIFICATE],
    ['CERT_REVOKED', "The server's certificate was revoked (TLS)."],
    ['INVALID_CA', REJECTED], ['INVALID_PURPOSE', REJECTED], ['CERT_UNTRUSTED', REJECTED], ['CERT_REJECTED', REJECTED], ['CERT_CHAIN_TOO_LONG', REJECTED], ['PATH_LENGTH_EXCEEDED', REJECTED],
    ['EPROTO', 'The server does not speak TLS there. Try http:// or another port.'], ['ERR_SSL_WRONG_VERSION_NUMBER', 'The server does not speak TLS there. Try http:// or another port.'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'The secure connection failed (TLS, ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION).'], ['ERR_TLS_INVALID_PROTOCOL_VERSION', 'The secure connection failed (TLS, ERR_TLS_INVALID_PROTOCOL_VERSION).'],
    ['HPE_INVALID_CONSTANT', NO_WEB], ['HPE_INVALID_HEADER_TOKEN', NO_WEB], ['HPE_INVALID_VERSION', NO_WEB], ['HPE_HEADER_OVERFLOW', NO_WEB], ['UND_ERR_HEADERS_OVERFLOW', NO_WEB], ['HPE_CLOSED_CONNECTION', NO_WEB],
    ['EPROXYDOWN', 'The proxy does not answer. Check the proxy settings of the destination and of this computer.'],
    ['EPROXYREFUSED', 'The proxy does not let this through. Check the proxy settings of the destination and of this computer.'],
    ['EPROXYKIND', 'The proxy of this computer is none of HTTP. Name another one in the destination, or none.'],
    ['ERR_NETWORK', 'The connection failed (ERR_NETWORK).'], ['ERR_BAD_RESPONSE', 'The connection failed (ERR_BAD_RESPONSE).'], ['EIO', 'The connection failed (EIO).'], ['SOMETHING_NEW', 'The connection failed (SOMETHING_NEW).'],
  ])('%s is tried again, and named', (code, why) => {
    expect(verdictOfFailure(Object.assign(new Error('connect https://secret.example/token failed'), { code }), false)).toEqual({ result: 'retry', after: null, why })
  })

  test('that took too long is told so, whatever was thrown', () => {
    expect(verdictOfFailure(Object.assign(new Error('canceled'), { code: 'ERR_CANCELED' }), true)).toEqual({ result: 'retry', after: null, why: SILENT })
  })

  test('is named by the cause underneath, where the outer error says less', () => {
    const wrapped = (code: string, cause: unknown): Error => Object.assign(new Error('x', { cause }), { code })
    const refused = Object.assign(new Error('connect 10.0.0.1'), { code: 'ECONNREFUSED' })
    for (const error of [wrapped('ERR_NETWORK', refused), wrapped('ERR_BAD_REQUEST', refused), new TypeError('fetch failed', { cause: refused }), new AggregateError([refused], 'all failed'), wrapped('ESOCKET', refused), wrapped('ECONNECTION', refused)]) {
      expect(verdictOfFailure(error, false)).toMatchObject({ why: 'The server refuses the connection. Check the port, and that it runs.' })
    }
  })

  test.each([['a text', 'https://secret.example'], ['nothing', undefined], ['null', null], ['a number for a code', { code: 7 }], ['an address for a code', { code: 'https://secret.example' }]])('and throws %s is tried again, without its words', (_what, thrown) => {
    expect(verdictOfFailure(thrown, false)).toEqual({ result: 'retry', after: null, why: 'The connection failed.' })
  })
})
