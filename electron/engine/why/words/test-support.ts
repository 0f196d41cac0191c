/** Every code of decisions, deliveries and what was swallowed, told in a language about the same things. */
import { expect, test } from 'vitest'
import type { LanguageCode } from '../../delivery/languages/codes.ts'
import type { SuppressReason } from '../../events/model.ts'
import type { Attempt, Decision } from '../../history/history.ts'
import { decisionText, explain, nextStep, stageWord, suppressedBecause, trace, type Names } from '../../rules/explain.ts'
import type { FilterField } from '../../rules/filter.ts'
import type { StageName } from '../../rules/route.ts'
import { WATCH_ID } from '../../watching/id.ts'
import { titleOf } from '../title.ts'
import type { ReasonCode } from './english.ts'
import { whyLanguageOf, type WhyLanguage } from './index.ts'

const AT = 1_768_478_400_000

/** What the goldens speak of: filament that ran out on MK4, told to Family. */
export function namesIn({ messages }: WhyLanguage, over: Partial<Names> = {}): Names {
  return {
    event: titleOf({ type: 'attention.filament_runout' }, messages), destination: 'Family', printer: 'MK4',
    silence: (id) => ({ one: { name: 'Nozzles', by: 'window', over: false }, past: { name: '', by: 'Ann', over: true } }[id] ?? null),
    filter: (id) => (id === 'night' ? 'Night shift' : null), profile: (id) => (id === 'P1' ? 'Workshop' : null), time: (at) => (at === AT ? '15:00' : '07:00'), ...over,
  }
}

const decision = (over: Partial<Decision>): Decision => ({ eventId: 'E1', destinationId: 'fam', seq: 1, decision: 'drop', stage: 'subscribed', reason: 'not_subscribed', profileId: null, until: null, at: AT, ...over })

/** Reasons that stand for themselves, and those that carry an id. */
export function reasonIn(language: WhyLanguage, reason: ReasonCode | 'silence:one' | 'silence:past' | 'silence:gone' | 'burst:E1' | 'host:octo' | 'escalation:P1' | ''): string {
  return decisionText(decision({ reason }), namesIn(language), language.words)
}

export function filterIn(language: WhyLanguage, field: string): string {
  return decisionText(decision({ reason: `filter:night:${field}` }), namesIn(language), language.words)
}

export const stageIn = ({ words }: WhyLanguage, stage: StageName): string => stageWord(stage, words)
export const swallowedIn = ({ words }: WhyLanguage, reason: SuppressReason): string => suppressedBecause({ reason, detail: '' }, words)

/** Whose decision it is, what is held, and a printer or a profile without a name. */
export const SPECIAL = {
  held: (language: WhyLanguage) => explain(decision({ decision: 'hold', stage: 'timeslot', reason: 'timeslot_closed', profileId: 'P1', until: AT }), namesIn(language), language.words).text,
  digest: (language: WhyLanguage) => explain(decision({ decision: 'digest', stage: 'mode', reason: 'digest', until: AT }), namesIn(language), language.words).text,
  ofProfile: (language: WhyLanguage) => decisionText(decision({ reason: 'subscribed', profileId: 'P1' }), namesIn(language), language.words),
  ofGoneProfile: (language: WhyLanguage) => decisionText(decision({ reason: 'subscribed', profileId: 'old' }), namesIn(language), language.words),
  profileOff: (language: WhyLanguage) => decisionText(decision({ reason: 'profile_off', profileId: 'P1' }), namesIn(language), language.words),
  goneProfileRests: (language: WhyLanguage) => decisionText(decision({ reason: 'profile_paused', profileId: 'old' }), namesIn(language), language.words),
  followed: (language: WhyLanguage) => decisionText(decision({ reason: 'subscribed', profileId: `${WATCH_ID}mk4` }), namesIn(language), language.words),
  idleOfNoPrinter: (language: WhyLanguage) => decisionText(decision({ reason: 'no_job' }), namesIn(language, { printer: '' }), language.words),
  followedOfNoPrinter: (language: WhyLanguage) => decisionText(decision({ reason: 'watched', profileId: `${WATCH_ID}mk4` }), namesIn(language, { printer: '' }), language.words),
  goneFilter: (language: WhyLanguage) => decisionText(decision({ reason: 'filter:old:tags' }), namesIn(language), language.words),
} satisfies Record<string, (language: WhyLanguage) => string>
export type Special = keyof typeof SPECIAL

const STEPS = {
  released: { state: 'held' }, judged: { state: 'held', releaseAt: AT }, turn: { state: 'waiting', attempts: 0 }, tried: { state: 'waiting', attempts: 2, nextAttemptAt: AT }, leased: { state: 'leased' }, dead: { state: 'dead' }, expired: { state: 'expired' }, cancelled: { state: 'cancelled' },
} as const
export type Step = keyof typeof STEPS

/** "At 15:00: Judged again, dropped if it no longer holds". */
export function stepIn(language: WhyLanguage, step: Step): string {
  const next = nextStep({ nextAttemptAt: AT, releaseAt: null, attempts: 1, expiresAt: AT + 1, ...STEPS[step] }, AT - 60_000, namesIn(language), language.words)
  return `${next?.stage}: ${next?.text}`
}

/** What is expected of a language, typed by hand; a code without a sentence does not compile. */
export interface Goldens {
  reasons: Readonly<Record<Parameters<typeof reasonIn>[1], string>>
  filters: Readonly<Record<FilterField | 'empty' | 'moons', string>>
  special: Readonly<Record<Special, string>>
  stages: Readonly<Record<StageName, string>>
  passed: readonly string[]
  steps: Readonly<Record<Step, string>>
  attempts: Readonly<Record<Attempt['result'], string>>
  swallowed: Readonly<Record<SuppressReason, string>>
}

/** Tells all of it and compares. */
export function expectGoldens(code: LanguageCode, goldens: Goldens): void {
  const language = whyLanguageOf(code)
  const each = <T extends string>(of: Readonly<Record<T, string>>): [T, string][] => Object.entries(of) as [T, string][]
  test.each(each(goldens.reasons))('the reason %s', (reason, text) => expect(reasonIn(language, reason)).toBe(text))
  test.each(each(goldens.filters))('a filter that stands against it by %s', (field, text) => expect(filterIn(language, field)).toBe(text))
  test.each(each(goldens.special))('%s', (special, text) => expect(SPECIAL[special](language)).toBe(text))
  test.each(each(goldens.stages))('the stage %s', (stage, text) => expect(stageIn(language, stage)).toBe(text))
  test('stages that let it through', () => expect(passedIn(language)).toEqual(goldens.passed))
  test.each(each(goldens.steps))('the next step %s', (step, text) => expect(stepIn(language, step)).toBe(text))
  test.each(each(goldens.attempts))('a try that ended %s', (result, text) => expect(language.words.attempts[result]).toBe(text))
  test.each(each(goldens.swallowed))('swallowed by %s', (reason, text) => expect(swallowedIn(language, reason)).toBe(text))
}

/** "Subscribed: “Filament ran out” is on". */
function passedIn(language: WhyLanguage): string[] {
  return trace([decision({ decision: 'deliver', stage: 'deliver', reason: 'subscribed', profileId: 'P1' })], namesIn(language), language.words).slice(0, -1).map(({ stage, text }) => `${stage}: ${text}`)
}
