/** Why a printer needs you, is in error or offline: cause, then cure. When that began is no part of the text, the window tells it. */
import { WORDS } from '../../engine/delivery/words.ts'
import { clean, cutEnd, sentence } from '../../engine/delivery/text.ts'
import type { Attention } from '../../engine/events/model.ts'
import type { DisplayState } from '../../bridge/views/common.ts'
import type { PrinterFacts, Remembered } from './facts.ts'

/** The printer's own words are untrusted, and may be long. */
const OWN_WORDS = 200

/** What happened, so that "4 min ago" can follow: a toast's title says what to do instead. */
const HAPPENED: Readonly<Record<Attention['kind'], string>> = {
  filament_runout: 'Filament ran out', filament_change: 'Filament change asked for', user_input: 'The printer waits for an answer', door: 'Door opened', plate: 'Build plate check failed',
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const own = (text: string | null | undefined): string | null => {
  const words = clean(text ?? '')
  return words === '' ? null : capital(cutEnd(words, OWN_WORDS))
}
const both = (cause: string, cure: string | null): string => (cure === null ? sentence(cause) : `${sentence(cause)} ${cure}`)

export interface Cause {
  text: string
  /** Epoch ms; null = not known. */
  since: number | null
}

/** null where the state says it all. */
export function causeOf(facts: PrinterFacts, display: DisplayState): Cause | null {
  switch (display) {
    case 'needs': return needs(facts)
    case 'error': return error(facts)
    case 'offline': return offline(facts)
    case 'printing':
    case 'idle': return null
  }
}

/** The attention that is told first: the oldest one. */
export function firstAttention(attentions: readonly Attention[]): Attention | null {
  return [...attentions].sort((a, b) => a.since - b.since)[0] ?? null
}

function needs({ state, pause }: PrinterFacts): Cause {
  const attention = firstAttention(state.attentions)
  if (attention === null) return { text: 'Paused elsewhere. Look at the printer, then resume.', since: pause?.since ?? null }
  const cause = (attention.kind === 'user_input' ? own(attention.text) : null) ?? HAPPENED[attention.kind]
  return { text: both(cause, cureOf(attention)), since: attention.since }
}

/** A prompt without choices can only be answered where it stands. */
function cureOf(attention: Attention): string {
  return attention.kind === 'user_input' && attention.choices.length === 0 ? 'Answer it at the printer.' : WORDS.attentionCure(attention.kind)
}

function error(facts: PrinterFacts): Cause {
  const { link, state, trouble, last } = facts
  if (link.link === 'auth_failed') return { text: link.detail ?? WORDS.linkAuthFailedCure, since: link.since }
  if (link.link === 'refused') return { text: link.detail ?? `The server refuses us. ${WORDS.linkRefusedCure}`, since: link.since }
  if (state.device === 'error' || state.device === 'shutdown') return device(facts)
  const failed = last ?? trouble
  return failed === null ? { text: both('The print failed', 'Look at the printer.'), since: null } : { text: failure(failed), since: failed.at }
}

function device({ state, trouble, deviceSince }: PrinterFacts): Cause {
  const told = trouble !== null && trouble.type.startsWith('device.') ? trouble : null
  const words = own(told?.text) ?? own(state.faults[0]?.text)
  const shut = state.device === 'shutdown'
  const cause = words ?? (shut ? 'The firmware stopped' : 'The printer reports an error')
  return { text: both(cause, shut ? 'Restart it when the cause is gone.' : 'Look at the printer, then restart it.'), since: told?.at ?? deviceSince }
}

function failure(failed: Remembered): string {
  const known = WORDS.failedBecause(failed.reason ?? undefined)
  const words = own(failed.text)
  if (known !== null) return both(known.cause, known.cure)
  return words === null ? 'The print failed, the server gives no cause. Look at the printer.' : both(words, 'Look at the printer.')
}

function offline({ link, state, server, deviceSince }: PrinterFacts): Cause {
  if (link.link === 'connecting') return { text: `Connecting to ${server}.`, since: null }
  if (link.link === 'down') return { text: link.detail ?? 'Does not answer. It may be switched off.', since: link.since }
  return { text: state.device === 'off' ? `${server} is not connected to the printer. Switch it on, then connect it there.` : `Waiting for word from ${server}.`, since: deviceSince }
}
