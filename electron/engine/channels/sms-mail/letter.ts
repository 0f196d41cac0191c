/** The mail that a gateway turns into a text message: as little as possible, because everything may become part of it. */
import { createHash } from 'node:crypto'
import type { Message } from '../../delivery/message.ts'
import { PLACE, type SmsMailConfig } from './config.ts'
import { written, type NumberFormat } from './numbers.ts'
import { smsOf } from './text.ts'

type Addressing = Pick<SmsMailConfig, 'gateway' | 'numberIn' | 'numberFormat' | 'subject'>

/** Where one message goes. @param number E.164 */
export function addressed(config: Addressing, number: string): { to: string; subject: string } {
  const format: NumberFormat = config.numberFormat !== 'auto' ? config.numberFormat : config.numberIn === 'subject' ? 'international' : 'digits'
  const told = written(number, format)
  const subject = (config.subject ?? '') !== '' ? config.subject ?? '' : config.numberIn === 'subject' ? PLACE : ''
  return { to: toOf(config, told), subject: subject.replaceAll(PLACE, told) }
}

function toOf({ gateway, numberIn }: Addressing, told: string): string {
  const at = gateway.lastIndexOf('@')
  switch (numberIn) {
    case 'subject': return gateway
    // In an address a second plus would be part of the name.
    case 'plus': return `${gateway.slice(0, at)}+${told.replace('+', '')}${gateway.slice(at)}`
    case 'address': return gateway.replace(PLACE, told)
  }
}

export interface LetterParts {
  message: Message
  deliveryKey: string
  config: SmsMailConfig
  /** E.164 */
  number: string
}

/** @returns the whole mail as it goes over the wire, and to whom */
export async function compose({ message, deliveryKey, config, number }: LetterParts): Promise<{ to: string; bytes: Buffer }> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const { to, subject } = addressed(config, number)
  const id = createHash('sha256').update(`${deliveryKey}|${number}`).digest('hex').slice(0, 32)
  const bytes = await new MailComposer({
    from: { name: config.fromName, address: config.from },
    to: { name: '', address: to },
    ...(subject === '' ? {} : { subject }),
    date: new Date(message.occurredAt),
    messageId: `<${id}@${config.from.slice(config.from.lastIndexOf('@') + 1)}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    text: smsOf(message, config.prefix),
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile().build()
  return { to, bytes }
}
