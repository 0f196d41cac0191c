import type { News } from '../engine/news.ts'
import type { PrinterEvent, PrinterState, Severity } from '../engine/events/model.ts'

/** Paints for a terminal; plain text when `colour` is off. */
export interface Paint {
  colour: boolean
}

const MARKS: Record<Severity, { mark: string; code: string }> = {
  info: { mark: '·', code: '90' },
  success: { mark: '✓', code: '32' },
  warning: { mark: '▲', code: '33' },
  error: { mark: '✕', code: '31' },
  critical: { mark: '■', code: '1;31' },
}
const NAME_WIDTH = 18
const TYPE_WIDTH = 26
const LONGEST_TEXT = 120

const dye = (paint: Paint, code: string, text: string): string => (paint.colour ? `\u001b[${code}m${text}\u001b[0m` : text)
const clock = (at: number): string => new Date(at).toLocaleTimeString('en-GB')
/** Control characters would move the cursor or recolour the terminal; signs of writing direction would turn a line's parts around. */
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu

/** Makes harmless what comes from outside: names, texts, also ids of heaters and causes in a server's own words. */
export const clean = (text: string): string => text.replace(CONTROL, ' ')
const fit = (text: string, width: number): string => {
  const chars = [...clean(text)]
  return chars.length > width ? `${chars.slice(0, width - 1).join('')}…` : chars.join('') + ' '.repeat(width - chars.length)
}

/** Cut in the middle: names of a row of printers often begin alike, and differ at their end. */
const short = (text: string, width: number): string => {
  const chars = [...clean(text)]
  if (chars.length <= width) return chars.join('')
  const tail = Math.floor((width - 1) / 2)
  return `${chars.slice(0, width - 1 - tail).join('')}…${chars.slice(-tail).join('')}`
}
const fitName = (text: string): string => fit(short(text, NAME_WIDTH), NAME_WIDTH)

/** One line of the live view for a piece of news; null for what a person needn't see as it happens. */
export function liveLine(news: News, labels: ReadonlyMap<string, string>, now: number, paint: Paint): string | null {
  switch (news.line) {
    case 'event': {
      const { mark, code } = MARKS[news.event.severity]
      return `${clock(news.event.occurredAt)}  ${dye(paint, code, mark)} ${fitName(news.event.printerName || 'Printbell')} ${dye(paint, code, fit(news.event.type, TYPE_WIDTH))} ${describe(news.event)}`.trimEnd()
    }
    case 'attempt': {
      const label = labels.get(news.destinationId) ?? news.destinationId
      const ok = news.result === 'delivered'
      return `${clock(now)}      ${dye(paint, ok ? '32' : '33', ok ? '→' : '↯')} ${fitName(label)} ${news.result}${news.detail ? `: ${clean(news.detail)}` : ''} (${news.ms} ms)`
    }
    case 'link':
      return `${clock(now)}  ${dye(paint, news.link === 'up' ? '32' : '33', '~')} ${fitName(news.serverId)} link ${news.link}${news.detail ? `: ${clean(news.detail)}` : ''}`
    case 'notice':
      return `${clock(now)}  ${dye(paint, news.level === 'info' ? '36' : '33', '!')} ${clean(news.text)}`
    case 'suppressed':
      // Baselines are no news; what was swallowed on purpose is.
      return news.reason === 'baseline' ? null : `${clock(news.at)}  ${dye(paint, '90', `- not told: ${news.type} (${news.reason}) ${clean(news.detail)}`)}`
    case 'decision':
      return null
  }
}

function describe(event: PrinterEvent): string {
  const parts = [
    event.job ? event.job.file.name : null,
    event.heater ? `${event.heater.name} ${event.heater.actual?.toFixed(0) ?? '?'} °C` : null,
    typeof event.progress === 'number' ? `${Math.round(event.progress * 100)} %` : null,
    event.reason ? event.reason.replaceAll('_', ' ') : null,
    event.text ? `"${[...event.text].slice(0, LONGEST_TEXT).join('')}"` : null,
    event.late ? '(late)' : null,
  ]
  return clean(parts.filter((part) => part !== null).join(', '))
}

/** The line at the foot of a terminal: what each printer does now. */
export function statusLine(printers: { name: string; state: PrinterState }[], width: number): string {
  const text = printers
    .map(({ name, state }) => {
      const word = state.link !== 'up' ? state.link : state.job === 'none' ? state.device : state.job
      const percent = state.progress !== null && state.job !== 'none' ? ` ${Math.round(state.progress * 100)} %` : ''
      const heat = Object.entries(state.heaters).filter(([, heater]) => (heater.target ?? 0) > 0).map(([id, heater]) => ` ${id} ${heater.actual?.toFixed(0) ?? '?'}/${heater.target} °C`).join('')
      return `${short(name, NAME_WIDTH)}: ${word.replaceAll('_', ' ')}${percent}${heat}`
    })
    .join('   ')
  const chars = [...clean(text)]
  if (chars.length <= width) return chars.join('')
  return width < 1 ? '' : `${chars.slice(0, width - 1).join('')}…`
}
