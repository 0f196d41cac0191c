/**
 * The HTML of a mail: tables and inline styles, because many mail programs know nothing else. Colours are those of the window in its light
 * theme; programs that look at the reader's theme take the dark ones from the style block, the others turn colours round by themselves.
 */
import { languageOf } from '../../delivery/languages/language.ts'
import type { Message } from '../../delivery/message.ts'
import { clean } from '../../delivery/text.ts'
import { escapeHtml } from '../kit/text.ts'
import { factsOf } from './facts.ts'
import { answerElsewhere, closingOf } from './words.ts'

/** What a mail is about at a glance: a mark besides the colour, and a word. */
interface Look {
  mark: string
  color: string
  /** Class of the dark colour. */
  dark: 'needs' | 'error' | 'done' | 'quiet'
}

const NEEDS: Look = { mark: '!', color: '#875000', dark: 'needs' }
const LOOKS: Readonly<Record<Message['severity'], Look>> = {
  info: { mark: '&#8226;', color: '#55554f', dark: 'quiet' },
  success: { mark: '&#10003;', color: '#176b41', dark: 'done' },
  warning: { mark: '!', color: '#875000', dark: 'needs' },
  error: { mark: '&#10005;', color: '#b3261e', dark: 'error' },
  critical: { mark: '&#10005;', color: '#b3261e', dark: 'error' },
}

const STYLE = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .canvas { background: #141413 !important; }
  .card { background: #1c1c1a !important; border-color: #3d3d39 !important; }
  .text { color: #ecece8 !important; }
  .second, .quiet { color: #b0b0a9 !important; }
  .needs { color: #f8bd57 !important; }
  .error { color: #ff9489 !important; }
  .done { color: #68d19b !important; }
}`

const FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
/** Names of files have no place to break. */
const WRAP = 'overflow-wrap:anywhere;word-break:break-word'
const WIDTH = 560

/** @param cid of the picture beside it; null = there is none */
export function htmlOf({ message, label }: { message: Message; label: string }, cid: string | null): string {
  const { look, word } = glance(message)
  return `<!DOCTYPE html>
<html lang="${languageOf(message.language).code}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(clean(message.title))}</title><style>${STYLE}</style></head>
<body class="canvas" style="margin:0;padding:0;background:#f5f5f2">
<table role="presentation" class="canvas" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f5f5f2"><tr><td align="center" style="padding:24px 12px">
<table role="presentation" class="card" width="${WIDTH}" cellpadding="0" cellspacing="0" border="0" style="width:100%;max-width:${WIDTH}px;background:#ffffff;border:1px solid #e1e1dc;border-radius:10px;border-collapse:separate;overflow:hidden;table-layout:fixed">
${cid === null ? '' : pictureRow(message, cid)}<tr><td style="padding:20px 24px 4px;${FONT};${WRAP}">
<div class="${look.dark}" style="font-size:13px;line-height:18px;font-weight:600;color:${look.color}">${look.mark}&nbsp; ${escapeHtml(word)}</div>
<div class="text" style="padding-top:4px;font-size:18px;line-height:24px;font-weight:600;color:#1a1a18">${escapeHtml(clean(message.title))}</div>
${paragraphs(message)}</td></tr>
${factRows(message)}<tr><td class="second" style="padding:16px 24px 20px;${FONT};font-size:12px;line-height:16px;color:#66665f;${WRAP}">${escapeHtml(closingOf(message, label))}</td></tr>
</table></td></tr></table></body></html>
`
}

/** Amber only where hands are needed. */
function glance(message: Message): { look: Look; word: string } {
  const { mail } = languageOf(message.language).words
  const asks = message.kind === 'question' || (message.type.startsWith('attention.') && message.type !== 'attention.cleared')
  return asks ? { look: NEEDS, word: mail.needsYou } : { look: LOOKS[message.severity], word: mail.severity[message.severity] }
}

function pictureRow(message: Message, cid: string): string {
  const { picture } = languageOf(message.language).words
  const of = message.printer === null ? picture.ofPrint : picture.of(clean(message.printer.name))
  return `<tr><td style="padding:0;font-size:0;line-height:0"><img src="cid:${escapeHtml(cid)}" width="${WIDTH}" alt="${escapeHtml(of)}" style="display:block;width:100%;max-width:${WIDTH}px;height:auto;border:0"></td></tr>
`
}

function paragraphs(message: Message): string {
  const lines = [...message.body.split('\n').map(clean), answerElsewhere(message) ?? ''].filter((line) => line !== '')
  if (lines.length === 0) return ''
  return `<div class="text" style="padding-top:8px;font-size:15px;line-height:22px;color:#1a1a18">${lines.map(escapeHtml).join('<br>')}</div>
`
}

function factRows(message: Message): string {
  const facts = factsOf(message)
  if (facts.length === 0) return ''
  const row = ({ label, value }: { label: string; value: string }): string =>
    `<tr><td class="second" width="120" valign="top" style="padding:4px 12px 4px 0;${FONT};font-size:13px;line-height:18px;color:#66665f">${escapeHtml(label)}</td><td class="text" valign="top" style="padding:4px 0;${FONT};font-size:13px;line-height:18px;color:#1a1a18;${WRAP}">${escapeHtml(value)}</td></tr>`
  return `<tr><td style="padding:12px 24px 0"><table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="table-layout:fixed">
${facts.map(row).join('\n')}
</table></td></tr>
`
}
