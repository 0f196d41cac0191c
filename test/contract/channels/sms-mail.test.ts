/** What only SMS by mail has: where the number goes, what fits, and that nothing else comes. The replies of mail servers are email.test.ts's. */
import { describe, expect, test } from 'vitest'
import { channels } from '../../../electron/engine/channels/registry.ts'
import { eventOf, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { mailRig, MAIL_SETTINGS, type MailRig } from '../../support/smtp-rig.ts'
import type { MailReceipt, SmtpRule } from '../../support/smtp-far-side.ts'
import { channelSuite, openChannel, short, type Received } from './every-channel.ts'

const kind = channels.get('sms-mail') ?? expect.fail('there is no channel "sms-mail"')

/** A gateway sends on the text; what it is given besides is its own business. */
const received = ({ parsed, raw }: MailReceipt): Received => ({ text: parsed.text ?? '', pictures: parsed.attachments.map(({ content }) => new Uint8Array(content)), raw })
const start = (): Promise<MailRig> => mailRig((far) => ({ ...MAIL_SETTINGS, port: far.ports.tls, gateway: 'sms@gateway.example', numbers: ['+47 912 34 567'] }), received)
const plays = (...rules: SmtpRule[]) => (rig: MailRig): Promise<void> => rig.far.play(...rules)

channelSuite('sms-mail', {
  start,
  answers: [
    ['a mail that is taken is delivered', plays(), 'delivered'],
    ['421 is tried again', plays({ at: 'greeting', code: 421 }), 'retry'], ['a greylisted one is tried again when it says', plays({ at: 'RCPT', code: 451, text: '4.7.1 Try again in 2 minutes' }), 'retry 120000'],
    ['535 refuses the destination', plays({ at: 'AUTH', code: 535, text: '5.7.8 No' }), 'rejected destination'], ['550 at MAIL refuses the destination', plays({ at: 'MAIL', code: 550 }), 'rejected destination'],
    ['550 at RCPT refuses the destination', plays({ at: 'RCPT', code: 550, text: '5.1.1 No' }), 'rejected destination'], ['554 of the content refuses this message', plays({ at: 'content', code: 554, text: '5.7.1 No' }), 'rejected message'],
    ['a broken connection is tried again', plays({ at: 'content', how: 'reset' }), 'retry'], ['a broken connection after the last dot is tried again', plays({ at: 'content', how: 'swallow' }), 'retry'],
  ],
  wrong: [
    ['no gateway', { gateway: '' }, 'gateway'], ['a gateway that is no address', { gateway: 'gateway.example' }, 'gateway'], ['an address without a place for the number', { numberIn: 'address' }, 'gateway'],
    ['a place for the number that is not used', { gateway: '{number}@gateway.example' }, 'numberIn'], ['a subject without the number', { subject: 'sms' }, 'subject'],
    ['no number', { numbers: [] }, 'numbers'], ['a number that can not be', { numbers: ['+47 12'] }, 'numbers.0'], ['a number of no country', { numbers: ['912 34 567'] }, 'numbers.0'],
    ['a number of another country', { numbers: ['+47 912 34 567', '12'], country: 'NO' }, 'numbers.1'], ['words for a number', { numbers: ['my phone'] }, 'numbers.0'],
    ['a country that is none', { country: 'XX' }, 'country'], ['a country that is not allowed', { onlyCountries: ['DE', 'AT'] }, 'numbers.0'], ['no server', { server: '' }, 'server'],
    ['more numbers than anybody pays for', { numbers: Array.from({ length: 11 }, (_, index) => `+479123456${index}`) }, 'numbers'],
  ],
  hang: plays({ at: 'RCPT', how: 'hang' }),
})

describe('a text message', () => {
  /** One message to a gateway of this config. @returns what the gateway got */
  async function sent(over: Record<string, unknown>, sending = sendingOf(eventOf('attention.filament_runout', { printerName: 'Workshop' }))): Promise<MailReceipt[]> {
    const rig = await start()
    try {
      await rig.accept()
      const channel = openChannel(kind, rig, over)
      expect(short(await channel.sendPrinterNotification(sending))).toBe('delivered')
      await channel.close()
      return await rig.far.receipts()
    } finally {
      await rig.close()
    }
  }

  test.each<[string, Record<string, unknown>, string, string | undefined]>([
    ['in the subject', {}, 'sms@gateway.example', '+4791234567'],
    ['in the subject among words', { subject: 'sms {number}' }, 'sms@gateway.example', 'sms +4791234567'],
    ['in the subject without its plus', { numberFormat: 'digits' }, 'sms@gateway.example', '4791234567'],
    ['behind a plus in the address', { numberIn: 'plus' }, 'sms+4791234567@gateway.example', undefined],
    ['behind a plus, as it is dialled at home', { numberIn: 'plus', numberFormat: 'national' }, 'sms+91234567@gateway.example', undefined],
    ['as the address', { numberIn: 'address', gateway: '{number}@gateway.example' }, '4791234567@gateway.example', undefined],
    ['as the address, with its plus', { numberIn: 'address', gateway: '{number}@gateway.example', numberFormat: 'international' }, '+4791234567@gateway.example', undefined],
    ['as the address, with a key in the subject', { numberIn: 'address', gateway: '{number}@gateway.example', subject: 'key 4711' }, '4791234567@gateway.example', 'key 4711'],
    ['from a number that was written without its country', { numbers: ['912 34 567'], country: 'no' }, 'sms@gateway.example', '+4791234567'],
  ])('has its number %s', async (_what, over, to, subject) => {
    const [mail, ...more] = await sent(over)
    expect(more).toEqual([])
    expect(mail).toMatchObject({ from: 'printbell@example.org', to: [to], user: 'PLAIN me@example.org' })
    expect(mail?.parsed.subject).toBe(subject)
  })

  test('is this mail, whole', async () => {
    const [mail] = await sent({})
    // The id is SHA-256 of "<event id>.<destination>|<number>".
    expect(mail?.raw.split('\r\n')).toEqual([
      'Auto-Submitted: auto-generated', 'X-Auto-Response-Suppress: All', 'From: Printbell <printbell@example.org>', 'To: sms@gateway.example', 'Subject: +4791234567',
      'Message-ID: <bba7620e44d76bdee5faa32e780f53bd@example.org>', 'Date: Thu, 15 Jan 2026 12:00:00 +0000', 'Content-Transfer-Encoding: quoted-printable', 'MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8', '',
      'Printbell: Workshop: filament ran out. Load filament, then resume. =', 'lamp-vase, 42 %.', '',
    ])
  })

  test('never has a picture, and nobody waits for one', async () => {
    const [mail] = await sent({}, sendingOf(undefined, { picture: PICTURE }))
    expect(mail?.parsed.attachments).toEqual([])
    expect(mail?.parsed.html).toBe(false)
    expect(kind.capabilities.image).toBe('none')
    expect(kind.wantsPicture?.({})).toBe(false)
  })

  test('goes to each number once, in a mail of its own', async () => {
    const mails = await sent({ numbers: ['+47 912 34 567', '+4791234567', '+49 1512 3456789'] })
    expect(mails.map(({ parsed }) => parsed.subject)).toEqual(['+4791234567', '+4915123456789'])
    expect(new Set(mails.map(({ parsed }) => parsed.messageId)).size).toBe(2)
  })
})
