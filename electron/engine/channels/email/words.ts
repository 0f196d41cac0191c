/** What our mails say beside the message. */
import type { Message } from '../../delivery/message.ts'
import { clean } from '../../delivery/text.ts'

/** Where to answer what the message asks; null = it asks nothing. */
export function answerElsewhere(message: Message): string | null {
  return message.kind === 'question' || message.type === 'attention.user_input' ? 'Answer in Printbell or at the printer: a mail has no buttons.' : null
}

/** Who sends this, and where it is switched off. */
export function closingOf(label: string): string {
  return `Sent by Printbell to "${clean(label)}". To stop these mails: in Printbell, open Destinations, "${clean(label)}", and switch it off.`
}
