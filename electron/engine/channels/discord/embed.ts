/** A message as Discord shows it (https://discord.com/developers/docs/resources/message#embed-object). */
import { languageOf } from '../../delivery/languages/language.ts'
import type { Message } from '../../delivery/message.ts'
import type { Severity } from '../../events/model.ts'

/** Characters, as Discord counts them: markup and all. */
const CONTENT_LIMIT = 2000
const TITLE_LIMIT = 256
const DESCRIPTION_LIMIT = 4096

export const PICTURE_NAME = 'snapshot.jpg'
/** Message flag SUPPRESS_NOTIFICATIONS: neither push nor sound. */
const SILENT = 4096

const RED = 0xd83c3e
const YELLOW = 0xf0b132
const GREEN = 0x23a55a
const BLUE = 0x5865f2
const COLOURS: Readonly<Record<Severity, number>> = { critical: RED, error: RED, warning: YELLOW, success: GREEN, info: BLUE }

export interface Embed {
  title: string
  description?: string
  color: number
  /** ISO 8601 */
  timestamp: string
  image?: { url: string }
}

/** The body of a new or changed message. */
export interface DiscordMessage {
  content: string
  embeds: [Embed]
  allowed_mentions: { parse: [] }
  /** All that hang on the message: what is not named here goes. */
  attachments: { id: number; filename: string; description: string }[]
  flags?: number
}

/**
 * What happened stands above the embed: push notifications, and people who have embeds switched off, see only that. The embed has the
 * whole name of the printer, the rest and the picture, in the colour of its severity.
 */
export function discordMessage(message: Message, { picture, silent }: { picture: boolean; silent: boolean }): DiscordMessage {
  const description = escapedWithin(message.body, DESCRIPTION_LIMIT)
  return {
    content: escapedWithin(message.title, CONTENT_LIMIT),
    embeds: [{
      title: escapedWithin(message.printer?.name ?? 'Printbell', TITLE_LIMIT),
      ...(description === '' ? {} : { description }),
      color: COLOURS[message.severity],
      timestamp: new Date(message.occurredAt).toISOString(),
      ...(picture ? { image: { url: `attachment://${PICTURE_NAME}` } } : {}),
    }],
    allowed_mentions: { parse: [] },
    attachments: picture ? [{ id: 0, filename: PICTURE_NAME, description: languageOf(message.language).words.picture.ofCamera }] : [],
    ...(silent ? { flags: SILENT } : {}),
  }
}

/** A backslash takes the meaning of any mark; only marks that mean something here get one, because a push shows them as they are. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\*_~`|[\]<]/g, '\\$&')
    .replace(/^(\s*)([#>+-])/gm, '$1\\$2')
    .replace(/^(\s*\d+)\./gm, '$1\\.')
    // Emoji by name, and addresses that would become links.
    .replace(/:(?=[\w+\\-]+:|\/\/)/g, '\\:')
    .replace(/@(?=everyone|here)/g, '\\@')
}

function escapedWithin(text: string, limit: number): string {
  const escaped = escapeMarkdown(text)
  if (escaped.length <= limit) return escaped
  const characters = Array.from(text)
  let fits = 0
  let tooMany = characters.length
  while (tooMany - fits > 1) {
    const half = Math.floor((fits + tooMany) / 2)
    if (shortened(characters, half).length <= limit) fits = half
    else tooMany = half
  }
  return shortened(characters, fits)
}

function shortened(characters: readonly string[], count: number): string {
  return escapeMarkdown(`${characters.slice(0, count).join('').trimEnd()}…`)
}
