/** What is told when a silence is over and what it muted is not. Pure. */
import { happening } from '../delivery/body.ts'
import type { Language } from '../delivery/languages/language.ts'
import { clean } from '../delivery/text.ts'
import { appDraft } from '../events/app.ts'
import { SEVERITY_RANK, type EventDraft, type Severity } from '../events/model.ts'
import type { Silence, StoredEvent } from '../history/history.ts'

/** So many are named, then "and n more". */
const NAMED = 5
/** Room for what happened behind a printer's name, in characters. */
const ROOM = 60

/**
 * The one event that tells it. Its key is that of this end of this silence, so a second telling is no second event.
 * @param open what is still open, the worst first, at least one @param language of this program @param now epoch ms
 */
export function summaryOf(silence: Silence, open: readonly [StoredEvent, ...StoredEvent[]], { language, label, now }: { language: Language; label(destinationId: string): string; now: number }): EventDraft {
  const [first] = open
  const draft = appDraft('app.silence_over', { now, at: silence.endsAt ?? now, reason: `silence:${silence.id}`, text: textOf(silence, open, language, label) })
  const alone = open.every(({ printerId }) => printerId === first.printerId)
  return {
    ...draft,
    // As loud as the worst of it, so that what must be heard at night is.
    severity: open.reduce<Severity>((worst, { severity }) => (SEVERITY_RANK[severity] > SEVERITY_RANK[worst] ? severity : worst), draft.severity),
    // Rules that speak of a printer then hold for what is told of it.
    ...(alone ? { printerId: first.printerId, printerName: first.printerName, serverKind: first.serverKind } : {}),
  }
}

function textOf(silence: Silence, open: readonly StoredEvent[], language: Language, label: (destinationId: string) => string): string {
  const named = open.slice(0, NAMED).map((event) => `${clean(event.printerName === '' ? label(event.reason ?? '') : event.printerName)}: ${happening(event, ROOM, language)}`).join('; ')
  const more = open.length - NAMED
  const told = more > 0 ? language.words.more(named, language.formats.count(more)) : named
  const reason = clean(silence.reason).replace(/[.:]+$/, '')
  return reason === '' ? told : `${reason}. ${told}`
}
