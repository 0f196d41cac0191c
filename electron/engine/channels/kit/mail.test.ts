import { describe, expect, test } from 'vitest'
import { Secret } from '../../settings/secret.ts'
import { validateEmail } from '../email/config.ts'
import { asMailAddress, missingSecret, tokenAddressOf } from './mail-config.ts'
import { createDialogue } from './mail-dialogue.ts'
import { NOWHERE, SmtpFailure } from './mail-session.ts'
import { verdictOfTokenAnswer } from './mail-token.ts'
import { sentOf, waitAskedFor } from './mail.ts'

describe('a mail address', () => {
  test.each<[string, string | null]>([
    ['me@example.org', 'me@example.org'], ['  Me.And+tag@Example.ORG ', 'Me.And+tag@example.org'], ['root@localhost', 'root@localhost'], ["o'neill@example.org", "o'neill@example.org"],
    ['me@bücher.example', 'me@xn--bcher-kva.example'], ['me@192.0.2.1', 'me@192.0.2.1'],
    ['', null], ['me', null], ['@example.org', null], ['me@', null], ['me@@example.org', null], ['Me <me@example.org>', null], ['me@example.org, you@example.org', null], ['me you@example.org', null],
    ['me@exa mple.org', null], ['me@-example.org', null], ['me@example..org', null], ['.me@example.org', null], ['m..e@example.org', null], ['me@example.org\r\nBcc: x@y.z', null], ['mé@example.org', null],
    [`${'x'.repeat(65)}@example.org`, null], [`x@${'y'.repeat(64)}.org`, null], ['<me@example.org>', null],
  ])('%j is %s', (text, expected) => {
    expect(asMailAddress(text)).toBe(expected)
  })
})

describe('the config', () => {
  const given = { server: ' smtp.example.org ', user: 'me@example.org', from: 'me@Example.org', to: ['Anna@example.net', 'Anna@EXAMPLE.net', 'bert@example.net'] }

  test('has defaults for all but server, user, sender and recipients', () => {
    expect(validateEmail(given)).toEqual({
      ok: true, config: {
        server: 'smtp.example.org', security: 'tls', auth: 'password', user: 'me@example.org', clientId: '', tokenAddress: '', from: 'me@example.org', fromName: 'Printbell', timeoutMs: 30_000,
        to: ['Anna@example.net', 'bert@example.net'], subjectPrefix: '', includePicture: true,
      },
    })
  })

  test('is the same when it is cleaned once more', () => {
    const once = validateEmail(given)
    expect(once.ok && validateEmail(once.config)).toEqual(once)
  })

  test.each([['127.0.0.1'], ['::1'], ['mail'], ['mail.local'], ['192.168.1.5'], ['smtp.gmail.com']])('a server may be %s', (server) => {
    expect(validateEmail({ ...given, server }).ok).toBe(true)
  })

  test('says of each field that is missing what is needed', () => {
    expect(validateEmail({})).toEqual({ ok: false, errors: [
      { field: 'server', message: 'A mail server is needed. Your mail provider calls it "SMTP server".' }, { field: 'from', message: 'A mail address is needed.' }, { field: 'to', message: 'At least one recipient is needed.' },
    ] })
    expect(validateEmail({ ...given, tokenAddress: 'login' })).toEqual({ ok: false, errors: [{ field: 'tokenAddress', message: 'Not an address. Start with http:// or https://.' }] })
  })

  test('a server that wants no login needs no user', () => {
    expect(validateEmail({ ...given, user: '', auth: 'none' }).ok).toBe(true)
  })

  test('knows where Gmail and Outlook make tokens', () => {
    expect(tokenAddressOf({ server: 'smtp.gmail.com', tokenAddress: '' })).toBe('https://oauth2.googleapis.com/token')
    expect(tokenAddressOf({ server: 'SMTP.office365.com', tokenAddress: '' })).toBe('https://login.microsoftonline.com/common/oauth2/v2.0/token')
    expect(tokenAddressOf({ server: 'smtp.gmail.com', tokenAddress: 'https://login.example.org/token' })).toBe('https://login.example.org/token')
    expect(tokenAddressOf({ server: 'mail.example.org', tokenAddress: '' })).toBe(null)
  })

  test('tells which secret the login lacks', () => {
    const secret = new Secret('abcdef-123')
    expect(missingSecret({ auth: 'none', clientId: '' }, {})).toBe(null)
    expect(missingSecret({ auth: 'password', clientId: '' }, {})).toBe('There is no password to log in with. Enter it.')
    expect(missingSecret({ auth: 'login', clientId: '' }, { password: secret })).toBe(null)
    expect(missingSecret({ auth: 'xoauth2', clientId: '' }, { refreshToken: secret })).toBe('There is no token to log in with. Enter an access token, or client ID and refresh token.')
    expect(missingSecret({ auth: 'xoauth2', clientId: 'app' }, { refreshToken: secret })).toBe(null)
    expect(missingSecret({ auth: 'xoauth2', clientId: '' }, { accessToken: secret })).toBe(null)
  })
})

describe('how much later a server wants it', () => {
  test.each<[string, number | null]>([
    ['451 4.7.1 Greylisted, please try again in 300 seconds', 300_000], ['450 4.2.0 <a@b.c>: Recipient address rejected: Greylisted for 5 minutes', 300_000], ['451 4.7.1 Greylisting in action, please come back in 00:04:58', 298_000],
    ['450 4.7.1 try again after 10 min', 600_000], ['451 Please retry in 1 hour', 3_600_000], ['450 4.7.1 retry in 90s', 90_000], ['451 wait 5m', 300_000],
    ['450 4.2.0 Greylisted, see http://postgrey.example/help/example.org.html', null], ['451 4.3.0 Error: queue file write error', null], ['452 4.2.2 Over quota', null], ['450 4.7.25 Client host rejected for 192.0.2.1', null],
    ['451 try again in 99999 hours', 86_400_000], ['450 try again in 999 h', 86_400_000], ['', null],
  ])('%j: %s ms', (text, expected) => {
    expect(waitAskedFor(text)).toBe(expected)
  })
})

describe('a try that failed', () => {
  const reply = (code: number, enhanced: string | null, stage: SmtpFailure['stage'], server = 'mail.example.org') => sentOf(new SmtpFailure(stage, { code, enhanced, text: `${code} secret@example.org` }, null, NOWHERE), false, server)
  const silent = (network: unknown, handedOver = false) => sentOf(new SmtpFailure('connect', null, network, { answered: handedOver, handedOver }), false, 'mail.example.org')

  test.each([
    ['smtp.gmail.com', 534, '5.7.9', 'Google refuses the login (534, 5.7.9). It wants an app password, not that of the account: switch on 2-Step Verification, then make one.'],
    ['smtp.gmail.com', 535, '5.7.8', 'Google refuses the login (535, 5.7.8). It wants an app password, not that of the account: switch on 2-Step Verification, then make one.'],
    ['smtp-mail.outlook.com', 535, '5.7.139', 'Microsoft refuses the login (535, 5.7.139). Outlook.com takes no passwords and no app passwords any more: choose XOAUTH2, or send by another provider.'],
    ['smtp.office365.com', 550, '5.7.30', 'Microsoft refuses the login (550, 5.7.30). An administrator must allow SMTP AUTH for this mailbox, and passwords where they are off: else choose XOAUTH2.'],
    ['mail.example.org', 535, null, 'The mail server refuses user or password (535). Check both; many services want an app password.'],
    ['notgmail.com', 535, null, 'The mail server refuses user or password (535). Check both; many services want an app password.'],
  ])('at %s by %i %s names the cure', (server, code, enhanced, why) => {
    expect(reply(code, enhanced, 'auth', server)).toEqual({ result: 'failed', about: 'server', verdict: { result: 'rejected', scope: 'destination', why } })
  })

  test('is about the recipient where the next one may fare better', () => {
    expect(reply(550, '5.1.1', 'recipient')).toMatchObject({ about: 'recipient' })
    expect(reply(554, '5.7.1', 'data')).toMatchObject({ about: 'recipient' })
    expect(reply(421, null, 'recipient')).toMatchObject({ about: 'server' })
    expect(reply(550, null, 'sender')).toMatchObject({ about: 'server' })
  })

  test('for its size may do without the picture', () => {
    expect(reply(552, '5.3.4', 'sender')).toMatchObject({ result: 'too large' })
    expect(reply(552, null, 'data')).toMatchObject({ result: 'too large' })
  })

  test.each([
    [{ code: 'ECONNREFUSED' }, /^The server refuses the connection/], [{ code: 'ENOTFOUND' }, /DNS/], [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, /self-signed/], [{ code: 'CERT_HAS_EXPIRED' }, /expired/],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, /for another name/], [{ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, /does not speak TLS on this port/], [{ code: 'EPROTO' }, /does not speak TLS on this port/],
  ])('without a reply (%o) is tried again and named', (network, words) => {
    const sent = silent(network)
    expect(sent).toMatchObject({ result: 'failed', about: 'server', verdict: { result: 'retry', after: null } })
    expect(sent.result === 'failed' && 'why' in sent.verdict && sent.verdict.why).toMatch(words)
  })

  test('after all was handed over says that it may come twice', () => {
    expect(silent({ code: 'ECONNRESET' }, true)).toMatchObject({ verdict: { result: 'retry', why: 'The connection ended before the mail server confirmed the mail. It may come twice.' } })
  })

  test('never tells the server\'s own words', () => {
    for (const stage of ['connect', 'tls', 'auth', 'sender', 'recipient', 'data'] as const) for (const code of [421, 450, 535, 550, 552]) expect(JSON.stringify(reply(code, null, stage))).not.toContain('secret@')
  })
})

test.each<[number, unknown, string]>([
  [400, 'invalid_grant', 'destination'], [401, 'invalid_client', 'destination'], [400, 'unauthorized_client', 'destination'], [400, 'invalid_request', 'destination'], [404, undefined, 'destination'], [302, undefined, 'destination'],
  [429, undefined, 'retry'], [503, 'temporarily_unavailable', 'retry'], [500, 'server_error', 'retry'], [400, 'temporarily_unavailable', 'retry'], [200, undefined, 'retry'],
])('a token address that answers %i %s: %s', (status, error, expected) => {
  const verdict = verdictOfTokenAnswer(status, error, null)
  expect(verdict.result === 'rejected' ? verdict.scope : verdict.result).toBe(expected)
})

describe('a conversation as it is shown', () => {
  test('has no name, address, number, link or login', () => {
    const dialogue = createDialogue('mail.example.org')
    dialogue.server('220 mail.example.org ESMTP far [192.0.2.7] ready 2001:db8::1')
    dialogue.client('EHLO [127.0.0.1]')
    dialogue.server('250-mail.example.org greets [198.51.100.4]\n250-SIZE 35882577\n250 AUTH PLAIN LOGIN')
    dialogue.client('AUTH PLAIN AG1lQGV4YW1wbGUub3JnAHNlY3JldA==')
    dialogue.server('535-5.7.8 Username and Password not accepted for me@example.org. Go to\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials a1b2c3 - gsmtp')
    dialogue.client('MAIL FROM:<me@example.org> SIZE=734')
    dialogue.client('RCPT TO:<anna@example.net>')
    dialogue.server('550 5.1.1 <anna@example.net>: Recipient address rejected: +4791234567 unknown in relay.example.net')
    dialogue.client('DATA')
    dialogue.content(51_200)
    expect(dialogue.exchange()).toEqual({
      request: ['EHLO …', 'AUTH PLAIN (hidden)', 'MAIL FROM:<…> SIZE=734 B', 'RCPT TO:<…>', 'DATA', '(the mail, 51 kB)'],
      answer: [
        '220 (server) ESMTP far (server) ready (server)', '250-(server) greets (server)', '250-SIZE 35.9 MB', '250 AUTH PLAIN LOGIN', '535-5.7.8 Username and Password not accepted for (address) Go to',
        '535 5.7.8 (hidden) a1b2c3 - gsmtp', '550 5.1.1 <(address)>: Recipient address rejected: +(hidden) unknown in (server)',
      ],
    })
  })

  test('hides every part of a login in steps', () => {
    const dialogue = createDialogue('')
    for (const line of ['AUTH LOGIN', 'bWVAZXhhbXBsZS5vcmc=', 'c2VjcmV0']) dialogue.client(line)
    dialogue.server('334 VXNlcm5hbWU6')
    dialogue.server('235 2.7.0 Accepted')
    dialogue.client('QUIT')
    expect(dialogue.exchange()).toEqual({ request: ['AUTH LOGIN', '(hidden)', '(hidden)', 'QUIT'], answer: ['334 …', '235 2.7.0 Accepted'] })
  })

  test('ends somewhere', () => {
    const dialogue = createDialogue('')
    for (let index = 0; index < 200; index++) dialogue.client('NOOP')
    expect(dialogue.exchange().request.length).toBe(61)
  })
})
