/** SMS by a mail gateway: a short plain mail that somebody else's gateway turns into a text message. Each one costs money. */
import { EVENT_TYPES } from '../../events/model.ts'
import type { Channel, ChannelKind, ChannelPorts, DestinationConfig, Sending, Verdict } from '../channel.ts'
import { mailSecretFields } from '../kit/mail-config.ts'
import { mailEach } from '../kit/mail-each.ts'
import { createMailer } from '../kit/mail.ts'
import { smsMailSchema, validateSmsMail, type SmsMailConfig } from './config.ts'
import { compose } from './letter.ts'

export const smsMailChannel: ChannelKind<SmsMailConfig> = {
  kind: 'sms-mail',
  displayName: 'SMS by mail gateway',
  group: 'people',
  guide: {
    steps: [
      'You need a gateway: a mail address that turns mails into text messages. Some employers run one; SMS providers sell it as "e-mail to SMS".',
      "The free addresses of mobile carriers are closing: AT&T's and T-Mobile's are shut, Verizon's ends on 31 March 2027.",
      'Ask the gateway where it wants the number (in the subject, behind a plus in the address, or as the address itself) and from which sender it takes mails.',
      'Enter the mail server that takes your mails, as for e-mail, and the sender that the gateway knows.',
      'Each message costs money, for each number. Unless you choose more it tells of failures only; "Test" sends a real message.',
    ],
    links: [],
  },
  primary: ['numbers'],
  configSchema: smsMailSchema,
  secretFields: mailSecretFields,
  capabilities: {
    image: 'none', maxText: 160, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: false, local: false,
    parallel: 1, rate: { burst: 10, everyMs: 6_000 }, deadlineMs: 120_000,
  },
  validateConfig: validateSmsMail,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  // Each message costs money: Obico's SMS too tells of failures only.
  defaultEvents: ['job.failed', 'failure.warning', 'failure.detected', 'app.test'],
  wantsPicture: () => false,
  open: (destination, ports) => openSmsMail(destination, ports),
}

function openSmsMail({ config, secrets }: DestinationConfig<SmsMailConfig>, ports: ChannelPorts): Channel {
  const mailer = createMailer(config, secrets, ports)
  if (config.security === 'none') ports.log.warn('mails go to the mail server unencrypted, its password too; choose TLS or STARTTLS where the server knows them')

  const send = (sending: Sending): Promise<Verdict> => mailEach({
    mailer, ports, sending, recipients: config.numbers, picture: null, serverName: config.server, encrypted: config.security !== 'none',
    async compose(number) {
      const { to, bytes } = await compose({ message: sending.message, deliveryKey: sending.deliveryKey, config, number })
      return { from: config.from, to, bytes }
    },
  })

  return { sendPrinterNotification: send, sendFailureAlert: send, sendTestMessage: send, close: () => mailer.close() }
}
