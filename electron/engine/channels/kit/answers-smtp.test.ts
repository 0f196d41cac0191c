/** Typed from RFC 5321 (4.2.3), RFC 3463, RFC 4954 (login), RFC 1870 (size), RFC 6647 (greylisting) and RFC 7372 (origin). */
import { describe, expect, test } from 'vitest'
import type { Verdict } from '../channel.ts'
import { enhancedCodeOf, smtpStageOf, smtpTooLarge, verdictOfSmtp, type SmtpStage } from './answers-smtp.ts'

const short = (verdict: Verdict): string => (verdict.result === 'rejected' ? verdict.scope : verdict.result === 'retry' && verdict.after !== null ? `retry after ${verdict.after}` : verdict.result)

test.each<[number, string | null, SmtpStage, string]>([
  [211, null, 'connect', 'delivered'], [214, null, 'connect', 'delivered'], [220, null, 'connect', 'delivered'], [221, null, 'data', 'delivered'],
  [235, '2.7.0', 'auth', 'delivered'], [250, null, 'data', 'delivered'], [250, '2.0.0', 'data', 'delivered'], [250, '2.1.5', 'recipient', 'delivered'],
  [251, null, 'recipient', 'delivered'], [252, null, 'recipient', 'delivered'],
  [334, null, 'auth', 'retry'], [354, null, 'data', 'retry'], [0, null, 'data', 'retry'], [999, null, 'data', 'retry'],
  [421, null, 'connect', 'retry'], [421, '4.7.0', 'data', 'retry'], [421, '4.3.2', 'recipient', 'retry'],
  [432, '4.7.12', 'auth', 'retry'], [454, '4.7.0', 'auth', 'retry'], [454, null, 'tls', 'retry'],
  [450, null, 'recipient', 'retry after 60000'], [450, '4.2.0', 'recipient', 'retry after 60000'], [450, '4.7.1', 'data', 'retry after 60000'],
  [451, '4.7.1', 'recipient', 'retry after 60000'], [451, null, 'data', 'retry after 60000'], [450, null, 'sender', 'retry after 60000'], [451, null, 'connect', 'retry'], [450, null, 'auth', 'retry'],
  [452, null, 'sender', 'retry'], [452, '4.2.2', 'recipient', 'retry'], [452, '4.5.3', 'recipient', 'retry'], [455, null, 'sender', 'retry'], [499, null, 'data', 'retry'],
  [500, null, 'connect', 'destination'], [502, '5.5.1', 'tls', 'destination'], [554, null, 'connect', 'destination'], [554, '5.7.1', 'connect', 'destination'], [521, null, 'connect', 'destination'],
  [550, '5.7.1', 'connect', 'destination'], [501, null, 'auth', 'destination'], [504, '5.5.4', 'auth', 'destination'], [500, '5.5.6', 'auth', 'destination'],
  [530, '5.7.0', 'sender', 'destination'], [530, '5.7.0', 'data', 'destination'], [534, '5.7.9', 'auth', 'destination'], [535, null, 'auth', 'destination'], [535, '5.7.8', 'auth', 'destination'],
  [535, '5.7.8', 'sender', 'destination'], [538, '5.7.11', 'auth', 'destination'],
  [501, '5.1.7', 'sender', 'destination'], [550, null, 'sender', 'destination'], [550, '5.7.1', 'sender', 'destination'], [553, '5.1.8', 'sender', 'destination'], [555, null, 'sender', 'destination'],
  [552, null, 'sender', 'message'], [552, '5.3.4', 'sender', 'message'], [552, '5.2.3', 'recipient', 'message'],
  [550, null, 'recipient', 'destination'], [550, '5.1.1', 'recipient', 'destination'], [550, '5.7.1', 'recipient', 'destination'], [551, null, 'recipient', 'destination'],
  [552, null, 'recipient', 'destination'], [552, '5.2.2', 'recipient', 'destination'], [553, '5.1.3', 'recipient', 'destination'], [556, '5.1.10', 'recipient', 'destination'],
  [500, null, 'data', 'message'], [501, null, 'data', 'message'], [502, null, 'data', 'message'], [503, '5.5.1', 'data', 'message'], [504, null, 'data', 'message'],
  [550, null, 'data', 'message'], [550, '5.7.1', 'data', 'message'], [550, '5.6.0', 'data', 'message'], [552, null, 'data', 'message'], [552, '5.3.4', 'data', 'message'], [552, '5.7.0', 'data', 'message'],
  [553, null, 'data', 'message'], [554, null, 'data', 'message'], [554, '5.7.1', 'data', 'message'], [554, '5.6.1', 'data', 'message'], [571, '5.7.1', 'data', 'message'], [599, null, 'data', 'message'],
  [550, '5.1.1', 'data', 'destination'], [552, '5.2.2', 'data', 'destination'], [550, '5.4.1', 'data', 'destination'],
  [550, '5.7.20', 'data', 'destination'], [550, '5.7.23', 'data', 'destination'], [550, '5.7.25', 'data', 'destination'], [550, '5.7.26', 'data', 'destination'], [550, '5.7.27', 'data', 'destination'], [550, '5.7.28', 'data', 'message'],
])('%i %s at %s: %s', (code, enhanced, stage, expected) => {
  expect(short(verdictOfSmtp(code, enhanced, stage))).toBe(expected)
})

test.each<[number, string | null, SmtpStage, string]>([
  [535, '5.7.8', 'auth', 'The mail server refuses user or password (535, 5.7.8). Check both; many services want an app password.'],
  [534, '5.7.9', 'auth', 'The mail server wants another way to log in (534, 5.7.9). Many services want an app password.'],
  [530, null, 'sender', 'The mail server wants a login or encryption first (530). Enter user and password, and check the encryption.'],
  [550, '5.1.1', 'recipient', "The mail server does not take this recipient (550, 5.1.1). Check the recipient's address."],
  [550, null, 'sender', "The mail server does not take this sender (550). Check the sender's address."],
  [552, '5.2.2', 'recipient', "The recipient's mailbox takes no mail (552, 5.2.2). It may be full or closed."],
  [554, '5.7.1', 'data', 'The mail server refuses this mail (554, 5.7.1).'],
  [552, null, 'data', 'The mail is too large for the mail server (552).'],
  [451, '4.7.1', 'recipient', 'The mail server asks for a later try (451, 4.7.1).'],
  [421, null, 'connect', 'The mail server takes no more mail for now (421).'],
])('%i %s at %s is told as: %s', (code, enhanced, stage, why) => {
  expect(verdictOfSmtp(code, enhanced, stage)).toMatchObject({ why })
})

describe('a reply', () => {
  test.each([
    ['550 5.1.1 No such user', '5.1.1'], ['5.7.26 This mail is unauthenticated', '5.7.26'], ['550-5.7.1 [192.0.2.1] Our system', '5.7.1'], ['250 2.0.0 OK', '2.0.0'],
    ['421 4.7.0', '4.7.0'], ['550 No such user', null], ['', null], ['192.0.2.1 is blocked', null], ['550 server 5.1.1 says', null], ['3.1.1 odd', null],
  ])('%j has the enhanced code %s', (text, code) => {
    expect(enhancedCodeOf(text)).toBe(code)
  })

  test.each<[string | null | undefined, SmtpStage]>([
    [undefined, 'connect'], [null, 'connect'], ['CONN', 'connect'], ['EHLO', 'connect'], ['HELO', 'connect'], ['LHLO', 'connect'], ['STARTTLS', 'tls'], ['AUTH PLAIN', 'auth'], ['AUTH XOAUTH2', 'auth'],
    ['AUTH', 'auth'], ['MAIL FROM', 'sender'], ['RCPT TO', 'recipient'], ['DATA', 'data'], ['API', 'data'], ['', 'data'],
  ])('to %s is of the stage %s', (command, stage) => {
    expect(smtpStageOf(command)).toBe(stage)
  })

  test.each<[number, string | null, SmtpStage, boolean]>([
    [552, null, 'data', true], [552, null, 'sender', true], [552, null, 'recipient', false], [552, '5.3.4', 'data', true], [554, '5.3.4', 'data', true], [552, '5.2.3', 'data', true],
    [552, '5.2.2', 'data', false], [452, '4.3.4', 'data', false], [550, '5.7.1', 'data', false],
  ])('%i %s at %s was for the size: %s', (code, enhanced, stage, expected) => {
    expect(smtpTooLarge(code, enhanced, stage)).toBe(expected)
  })
})
