import { createI18n } from 'vue-i18n'
import { describe, expect, it } from 'vitest'
import { i18n } from '../lib/i18n.ts'
import type { Texts } from '../lib/texts.ts'
import de from './de/index.ts'
import en from './en/index.ts'
import es from './es/index.ts'
import fr from './fr/index.ts'

const LANGUAGES: readonly [string, Texts][] = [['de', de], ['fr', fr], ['es', es]]

/** Every text by its key; those of a list by their place. */
function flat(texts: unknown, before = ''): [string, string][] {
  if (typeof texts === 'string') return [[before, texts]]
  return Object.entries(texts as object).flatMap(([name, value]) => flat(value, before === '' ? name : `${before}.${name}`))
}
const ENGLISH = flat(en)
/** What stands in braces, each once: forms of a count may name the number or not. */
const placeholders = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))].sort()
const forms = (text: string): number => text.split('|').length
const failing = (texts: Texts, wrong: (text: string, english: string, key: string) => boolean): string[] => {
  const said = new Map(flat(texts.messages))
  return ENGLISH.filter(([key, english]) => wrong(said.get(key) ?? '', english, key)).map(([key]) => `${key}: ${said.get(key) ?? '(missing)'}`)
}

/** Words that are the same in both languages, and names. */
const SAME = /^(?:settings\.choice\.|app$|\w+\.toast\.samplePrinter$|settings\.about\.|printers\.(?:picture|pictureOf|details\.mm|details\.plotValue|details\.sources|live)|history\.(?:event\.pictureOf|date\.span)|setup\.(?:address|version|name\.label)|rules\.(?:targets|calendar\.zone|edit\.name|quoted|range)|reports\.(?:counts|noise)\.|settings\.(?:destinations|printer)\.name$|settings\.(?:pairs\.name|notifications\.tick|appearance\.themes\.system|destinations\.testTitle|sections\.\w+|events\.app_test|printer\.live|printer\.sections\.general)|destinations\.(?:import\.label|plugins\.(?:title|count)|dead\.|templates\.)|state\.(?:offline|error)|severity\.|nav\.|action\.test|\w+\.filters|filters|settings\.thresholds\.|settings\.groups\.)/

describe.each(LANGUAGES)('the window in %s', (_code, texts) => {
  it('has every text of English, and no other', () => {
    expect(flat(texts.messages).map(([key]) => key)).toEqual(ENGLISH.map(([key]) => key))
  })

  it('fills in the same', () => {
    expect(failing(texts, (text, english) => placeholders(text).join() !== placeholders(english).join())).toEqual([])
  })

  it('has as many forms of what is counted', () => {
    expect(failing(texts, (text, english) => forms(text) !== forms(english))).toEqual([])
  })

  it('is plain text: no markup, no link to another text, no brace that is not closed', () => {
    expect(failing(texts, (text) => /[<>]|@[.:]|&\w+;/.test(text) || text.replace(/\{\w+\}/g, '').match(/[{}]/) !== null)).toEqual([])
  })

  it('ends as English does, begins as English does, and leaves none empty', () => {
    // French shortens the names of days with a full stop.
    const end = (text: string): string => /[.…?:,]$/.exec(text.replace(/\b(?:lun|mar|mer|jeu|ven|sam|dim)\.$/, '').trim())?.[0] ?? ''
    expect(failing(texts, (text, english) => (english === '') !== (text === '') || text !== text.trim() || end(text) !== end(english))).toEqual([])
    expect(failing(texts, (text, english) => /^\p{Lu}/u.test(english) && /^\p{Ll}/u.test(text) && !MAY_BEGIN_SMALL.test(english))).toEqual([])
  })

  it('parts no number from its unit', () => {
    expect(failing(texts, (text) => /[\d}] (?:%|h|min|s|mm|px|°C)(?![\p{L}])/u.test(text))).toEqual([])
  })

  it('is no English that was forgotten', () => {
    expect(failing(texts, (text, english, key) => text === english && /\p{L}{4}.* .*\p{L}{3}/u.test(english.replace(/\{\w+\}/g, '')) && !SAME.test(key))).toEqual([])
  })
})

/** Month and weekday names are small in French and Spanish. */
const MAY_BEGIN_SMALL = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Mo|Tu|We|Th|Fr|Sa|Su)\b|^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day$|^(?:Pictures|Buttons|Updates)$/

describe('French', () => {
  it('has a narrow space that never breaks before its high marks and inside of guillemets', () => {
    const all = [...flat(fr.messages), ...Object.entries(fr.fields)]
    // What is code stands as it is.
    expect(all.map(([key, text]) => [key, text.replace(/"\w+":|plugins:/g, '')] as const).filter(([, text]) => /[^\u202f](?:[;!?](?:\s|$)|:(?:\s|$)|»)|«[^\u202f]/.test(text)).map(([key, text]) => `${key}: ${text}`)).toEqual([])
  })
})

describe('counts', () => {
  const said = (code: 'en' | 'de' | 'fr' | 'es', count: number): string => {
    const own = createI18n({ legacy: false, locale: code, messages: { [code]: { events: 'one | other', found: 'none | one | other' } }, pluralRules: i18n.global.pluralRules })
    return `${own.global.t('events', count)}, ${own.global.t('found', count)}`
  }
  it.each([
    ['en', ['other, none', 'one, one', 'other, other', 'other, other']],
    ['de', ['other, none', 'one, one', 'other, other', 'other, other']],
    // CLDR: "0 événement".
    ['fr', ['one, none', 'one, one', 'other, other', 'other, other']],
    ['es', ['other, none', 'one, one', 'other, other', 'other, other']],
  ] as const)('take the form of %s for 0, 1, 2 and 5', (code, expected) => {
    expect([0, 1, 2, 5].map((count) => said(code, count))).toEqual(expected)
  })
})
