/** What is told when a silence is over and what it muted is not. Pure. */
import { happening } from '../delivery/body.ts'
import type { Language } from '../delivery/languages/language.ts'
import { clean } from '../delivery/text.ts'
import { appDraft, NO_PRINTER } from '../events/app.ts'
import { SEVERITY_RANK, type EventDraft, type Severity } from '../events/model.ts'
import type { Silence, StoredEvent } from '../history/history.ts'

/** So many are named, then "and n more". */
const NAMED = 5
/** Room for what happened behind a printer's name, in characters. */
const ROOM = 60

/** What its texts need: the language of this program, destinations' labels, and the time in epoch ms. */
interface SummaryContext {
  language: Language
  label(destinationId: string): string
  now: number
}

/**
 * One event for each printer, so that rules that speak of printers, tags or files hold for it; what belongs to none has one of its own. The key is that
 * of this end of this silence and of the printer, so a second telling is no second event.
 * @param open what is still open, the worst first
 */
export function summariesOf(silence: Silence, open: readonly StoredEvent[], context: SummaryContext): EventDraft[] {
  const printers = [...new Set(open.map(({ printerId }) => printerId))]
  return printers.map((id) => summaryOf(silence, open.filter(({ printerId }) => printerId === id), context))
}

function summaryOf(silence: Silence, open: readonly StoredEvent[], { language, label, now }: SummaryContext): EventDraft {
  const draft = appDraft('app.silence_over', { now, at: silence.endsAt ?? now, reason: `silence:${silence.id}`, text: textOf(silence, open, language, label) })
  // As loud as the worst of it, so that what must be heard at night is.
  const severity = open.reduce<Severity>((worst, event) => (SEVERITY_RANK[event.severity] > SEVERITY_RANK[worst] ? event.severity : worst), draft.severity)
  return { ...draft, severity, ...aboutPrinter(draft, open) }
}

/** What filters ask of an event of a printer. */
function aboutPrinter({ dedupeKey }: EventDraft, open: readonly StoredEvent[]): Partial<EventDraft> {
  const first = open.find(({ printerId }) => printerId !== NO_PRINTER)
  if (first === undefined) return {}
  const { printerId, printerName, serverKind } = first
  const { job, printTime, remaining } = open.find((event) => event.job !== undefined) ?? first
  return {
    dedupeKey: `${dedupeKey}|${printerId}`, printerId, printerName, serverKind,
    ...(job === undefined ? {} : { job }), ...(printTime === undefined ? {} : { printTime }), ...(remaining === undefined ? {} : { remaining }),
  }
}

function textOf(silence: Silence, open: readonly StoredEvent[], language: Language, label: (destinationId: string) => string): string {
  const named = open.slice(0, NAMED).map((event) => `${clean(event.printerName === '' ? label(event.reason ?? '') : event.printerName)}: ${happening(event, ROOM, language)}`).join('; ')
  const more = open.length - NAMED
  const told = more > 0 ? language.words.more(named, language.formats.count(more)) : named
  const reason = clean(silence.reason).replace(/[.:]+$/, '')
  return reason === '' ? told : `${reason}. ${told}`
}
