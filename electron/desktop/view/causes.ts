/** Why a printer needs you, is in error or offline: cause, then cure. When that began is no part of the text, the window tells it. */
import { entryOf } from '../../engine/delivery/words.ts'
import { clean, cutEnd, sentence } from '../../engine/delivery/text.ts'
import type { Attention } from '../../engine/events/model.ts'
import type { DisplayState } from '../../bridge/views/common.ts'
import { ENGLISH_DESKTOP, type DesktopLanguage } from '../languages/index.ts'
import type { PrinterFacts, Remembered } from './facts.ts'

/** The printer's own words are untrusted, and may be long. */
const OWN_WORDS = 200

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
const own = (text: string | null | undefined): string | null => {
  const words = clean(text ?? '')
  return words === '' ? null : capital(cutEnd(words, OWN_WORDS))
}
const both = (cause: string, cure: string | null): string => (cure === null ? sentence(cause) : `${sentence(cause)} ${cure}`)

type CauseWords = DesktopLanguage['words']['cause']

export interface Cause {
  text: string
  /** Epoch ms; null = not known. */
  since: number | null
}

/** null where the state says it all. What a server or printer says itself stays as it is. */
export function causeOf(facts: PrinterFacts, display: DisplayState, language: DesktopLanguage = ENGLISH_DESKTOP): Cause | null {
  switch (display) {
    case 'needs': return needs(facts, language)
    case 'error': return error(facts, language)
    case 'offline': return offline(facts, language.words.cause)
    case 'printing':
    case 'idle': return null
  }
}

/** The attention that is told first: the oldest one. */
export function firstAttention(attentions: readonly Attention[]): Attention | null {
  return [...attentions].sort((a, b) => a.since - b.since)[0] ?? null
}

function needs({ state, pause }: PrinterFacts, language: DesktopLanguage): Cause {
  const words = language.words.cause
  const attention = firstAttention(state.attentions)
  if (attention === null) return { text: words.pausedElsewhere, since: pause?.since ?? null }
  const cause = (attention.kind === 'user_input' ? own(attention.text) : null) ?? words.happened[attention.kind]
  return { text: both(cause, cureOf(attention, language)), since: attention.since }
}

/** A prompt without choices can only be answered where it stands. */
function cureOf(attention: Attention, { words, messages }: DesktopLanguage): string {
  return attention.kind === 'user_input' && attention.choices.length === 0 ? words.cause.answerThere : messages.words.attentionCure[attention.kind]
}

function error(facts: PrinterFacts, language: DesktopLanguage): Cause {
  const { link, state, trouble, last } = facts
  const { words: { cause: words }, messages } = language
  if (link.link === 'auth_failed') return { text: link.detail ?? messages.words.linkAuthFailedCure, since: link.since }
  if (link.link === 'refused') return { text: link.detail ?? `${words.refused} ${messages.words.linkRefusedCure}`, since: link.since }
  if (state.device === 'error' || state.device === 'shutdown') return device(facts, words)
  const failed = last ?? trouble
  return failed === null ? { text: both(words.printFailed, words.look), since: null } : { text: failure(failed, language), since: failed.at }
}

function device({ state, trouble, deviceSince }: PrinterFacts, words: CauseWords): Cause {
  const told = trouble !== null && trouble.type.startsWith('device.') ? trouble : null
  const said = own(told?.text) ?? own(state.faults[0]?.text)
  const shut = state.device === 'shutdown'
  const cause = said ?? (shut ? words.firmwareStopped : words.reportsError)
  return { text: both(cause, shut ? words.restartAfter : words.lookThenRestart), since: told?.at ?? deviceSince }
}

function failure(failed: Remembered, { words: { cause: words }, messages }: DesktopLanguage): string {
  const known = entryOf(messages.words.failedBecause, failed.reason ?? undefined)
  const said = own(failed.text)
  if (known !== null) return both(known.cause, known.cure)
  return said === null ? `${words.noCause} ${words.look}` : both(said, words.look)
}

function offline({ link, state, server, deviceSince }: PrinterFacts, words: CauseWords): Cause {
  if (link.link === 'connecting') return { text: words.connecting(server), since: null }
  if (link.link === 'down') return { text: link.detail ?? words.silent, since: link.since }
  return { text: state.device === 'off' ? words.notConnected(server) : words.waiting(server), since: deviceSince }
}
