import { describe, expect, it } from 'vitest'
import { TestClock } from '../../../../test/support/clock.ts'
import { systemNet } from '../../system-net.ts'
import { scrub, Secret } from '../../settings/secret.ts'
import type { HttpAnswer } from '../net.ts'
import { ServerError } from '../kit/server-error.ts'
import { createRest, errorText, judge } from './rest.ts'

const answer = (status: number, body: unknown, headers: Record<string, string> = {}): HttpAnswer => ({ status, headers, body: Buffer.from(JSON.stringify(body)) })

describe('what a server says in its errors', () => {
  new Secret('CANARY-rest-key-1')

  it.each<[string, number]>([['forbids', 403], ['500', 500]])('is quoted as its own words: %s', (word, status) => {
    const wrong = judge(answer(status, { error: 'no way' }), 'octo.local')
    expect(wrong?.message).toMatch(/^octo\.local .*"no way"/)
    expect(wrong?.message).toContain(word)
  })

  it.each([403, 409, 500])('loses secrets, control characters and length, with status %i', (status) => {
    const message = judge(answer(status, { error: `\u001b[2J\u009b31m\r\nkey CANARY-rest-key-1 \u202e${'long '.repeat(1_000)}` }), 'octo.local')?.message ?? ''
    expect(message).toContain('key [secret]')
    expect(message).not.toMatch(/[\p{Cc}\u202e]/u)
    expect(message.length).toBeLessThan(350)
  })

  it('is clean and short wherever it is used', () => {
    expect(errorText(answer(409, { error: 'a\u001bb CANARY-rest-key-1' }))).toBe('a b [secret]')
    expect(errorText(answer(409, { error: 'x'.repeat(5_000) }))?.length).toBe(200)
    expect(errorText(answer(409, { error: ' \n ' }))).toBeNull()
  })

  it('is clean in every error, also where a name or a version comes from the server', () => {
    expect(new ServerError('too_old', 'OctoPrint \u001b]0;x\u0007 CANARY-rest-key-1').message).toBe('OctoPrint  ]0;x  [secret]')
    expect(new ServerError('too_old', 'x'.repeat(5_000)).message.length).toBe(1_000)
  })

  it('loses secrets in the address it sends on to', () => {
    const wrong = judge(answer(302, {}, { location: 'http://octo.local/login/CANARY-rest-key-1?next=1' }), 'octo.local')
    expect(wrong?.message).toContain('http://octo.local/login/[secret].')
  })
})

describe('credentials of a proxy', () => {
  it('are found again in any text, also when user and password are too short to be scrubbed alone', () => {
    const rest = createRest({ id: 's', kind: 'octoprint', settings: { url: 'http://octo.local', basicUser: 'me' }, secrets: { basicPassword: new Secret('pw') } }, { clock: new TestClock(), net: systemNet() })
    // printf %s 'me:pw' | base64
    expect(rest.headers()['Authorization']).toBe('Basic bWU6cHc=')
    expect(scrub('you sent Basic bWU6cHc=!')).toBe('you sent Basic [secret]!')
  })
})
