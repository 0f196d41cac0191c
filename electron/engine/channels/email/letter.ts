/** A mail: headers, text, HTML and the picture. Pure but for the composing itself, which is nodemailer's. */
import { createHash } from 'node:crypto'
import { languageOf } from '../../delivery/languages/language.ts'
import type { Message, Picture } from '../../delivery/message.ts'
import { clean } from '../../delivery/text.ts'
import { subjectOf } from '../../delivery/shorten.ts'
import { factsOf } from './facts.ts'
import { htmlOf } from './template.ts'
import { answerElsewhere, closingOf } from './words.ts'

export interface LetterParts {
  message: Message
  picture: Picture | null
  deliveryKey: string
  /** The destination's name, for the closing line. */
  label: string
  from: string
  fromName: string
  to: string
  subjectPrefix: string
}

/** Outlook and others show 1 and "high" with a mark; 5 and "low" faintly. */
const PRIORITIES = { high: '1 (Highest)', normal: '3 (Normal)', low: '5 (Lowest)' } as const

function importanceOf(message: Message): keyof typeof PRIORITIES {
  if (message.severity === 'critical' || message.severity === 'error') return 'high'
  return message.severity === 'info' ? 'low' : 'normal'
}

/** @returns the whole mail as it goes over the wire */
export async function compose(parts: LetterParts): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const { message, picture } = parts
  const id = hash(`${parts.deliveryKey}|${parts.to}`)
  const domain = parts.from.slice(parts.from.lastIndexOf('@') + 1)
  const cid = `picture.${id}@${domain}`
  const thread = message.job === null ? null : `<job.${hash(message.threadKey)}@${domain}>`
  const importance = importanceOf(message)
  return await new MailComposer({
    from: { name: parts.fromName, address: parts.from },
    to: { name: '', address: parts.to },
    subject: subjectOf(message, parts.subjectPrefix),
    date: new Date(message.occurredAt),
    messageId: `<${id}@${domain}>`,
    ...(thread === null ? {} : { inReplyTo: thread, references: [thread] }),
    headers: {
      // RFC 3834: no machine answers to it. Exchange looks at its own header only.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Priority': PRIORITIES[importance],
      Importance: importance,
    },
    text: textOf(parts),
    html: htmlOf(parts, picture === null ? null : cid),
    attachments: picture === null ? [] : [{ filename: 'snapshot.jpg', contentType: 'image/jpeg', contentDisposition: 'inline', cid, content: Buffer.from(picture.jpeg) }],
    baseBoundary: id,
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile().build()
}

/** The plain part. What follows "-- " is a signature, which mail programs show small. */
export function textOf(parts: Pick<LetterParts, 'message' | 'label'>): string {
  const { message } = parts
  const { titled } = languageOf(message.language).words
  const facts = factsOf(message).map(({ label, value }) => titled(label, value))
  const blocks = [[clean(message.title), ...message.body.split('\n').map(clean)], facts, [answerElsewhere(message) ?? ''], ['-- ', closingOf(message, parts.label)]]
  return `${blocks.map((lines) => lines.filter((line) => line !== '').join('\n')).filter((block) => block !== '').join('\n\n')}\n`
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
