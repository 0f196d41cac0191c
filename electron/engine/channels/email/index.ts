/** E-mail: one mail for each recipient, over the user's own mail server. */
import { EVENT_TYPES } from '../../events/model.ts'
import type { Channel, ChannelKind, ChannelPorts, DestinationConfig, Sending, Verdict } from '../channel.ts'
import { mailSecretFields } from '../kit/mail-config.ts'
import { mailEach } from '../kit/mail-each.ts'
import { createMailer } from '../kit/mail.ts'
import { emailSchema, validateEmail, type EmailConfig } from './config.ts'
import { compose } from './letter.ts'

export const emailChannel: ChannelKind<EmailConfig> = {
  kind: 'email',
  displayName: 'E-mail',
  group: 'people',
  guide: {
    steps: [
      'Look up "SMTP" or "outgoing mail" in the help of your mail provider: it names server, port, encryption and user.',
      'Gmail: switch on 2-Step Verification, then make an app password for Printbell. Server smtp.gmail.com, encryption TLS, user: your whole address, password: the app password. Your own password is refused.',
      'Outlook.com, Hotmail: passwords and app passwords are not taken any more. Server smtp-mail.outlook.com, encryption STARTTLS, login XOAUTH2 with the client ID of an app that you registered at Microsoft and a refresh token; or send by another provider.',
      'Microsoft 365 at work: server smtp.office365.com, encryption STARTTLS. An administrator must allow SMTP AUTH for the mailbox; passwords are off by default from the end of December 2026, then the login is XOAUTH2.',
      'Your own server: its name or address. Port 465 is TLS, 587 STARTTLS. "None" is for a server on this computer or in a network that you trust.',
      'Enter who gets the mails, one address a line. Then use "Test": it shows what the server said.',
    ],
    links: [
      { label: 'Google: app passwords', url: 'https://support.google.com/accounts/answer/185833' },
      { label: 'Google: SMTP servers and ports', url: 'https://support.google.com/a/answer/176600' },
      { label: 'Microsoft: settings for Outlook.com', url: 'https://support.microsoft.com/office/pop-imap-and-smtp-settings-for-outlook-com-d088b986-291d-42b8-9564-9c414e2aa040' },
      { label: 'Microsoft: OAuth for SMTP', url: 'https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth' },
    ],
  },
  primary: ['to'],
  configSchema: emailSchema,
  secretFields: mailSecretFields,
  capabilities: {
    image: 'upload', maxText: null, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: false, local: false,
    // One connection, in order. Large providers take some thirty mails a minute.
    parallel: 1, rate: { burst: 20, everyMs: 2_000 }, deadlineMs: 120_000,
  },
  validateConfig: validateEmail,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  wantsPicture: (config) => config.includePicture !== false,
  open: (destination, ports) => openEmail(destination, ports),
}

function openEmail({ config, secrets, label }: DestinationConfig<EmailConfig>, ports: ChannelPorts): Channel {
  const mailer = createMailer(config, secrets, ports)
  if (config.security === 'none') ports.log.warn('mails go to the mail server unencrypted, its password too; choose TLS or STARTTLS where the server knows them')

  const send = (sending: Sending): Promise<Verdict> => mailEach({
    mailer, ports, sending, recipients: config.to, picture: config.includePicture ? sending.picture : null, serverName: config.server, encrypted: config.security !== 'none',
    async compose(to, picture) {
      const { message, deliveryKey } = sending
      return { from: config.from, to, bytes: await compose({ message, picture, deliveryKey, label, from: config.from, fromName: config.fromName, to, subjectPrefix: config.subjectPrefix }) }
    },
  })

  return { sendPrinterNotification: send, sendFailureAlert: send, sendTestMessage: send, close: () => mailer.close() }
}
