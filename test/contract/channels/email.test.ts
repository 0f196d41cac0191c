/** Codes typed from RFC 5321 (4.2.3), RFC 3463, RFC 4954, RFC 1870; greylisting from RFC 6647; what is told at which step as servers do it. */
import { expect, test } from 'vitest'
import { mailRig, MAIL_SETTINGS, receivedMail, type MailRig } from '../../support/smtp-rig.ts'
import type { SmtpRule } from '../../support/smtp-far-side.ts'
import { sendingOf } from '../../support/channel-kit.ts'
import { channels } from '../../../electron/engine/channels/registry.ts'
import { channelSuite, openChannel, short } from './every-channel.ts'

const kind = channels.get('email') ?? expect.fail('there is no channel "email"')
const start = (): Promise<MailRig> => mailRig((far) => ({ ...MAIL_SETTINGS, port: far.ports.starttls, security: 'starttls', to: ['anna@example.net'] }), receivedMail)
const plays = (...rules: SmtpRule[]) => (rig: MailRig): Promise<void> => rig.far.play(...rules)

/** Step, reply, what it means. */
const REPLIES: readonly (readonly [at: SmtpRule['at'], reply: string, expected: string])[] = [
  ['greeting', '421 4.3.2 Service not available', 'retry'], ['greeting', '450 Try later', 'retry'], ['greeting', '521 Server does not accept mail', 'rejected destination'],
  ['greeting', '554 5.7.1 Blocked by a list', 'rejected destination'], ['greeting', '550 5.7.1 No', 'rejected destination'],
  ['EHLO', '421 4.3.2 Closing', 'retry'], ['EHLO', '451 4.3.0 Local error', 'retry'], ['EHLO', '500 5.5.1 What', 'rejected destination'], ['EHLO', '502 5.5.1 Not implemented', 'rejected destination'],
  ['EHLO', '504 5.5.4 Bad parameter', 'rejected destination'], ['EHLO', '550 5.7.1 Access denied', 'rejected destination'],
  ['STARTTLS', '454 4.7.0 TLS not available', 'retry'], ['STARTTLS', '501 5.5.4 No parameters', 'rejected destination'], ['STARTTLS', '502 5.5.1 Not offered', 'rejected destination'],
  ['AUTH', '421 4.7.0 Too many logins', 'retry'], ['AUTH', '432 4.7.12 Password transition', 'retry'], ['AUTH', '454 4.7.0 Temporary authentication failure', 'retry'],
  ['AUTH', '500 5.5.6 Too long', 'rejected destination'], ['AUTH', '501 5.5.2 Cannot decode', 'rejected destination'], ['AUTH', '503 5.5.1 Not now', 'rejected destination'],
  ['AUTH', '504 5.5.4 Unrecognized mechanism', 'rejected destination'], ['AUTH', '530 5.7.0 Must issue STARTTLS', 'rejected destination'], ['AUTH', '534 5.7.9 Application-specific password required', 'rejected destination'],
  ['AUTH', '535 5.7.8 Bad credentials', 'rejected destination'], ['AUTH', '535 Bad credentials', 'rejected destination'], ['AUTH', '535 5.7.139 Basic authentication is disabled', 'rejected destination'],
  ['AUTH', '538 5.7.11 Encryption required', 'rejected destination'], ['AUTH', '550 5.7.30 Basic authentication is not supported', 'rejected destination'],
  ['MAIL', '421 4.7.0 Closing', 'retry'], ['MAIL', '450 4.1.8 Domain not found', 'retry 60000'], ['MAIL', '451 4.3.0 Local error', 'retry 60000'], ['MAIL', '452 4.3.1 No room', 'retry'], ['MAIL', '455 4.5.4 Parameter', 'retry'],
  ['MAIL', '501 5.1.7 Bad sender', 'rejected destination'], ['MAIL', '503 5.5.1 Sequence', 'rejected destination'], ['MAIL', '530 5.7.0 Authentication required', 'rejected destination'],
  ['MAIL', '550 5.7.1 Sender not allowed', 'rejected destination'], ['MAIL', '552 5.3.4 Too big', 'rejected message'], ['MAIL', '553 5.1.8 Sender unknown', 'rejected destination'],
  ['MAIL', '554 5.7.1 No', 'rejected destination'], ['MAIL', '555 5.5.4 Parameter', 'rejected destination'],
  ['RCPT', '421 4.7.0 Closing', 'retry'], ['RCPT', '450 4.2.0 Greylisted', 'retry 60000'], ['RCPT', '450 4.7.1 Greylisted, try again in 300 seconds', 'retry 300000'],
  ['RCPT', '451 4.7.1 Greylisting in action, please come back in 00:04:58', 'retry 298000'], ['RCPT', '451 4.7.1 Try again in 5 minutes', 'retry 300000'], ['RCPT', '452 4.2.2 Over quota', 'retry'], ['RCPT', '452 4.5.3 Too many recipients', 'retry'],
  ['RCPT', '550 5.1.1 User unknown', 'rejected destination'], ['RCPT', '550 No such user', 'rejected destination'], ['RCPT', '551 5.1.6 Moved', 'rejected destination'], ['RCPT', '552 5.2.2 Mailbox full', 'rejected destination'],
  ['RCPT', '553 5.1.3 Bad address', 'rejected destination'], ['RCPT', '554 5.7.1 Relay access denied', 'rejected destination'], ['RCPT', '556 5.1.10 Takes no mail', 'rejected destination'],
  ['DATA', '421 4.7.0 Closing', 'retry'], ['DATA', '451 4.3.0 Local error', 'retry 60000'], ['DATA', '452 4.3.1 No room', 'retry'], ['DATA', '500 5.5.1 What', 'rejected message'], ['DATA', '502 5.5.1 No', 'rejected message'],
  ['DATA', '503 5.5.1 Sequence', 'rejected message'], ['DATA', '554 5.5.1 No valid recipients', 'rejected message'],
  ['content', '421 4.7.0 Closing', 'retry'], ['content', '450 4.7.1 Later', 'retry 60000'], ['content', '451 4.7.1 Greylisted for 5 min', 'retry 300000'], ['content', '452 4.3.1 No room', 'retry'],
  ['content', '550 5.7.1 Looks like spam', 'rejected message'], ['content', '550 5.6.0 Bad content', 'rejected message'], ['content', '552 Too much mail data', 'rejected message'], ['content', '552 5.3.4 Too big', 'rejected message'],
  ['content', '552 5.7.0 Content refused', 'rejected message'], ['content', '553 5.5.0 No', 'rejected message'], ['content', '554 5.7.1 Refused', 'rejected message'], ['content', '571 5.7.1 Refused', 'rejected message'],
  ['content', '550 5.1.1 User unknown', 'rejected destination'], ['content', '552 5.2.2 Mailbox full', 'rejected destination'], ['content', '550 5.7.26 Not authenticated', 'rejected destination'],
]

channelSuite('email', {
  start,
  answers: [
    ...REPLIES.map(([at, reply, expected]) => [`"${reply}" at ${at} is ${expected}`, plays({ at, code: Number(reply.slice(0, 3)), text: reply.slice(4) }), expected] as const),
    ...(['greeting', 'EHLO', 'STARTTLS', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'content'] as const).map((at) => [`a connection that breaks at ${at} is tried again`, plays({ at, how: 'reset' }), 'retry'] as const),
    ['a server that hangs up before it greets is tried again', plays({ at: 'greeting', how: 'close' }), 'retry'],
    ['a connection that breaks after the last dot is tried again', plays({ at: 'content', how: 'swallow' }), 'retry'],
  ],
  wrong: [
    ['no server', { server: '' }, 'server'], ['an address of the web', { server: 'https://mail.example.org' }, 'server'], ['a port in the server', { server: 'mail.example.org:465' }, 'server'],
    ['a server of cloud credentials', { server: '169.254.169.254' }, 'server'], ['a name that can not be', { server: 'mail example' }, 'server'],
    ['port 465 with STARTTLS', { port: 465 }, 'port'], ['port 587 with TLS', { port: 587, security: 'tls' }, 'port'],
    ['a login without a user', { user: '' }, 'user'], ['a token login without its address', { auth: 'xoauth2', clientId: 'app', server: 'mail.example.org' }, 'tokenAddress'],
    ['no sender', { from: '' }, 'from'], ['a sender with a name', { from: 'Me <me@example.org>' }, 'from'], ['a sender with a line break', { from: 'me@example.org\r\nBcc: x@example.org' }, 'from'],
    ['no recipient', { to: [] }, 'to'], ['a recipient that is no address', { to: ['anna@example.net', 'bert'] }, 'to.1'], ['two recipients on one line', { to: ['anna@example.net, bert@example.net'] }, 'to.0'],
    ['a prefix that leaves no room', { subjectPrefix: 'x'.repeat(21) }, 'subjectPrefix'],
  ],
  hang: plays({ at: 'RCPT', how: 'hang' }),
})

test.each(['greeting', 'EHLO', 'STARTTLS', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'content'] as const)('a server that says nothing at %s is left after the time that is set', async (at) => {
  const rig = await start()
  try {
    await rig.far.play({ at, how: 'hang' })
    const channel = openChannel(kind, rig, { timeoutMs: 1_000 })
    const verdict = await channel.sendPrinterNotification(sendingOf())
    await channel.close()
    expect(short(verdict)).toBe('retry')
    expect(verdict).toMatchObject({ why: at === 'content' ? 'The connection ended before the mail server confirmed the mail. It may come twice.' : 'The server does not answer (timeout).' })
  } finally {
    await rig.close()
  }
})
