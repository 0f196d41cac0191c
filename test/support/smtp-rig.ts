/** What the tests of channels that send mail start from: a far side, settings that it takes, and what it got. */
import axios from 'axios'
import type { Net } from '../../electron/engine/ports.ts'
import type { ChannelRig, Received } from '../contract/channels/every-channel.ts'
import { MAIL_USER, startSmtpFarSide, type MailReceipt, type SmtpFarSide } from './smtp-far-side.ts'

export interface MailRig extends ChannelRig {
  far: SmtpFarSide
}

/** Server, login and sender; port and encryption are the test's. */
export const MAIL_SETTINGS = { server: '127.0.0.1', user: MAIL_USER, from: 'printbell@example.org', timeoutMs: 5_000 } as const

export async function mailRig(config: (far: SmtpFarSide) => Record<string, unknown>, received: (receipt: MailReceipt) => Received, over: Parameters<typeof startSmtpFarSide>[0] = {}): Promise<MailRig> {
  const far = await startSmtpFarSide(over)
  return {
    far,
    config: () => config(far),
    ports: () => ({ net: trusting(far.ca) }),
    accept: () => far.play(),
    received: async () => (await far.receipts()).map(received),
    close: () => far.close(),
  }
}

/** The network of a destination whose own authority is known. */
export function trusting(ca: string): Net {
  return { http: axios.create({ proxy: false }), online: () => true, tls: { ca } }
}

/** What a person reads: the subject, then the text part. */
export function receivedMail({ parsed, raw }: MailReceipt): Received {
  return { text: `${parsed.subject ?? ''}\n${parsed.text ?? ''}`, pictures: parsed.attachments.map(({ content }) => new Uint8Array(content)), raw }
}
