import { describe, expect, test } from 'vitest'
import { LANGUAGE_CODES, type LanguageCode } from '../../delivery/languages/codes.ts'
import type { Count } from '../../delivery/languages/format.ts'
import { languageOf } from '../../delivery/languages/language.ts'
import { EVENT_TYPES } from '../../events/model.ts'
import { typesTelling } from '../../rules/explain.ts'
import { titleOf } from '../title.ts'
import type { Fates, WhyWords } from './english.ts'
import { isClock } from './english.ts'
import { whyLanguageOf } from './index.ts'

const OTHERS = LANGUAGE_CODES.filter((code) => code !== 'en')
const two: Count = { shown: '2', form: 'other' }
const SPAN = { from: '11:00', to: '12:10' }
const SAID = { event: 'Alpha', destination: 'Beta', printer: 'Gamma' }

/** Every sentence that has something in it, said with the same; those with several shapes by their goldens. */
const ASKED: Readonly<Record<string, (words: WhyWords) => string>> = {
  'passed.profile': (words) => words.passed.profile('Alpha'),
  'passed.filtered': (words) => words.passed.filtered('Alpha'),
  'passed.timeslot': (words) => words.passed.timeslot('Alpha'),
  'passed.subscribed': (words) => words.passed.subscribed('Alpha'),
  'passed.supported': (words) => words.passed.supported('Alpha'),
  byProfile: (words) => words.byProfile('Alpha', 'Beta'),
  byFollowing: (words) => words.byFollowing('Alpha'),
  silence: (words) => words.silence('Alpha', true, 'Beta'),
  escalation: (words) => words.escalation('Alpha'),
  filter: (words) => words.filter('Alpha', 'tags'),
  heldUntil: (words) => words.heldUntil('Alpha', '12:10'),
  gathered: (words) => words.gathered('Alpha'),
  'next.at': (words) => words.next.at('12:10'),
  'next.tried': (words) => words.next.tried('12:10'),
  notTold: (words) => words.notTold('Alpha', 'beta'),
  'why.seen': (words) => words.why.seen('Alpha', 'Beta', '11:00', '12:10'),
  'why.acknowledgedAt': (words) => words.why.acknowledgedAt('12:10'),
  'why.seenSince': (words) => words.why.seenSince('12:10'),
  'why.summary': (words) => words.why.summary({ shown: '8', form: 'other' }, { delivered: two, waiting: two, failed: two, dropped: two }),
  'why.nothingSeen': (words) => words.why.nothingSeen('Alpha', 'Beta', '12:10'),
  'why.noPrinter': (words) => words.why.noPrinter('Alpha'),
  'why.printerOff': (words) => words.why.printerOff('Alpha'),
  'why.swallowed': (words) => words.why.swallowed('Alpha', 'Beta', '12:10', 'gamma', 'delta'),
  'why.nobodyAsks': (words) => words.why.nobodyAsks('Alpha'),
  'why.kindOff': (words) => words.why.kindOff('Alpha', 'beta'),
  'why.notKept': (words) => words.why.notKept(two),
  'why.unreachable': (words) => words.why.unreachable('Alpha', SPAN, 'beta'),
  'fate.leased': (words) => words.fate.leased('Alpha'),
  'fate.onItsWay': (words) => words.fate.onItsWay('Alpha'),
  'fate.notTaken': (words) => words.fate.notTaken('Alpha', '12:10'),
  'fate.tooOld': (words) => words.fate.tooOld('Alpha', '12:10'),
  'fate.takenBack': (words) => words.fate.takenBack('Alpha'),
  'fate.notThere': (words) => words.fate.notThere('Alpha'),
  'fate.notTold': (words) => words.fate.notTold('Alpha'),
  'fate.delivered': (words) => words.fate.delivered('Alpha', '12:10', 'beta'),
  'fate.waited': (words) => words.fate.waited('Alpha'),
  'fate.tries': (words) => words.fate.tries(two),
  'fate.held': (words) => words.fate.held('Alpha', '12:10'),
  'fate.notYet': (words) => words.fate.notYet('Alpha', two),
  'fate.triedUntil': (words) => words.fate.triedUntil('12:10'),
  'fate.fails': (words) => words.fate.fails('Alpha', true, '12:10', 'beta'),
  'broadcast.triedAgain': (words) => words.broadcast.triedAgain('Alpha.'),
}

/** Every sentence by its place; what is searched by is none. */
function sentences({ called: _called, ...words }: WhyWords): Map<string, string> {
  const all = new Map<string, string>()
  const walk = (node: unknown, path: string): void => {
    if (typeof node === 'string') all.set(path, node)
    else if (typeof node !== 'function') for (const [name, child] of Object.entries(node as object)) walk(child, path === '' ? name : `${path}.${name}`)
    else if (path.startsWith('reasons.')) all.set(path, (node as WhyWords['reasons']['subscribed'])(SAID, { name: 'Delta' }))
    else if (path.startsWith('why.absent.')) all.set(path, (node as WhyWords['why']['absent']['sleep'])(SPAN))
    else all.set(path, ASKED[path]?.({ ...words, called: _called }) ?? `${path} is not said in this test`)
  }
  walk(words, '')
  return all
}
const english = sentences(whyLanguageOf().words)

describe('the catalogues', () => {
  test('one that misses a sentence does not compile', () => {
    type Compiles = Omit<WhyWords, 'noReason'> extends WhyWords ? true : false
    const compiles: Compiles = false
    expect(compiles).toBe(false)
  })

  test('every sentence with something in it is said by this test', () => {
    expect([...english].filter(([path, text]) => text === `${path} is not said in this test`)).toEqual([])
    expect(english.size).toBeGreaterThan(160)
  })

  test.each<[LanguageCode, string[]]>([['de', []], ['fr', ['stages.enabled', 'stages.silenced']], ['es', []]])('%s says nothing as English does but what is written the same', (code, same) => {
    const own = sentences(whyLanguageOf(code).words)
    expect([...own.keys()].sort()).toEqual([...english.keys()].sort())
    expect([...english].filter(([path, text]) => own.get(path) === text).map(([path]) => path).sort()).toEqual(same)
  })

  test.each(OTHERS)('%s keeps every name, time and setting that English has, and ends as it does', (code) => {
    const own = sentences(whyLanguageOf(code).words)
    const kept = (text: string): string[] => [...text.matchAll(/\b(?:Alpha|Beta|Gamma|Delta|beta|gamma|delta|11:00|12:10|notifyMyself|retention\.eventDays)\b|\d+/g)].map(([found]) => found).sort()
    for (const [path, text] of english) {
      const said = own.get(path) ?? ''
      // A printer that could not be named in English is not named in another order only.
      expect(kept(said), path).toEqual(kept(text))
      expect(/[.!?]$/.test(said), path).toBe(/[.!?]$/.test(text))
      const first = said.replace(/^[„«“]\u202f?/, '').charAt(0)
      if (/^[A-Z]/.test(text)) expect(first, `${path}: ${said}`).toMatch(/[A-ZÄÖÜÀÉ\d]/)
      if (/^[a-z]/.test(text)) expect(first, `${path}: ${said}`).toMatch(/[a-zàéü]/)
    }
  })

  test.each<[LanguageCode, RegExp]>([
    ['de', /[“”]\p{L}|["«»]|\b(?:du|dein\w*|dir|dich|Sie|Ihr\w*|Ihnen)\b/u],
    ['fr', /["“”„']|«(?!\u202f)|(?<!\u202f)»|(?<!\u202f)[;!?]|(?<![\u202f\d]):|(?<!\d):(?=\d)|\b(?:tu|ton|tes|toi|vous|votre|vos)\b/u],
    ['es', /["“”„]|[«\u202f]\u202f|\b(?:tú|tu|tus|te|ti|usted|ustedes)\b/u],
  ])('%s has the quotes of its language and addresses nobody', (code, wrong) => {
    expect([...sentences(whyLanguageOf(code).words)].filter(([, text]) => wrong.test(text))).toEqual([])
  })

  test.each(LANGUAGE_CODES)('%s has room for a stage: one or two words', (code) => {
    const { stages, next } = whyLanguageOf(code).words
    for (const stage of [...Object.values(stages), next.next, next.now, next.at('12:10')]) expect(Array.from(stage).length, stage).toBeLessThanOrEqual(14)
  })

  test('a language is made once', () => {
    expect(whyLanguageOf('de')).toBe(whyLanguageOf('de'))
    expect(whyLanguageOf('de').messages).toBe(languageOf('de'))
  })
})

describe('counts', () => {
  const told = (code: LanguageCode, n: number, say: (words: WhyWords, count: Count) => string): string => {
    const { words, messages } = whyLanguageOf(code)
    return say(words, messages.formats.count(n))
  }
  const days = (words: WhyWords, count: Count): string => words.why.notKept(count).split(/[,.]\s(?=[A-Za-zu])/)[0] ?? ''
  const tries = (words: WhyWords, count: Count): string => words.fate.notYet('A', count)
  const dropped = (words: WhyWords, count: Count): string => words.why.summary(count, { delivered: null, waiting: null, failed: null, dropped: count } satisfies Fates)

  test.each<[LanguageCode, string[]]>([
    ['de', ['Es wurde nach 1 Versuch noch nicht an „A“ zugestellt', 'Es wurde nach 2 Versuchen noch nicht an „A“ zugestellt', 'Es wurde nach 5 Versuchen noch nicht an „A“ zugestellt']],
    ['fr', ['Pas encore remis à «\u202fA\u202f», après 1 essai', 'Pas encore remis à «\u202fA\u202f», après 2 essais', 'Pas encore remis à «\u202fA\u202f», après 5 essais']],
    ['es', ['Aún no se ha entregado a «A», tras 1 intento', 'Aún no se ha entregado a «A», tras 2 intentos', 'Aún no se ha entregado a «A», tras 5 intentos']],
  ])('of tries in %s', (code, expected) => expect([1, 2, 5].map((n) => told(code, n, tries))).toEqual(expected))

  test('of days and destinations', () => {
    expect([1, 2, 1_000_000].map((n) => told('de', n, days))).toEqual(['Der Verlauf reicht 1 Tag zurück', 'Der Verlauf reicht 2 Tage zurück', 'Der Verlauf reicht 1.000.000 Tage zurück'])
    expect([1, 2, 1_000_000].map((n) => told('fr', n, days))).toEqual(['L’historique garde 1 jour', 'L’historique garde 2 jours', 'L’historique garde 1\u202f000\u202f000 de jours'])
    expect([1, 2, 1_000_000].map((n) => told('es', n, days))).toEqual(['El historial guarda 1 día', 'El historial guarda 2 días', 'El historial guarda 1.000.000 de días'])
    expect(OTHERS.map((code) => [1, 2].map((n) => told(code, n, dropped).split(/:\s|,\s/).at(-1)))).toEqual([['1 erfuhr nichts davon', '2 erfuhren nichts davon'], ['1 n’en a rien appris', '2 n’en ont rien appris'], ['1 no se enteró', '2 no se enteraron']])
  })
})

test.each([['12:01', true], ['2:31\u202fPM', true], ['14\u00a0h\u00a031', true], ['14. Jan. 12:01', false], ['14 janv. 12:01', false], ['Di 07:00', false], ['15 Hz', false]])('%s is told without its day: %s', (time, told) => {
  expect(isClock(time)).toBe(told)
})

describe('the words that kinds are found by', () => {
  test.each(OTHERS)('in %s are all of what the window calls them, and the English ones', (code) => {
    for (const type of EVENT_TYPES) {
      for (const word of titleOf({ type }, languageOf(code)).split(' ')) expect(typesTelling(word, code), `${type}: ${word}`).toContain(type)
      for (const word of titleOf({ type }).split(' ').filter(({ length }) => length >= 3)) expect(typesTelling(word, code), `${type}: ${word}`).toEqual(expect.arrayContaining(typesTelling(word)))
    }
  })

  test.each<[string, LanguageCode, string[]]>([
    ['leer', 'de', ['attention.filament_runout']],
    ['FILAMENT', 'de', ['attention.filament_runout', 'attention.filament_change']],
    ['zu', 'de', ['attention.filament_runout', 'app.silence_over']],
    ['z', 'de', []],
    ['tur', 'de', ['attention.door']],
    ['Tür', 'de', ['attention.door']],
    ['épuisé', 'fr', ['attention.filament_runout']],
    ['epuise', 'fr', ['attention.filament_runout']],
    ['d’image', 'fr', ['camera.lost']],
    ['agotad', 'es', ['attention.filament_runout']],
    ['leer', 'en', []],
    ['leer', 'es', []],
    ['benchy', 'de', []],
  ])('%s in %s are %j', (word, code, types) => {
    expect(typesTelling(word, code)).toEqual(types)
  })
})
