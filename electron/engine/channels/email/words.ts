/** What our mails say beside the message. */
import { languageOf } from '../../delivery/languages/language.ts'
import type { Message } from '../../delivery/message.ts'
import { clean } from '../../delivery/text.ts'

/** Where to answer what the message asks; null = it asks nothing. */
export function answerElsewhere(message: Message): string | null {
  return message.kind === 'question' || message.type === 'attention.user_input' ? languageOf(message.language).words.mail.answerElsewhere : null
}

/** Who sends this, and where it is switched off. */
export function closingOf({ language }: Pick<Message, 'language'>, label: string): string {
  return languageOf(language).words.mail.closing(clean(label))
}
