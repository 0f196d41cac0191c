/** The shape of a language. */
import type en from '../locales/en/index.ts'

export type Messages = typeof en

/** What a language brings along. */
export interface Texts {
  messages: Messages
  /** Words of the forms, which kinds of servers and channels have in English: by those. */
  fields: Readonly<Record<string, string>>
}
