import { describe, expect, it } from 'vitest'
import { Secret } from '../../settings/secret.ts'
import type { HttpAnswer } from '../net.ts'
import { errorText, judge } from './rest.ts'

const answer = (status: number, body: string, headers: Record<string, string> = {}): HttpAnswer => ({ status, headers, body: Buffer.from(body) })

describe('what PrusaLink says in its errors', () => {
  new Secret('CANARY-prusa-key-1')

  it.each([
    ['the first line of its text', 'Printer Is Not Printing\nOperation you want can only be done while printing.', { 'content-type': 'text/plain; charset=utf-8' }, 'Printer Is Not Printing'],
    ['its message in JSON', '{"title": "COMMAND FAILED", "message": "It did not move"}', {}, 'It did not move'],
    ['its title where there is no message', '{"title": "COMMAND FAILED", "message": ""}', {}, 'COMMAND FAILED'],
    ['nothing of a page', '<!DOCTYPE html><title>404</title>', { 'content-type': 'text/html' }, null],
    ['nothing of nothing', '', {}, null],
    ['no secret, no control characters', 'key CANARY-prusa-key-1\u001b[2J \u202ex', { 'content-type': 'text/plain' }, 'key [secret] [2J  x'],
  ])('%s', (_what, body, headers, said) => {
    expect(errorText(answer(409, body, headers))).toBe(said)
  })

  it('is short', () => {
    expect(errorText(answer(409, 'x'.repeat(5_000), {}))?.length).toBe(200)
    expect(judge(answer(500, 'x'.repeat(5_000)), 'mk4')?.message.length).toBeLessThan(300)
  })
})

describe('the meaning of a status', () => {
  it.each<[number, Record<string, string>, string | null]>([
    [200, {}, null], [204, {}, null],
    [302, { location: '/login' }, 'wrong_prefix'],
    [401, { 'www-authenticate': 'ApiKey' }, 'key_invalid'],
    [401, { 'www-authenticate': 'Digest realm="Printer API", nonce="n"' }, 'key_invalid'],
    [401, { 'www-authenticate': 'Digest realm="x", nonce="n", algorithm=SHA-512-256' }, 'server_error'],
    [401, { 'www-authenticate': 'Basic realm="x"' }, 'proxy_auth'],
    [403, {}, 'key_invalid'],
    [404, {}, 'wrong_prefix'],
    [500, {}, 'server_error'],
    [502, {}, 'server_error'],
    [503, {}, 'booting'],
  ])('%i with %o is %s', (status, headers, cause) => {
    expect(judge(answer(status, '', headers), 'mk4')?.cause_ ?? null).toBe(cause)
  })
})
