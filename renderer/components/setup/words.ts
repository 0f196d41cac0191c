/** Small pieces of wording for finding and connecting printers. Pure. */
import type { PrinterCard } from '../../../electron/bridge/views/printers.ts'
import { inLine } from '../../lib/locale.ts'
import { percent } from '../../lib/time.ts'

/** What is told of a printer that was added: "Connected, printing 47 %". @param card undefined = the engine does not watch it yet */
export function connectedWords(card: Pick<PrinterCard, 'link' | 'state' | 'progress'> | undefined, t: (key: string, values?: Record<string, unknown>) => string): string {
  if (card === undefined) return t('setup.connected')
  if (card.link === 'connecting') return t('setup.connecting')
  if (card.state === 'offline') return t('setup.silent')
  const word = inLine(t(`state.${card.state}`))
  return t('setup.connectedState', { state: card.state === 'printing' && card.progress !== null ? `${word} ${percent(card.progress)}` : word })
}

/** A detail of cause and cure, taken apart: the first sentence is the cause. A dot inside a name or number ends nothing. */
export function causeAndCure(detail: string): { cause: string; cure: string } {
  const end = /[.](?=\s+\p{Lu})/u.exec(detail)
  if (!end) return { cause: sentence(detail), cure: '' }
  return { cause: sentence(detail.slice(0, end.index + 1)), cure: detail.slice(end.index + 1).trim() }
}

/** What programs say ("shown by dunst") as a sentence. */
function sentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?…]$/.test(whole) ? whole : `${whole}.`
}

/** What a server is called that told no name of its own: "octopi", "OctoPrint 192.168.1.40". */
export function nameFor(kindName: string, url: string): string {
  const { hostname } = new URL(url)
  if (/^[\d.]+$|^\[/.test(hostname)) return `${kindName} ${hostname.replace(/^\[|\]$/g, '')}`
  return hostname.replace(/\.local$/, '')
}

/** "4:12", rounded up, never below "0:00". @param ms until the end */
export function timeLeft(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** A fingerprint in lines that an eye can compare: groups of four bytes. */
export function fingerprintGroups(fingerprint: string): string[] {
  const bytes = fingerprint.replace(/[^0-9a-fA-F]/g, '').toUpperCase().match(/.{1,2}/g) ?? []
  return Array.from({ length: Math.ceil(bytes.length / 4) }, (_, group) => bytes.slice(group * 4, group * 4 + 4).join(':'))
}
