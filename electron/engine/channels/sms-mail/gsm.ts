/** What fits into one text message (3GPP TS 23.038): 160 characters of the GSM alphabet, or 70 when a single one lies outside of it. */

export const GSM_LIMIT = 160
export const UNICODE_LIMIT = 70

const BASIC = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà')
/** These take two places: an escape, then the character. */
const EXTENDED = new Set('^{}\\[~]|€')

/** Signs that our own texts use and the alphabet lacks. Letters stay as they are: a name is a name. */
const PLAINER: Readonly<Record<string, string>> = {
  '…': '...', '–': '-', '—': '-', '−': '-', '‘': "'", '’': "'", '“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '•': '-', '·': '-', '×': 'x',
  '\u00a0': ' ', '\u2009': ' ', '\u202f': ' ', '°': '', '✓': '',
}

/** The same text with plain signs in place of typographic ones. */
export function plainer(text: string): string {
  return Array.from(text, (character) => PLAINER[character] ?? character).join('')
}

/** Places that the text takes in a message, and how many there are. */
export function roomOf(text: string): { used: number; limit: number } {
  let used = 0
  for (const character of text) {
    if (!BASIC.has(character) && !EXTENDED.has(character)) return { used: text.length, limit: UNICODE_LIMIT }
    used += EXTENDED.has(character) ? 2 : 1
  }
  return { used, limit: GSM_LIMIT }
}

export function fitsOneMessage(text: string): boolean {
  const { used, limit } = roomOf(text)
  return used <= limit
}
