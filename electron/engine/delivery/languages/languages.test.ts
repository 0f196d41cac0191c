import { afterEach, describe, expect, test, vi } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../../test/support/rule-fixtures.ts'
import { EVENT_TYPES, type PrinterEvent } from '../../events/model.ts'
import { happening } from '../body.ts'
import { render } from '../render.ts'
import { LANGUAGE_CODES, type LanguageCode } from './codes.ts'
import { english, type Catalogue } from './english.ts'
import type { Count, When } from './format.ts'
import { codeOfLocale, ENGLISH, languageFor, languageOf, languagesAtFirstUse } from './language.ts'

const OTHERS = LANGUAGE_CODES.filter((code) => code !== 'en')
const two: Count = { shown: '2', form: 'other' }
const then: When = { day: 'D', clock: 'C' }

/** Every sentence that has something in it, said with the same. */
const SAID: Readonly<Record<string, (words: Catalogue) => string>> = {
  titled: (words) => words.titled('A', 'B'),
  layer: (words) => words.layer('5'),
  progress: (words) => words.progress('5 %'),
  printingFor: (words) => words.printingFor('2 h'),
  doneIn: (words) => words.doneIn('2 h'),
  etaSlippedBody: (words) => words.etaSlippedBody('2 h'),
  at: (words) => words.at('A', '5 %'),
  ownAt: (words) => words.ownAt('A', '5 %'),
  'heaters.nozzleOf': (words) => words.heaters.nozzleOf('1'),
  heaterReached: (words) => words.heaterReached('A', '5 °C'),
  heaterCooled: (words) => words.heaterCooled('A'),
  heaterLeftOn: (words) => words.heaterLeftOn('A'),
  testBody: (words) => words.testBody('A'),
  lateEnd: (words) => words.lateEnd(then),
  late: (words) => words.late(then),
  happenedAt: (words) => words.happenedAt(then),
  then: (words) => words.then('A', 'B'),
  heldBack: (words) => words.heldBack(two),
  away: (words) => words.away(two),
  more: (words) => words.more('A', two),
  printers: (words) => words.printers(two),
  tooLate: (words) => words.tooLate('stale', 'A.'),
  'toast.choices': (words) => words.toast.choices('A'),
  'picture.of': (words) => words.picture.of('A'),
  'mail.closing': (words) => words.mail.closing('A'),
  'mail.target': (words) => words.mail.target('A'),
  'entities.temperature': (words) => words.entities.temperature('A'),
  'entities.target': (words) => words.entities.target('A'),
}

/** Every sentence by its place. */
function sentences(words: Catalogue): Map<string, string> {
  const all = new Map<string, string>()
  const walk = (node: unknown, path: string): void => {
    if (typeof node === 'string') all.set(path, node)
    else if (typeof node === 'function') all.set(path, SAID[path]?.(words) ?? `${path} is not said in this test`)
    else for (const [name, child] of Object.entries(node as object)) walk(child, path === '' ? name : `${path}.${name}`)
  }
  walk(words, '')
  return all
}

describe('the catalogues', () => {
  test('one that misses a sentence does not compile', () => {
    type Compiles = Omit<Catalogue, 'started'> extends Catalogue ? true : false
    const compiles: Compiles = false
    expect(compiles).toBe(false)
  })

  test('every sentence with something in it is said by this test', () => {
    expect([...sentences(english)].filter(([path, text]) => text === `${path} is not said in this test`)).toEqual([])
  })

  test.each<[LanguageCode, string[]]>([
    ['de', ['app', 'then', 'titled']],
    ['fr', ['app', 'message']],
    ['es', ['app', 'then', 'titled']],
  ])('%s says nothing as English does but what is written the same', (code, same) => {
    const own = sentences(languageOf(code).words)
    expect([...sentences(english)].filter(([path, text]) => own.get(path) === text).map(([path]) => path).sort()).toEqual(same)
  })

  test.each(OTHERS)('%s leaves nothing empty, and each text begins and ends as the English one: a sentence, or a part of one', (code) => {
    const own = sentences(languageOf(code).words)
    for (const [path, text] of sentences(english)) {
      const said = own.get(path) ?? ''
      expect(said, path).not.toBe('')
      expect(/[.!?]$/.test(said), path).toBe(/[.!?]$/.test(text))
      const first = said.replace(/^[„«¿]\u00a0?/, '').charAt(0)
      if (/^[A-Z]/.test(text)) expect(first, path).toMatch(/[A-ZÄÖÜÀÉ\d]/)
      // Nouns of German are capital everywhere.
      if (/^[a-z]/.test(text) && code !== 'de') expect(first === 'G' || first === first.toLowerCase(), `${path}: ${said}`).toBe(true)
    }
  })

  test.each(LANGUAGE_CODES)('%s has buttons of at most 16 characters, all different within a message', (code) => {
    const { buttons } = languageOf(code).words
    for (const label of Object.values(buttons)) expect(Array.from(label).length, label).toBeLessThanOrEqual(16)
    expect(new Set([buttons.cancel_confirm, buttons.keep, buttons.cancel]).size).toBe(3)
  })

  test.each(OTHERS)('%s has French signs only in French: a space before a colon', (code) => {
    for (const [path, text] of sentences(languageOf(code).words)) expect(/\u00a0[:?»]|«\u00a0/.test(text) && code !== 'fr', path).toBe(false)
  })

  test('French keeps its space before every colon and question mark', () => {
    for (const [path, text] of sentences(languageOf('fr').words)) expect(text, path).not.toMatch(/[^\u00a0][:?]|[^\u00a0]»/)
  })
})

describe('the room', () => {
  const ordinary: Partial<PrinterEvent> = {
    job: LAMP, progress: 0.99, remaining: 359_940, printTime: 359_940, layer: 9_999, heater: { name: 'tool1', actual: 299, target: 300 },
  }
  test.each(LANGUAGE_CODES.flatMap((code) => EVENT_TYPES.map((type) => [code, type] as const)))('%s tells %s without cutting what happened', (code, type) => {
    for (const reason of [undefined, 'cancelled_or_failed']) {
      for (const event of [{}, ...['pause', 'resume', 'cancel', 'gcode', 'answer', 'emergency_stop', 'mute', 'acknowledge', 'x'].map((action) => ({ code: action }))]) {
        expect(happening({ ...anEvent(type, { ...ordinary, ...event }), ...(reason === undefined ? {} : { reason }) }, undefined, languageOf(code))).not.toContain('…')
      }
    }
  })

  const hostile: Partial<PrinterEvent> = {
    ...ordinary, printerName: 'Würfel 🧊 '.repeat(20), text: 'very long text '.repeat(20), heater: { name: 'a heater with quite a long name', actual: 200, target: 210 },
    job: { ...LAMP, file: { ...LAMP.file, name: `${'long_name_'.repeat(12)}.gcode` } }, native: { name: 'X'.repeat(60), payload: null },
  }
  test.each(OTHERS.flatMap((code) => EVENT_TYPES.map((type) => [code, type] as const)))('%s keeps %s to 40 and 90 characters with long names', (code, type) => {
    const context = { now: NOON, capabilities: null, timeZone: 'UTC', language: languageOf(code) }
    const event = anEvent(type, hostile)
    for (const message of [render(event, context), render({ ...event, late: true }, context), render(event, { ...context, late: true })]) {
      expect(Array.from(message.title).length).toBeLessThanOrEqual(40)
      expect(Array.from(message.body).length).toBeLessThanOrEqual(90)
    }
    const alone = render({ ...event, printerName: 'A' }, context).title.slice(1)
    expect(render(event, context).title.endsWith(alone)).toBe(true)
  })
})

describe('counts', () => {
  test.each<[LanguageCode, number, string, string]>([
    ['en', 0, '0 events while you were away', 'A and 0 more'],
    ['en', 1, '1 event while you were away', 'A and 1 more'],
    ['en', 2, '2 events while you were away', 'A and 2 more'],
    ['de', 0, '0 Ereignisse während der Abwesenheit', 'A und 0 weitere'],
    ['de', 1, '1 Ereignis während der Abwesenheit', 'A und 1 weiterer'],
    ['de', 2, '2 Ereignisse während der Abwesenheit', 'A und 2 weitere'],
    ['de', 5, '5 Ereignisse während der Abwesenheit', 'A und 5 weitere'],
    ['de', 1_000_000, '1.000.000 Ereignisse während der Abwesenheit', 'A und 1.000.000 weitere'],
    ['fr', 0, "0 événement pendant l'absence", 'A et 0 autre'],
    ['fr', 1, "1 événement pendant l'absence", 'A et 1 autre'],
    ['fr', 2, "2 événements pendant l'absence", 'A et 2 autres'],
    ['fr', 5, "5 événements pendant l'absence", 'A et 5 autres'],
    ['fr', 1_000_000, "1\u202f000\u202f000 d'événements pendant l'absence", "A et 1\u202f000\u202f000 d'autres"],
    ['es', 0, '0 eventos durante la ausencia', 'A y 0 más'],
    ['es', 1, '1 evento durante la ausencia', 'A y 1 más'],
    ['es', 2, '2 eventos durante la ausencia', 'A y 2 más'],
    ['es', 5, '5 eventos durante la ausencia', 'A y 5 más'],
    ['es', 1_000_000, '1.000.000 de eventos durante la ausencia', 'A y 1.000.000 de impresoras más'],
  ])('%s has the right form for %i', (code, count, away, more) => {
    const { words, formats } = languageOf(code)
    expect([words.away(formats.count(count)), words.more('A', formats.count(count))]).toEqual([away, more])
  })
})

describe('numbers and times', () => {
  test.each<[LanguageCode, string, string, string, string, string]>([
    ['en', '62 %', '99 %', '215 °C', '45 s', '3 h 36 min'],
    ['de', '62\u00a0%', '99\u00a0%', '215\u00a0°C', '45\u00a0s', '3\u00a0h\u00a036\u00a0min'],
    ['fr', '62\u00a0%', '99\u00a0%', '215\u00a0°C', '45\u00a0s', '3\u00a0h\u00a036\u00a0min'],
    ['es', '62\u00a0%', '99\u00a0%', '215\u00a0°C', '45\u00a0s', '3\u00a0h\u00a036\u00a0min'],
  ])('%s writes a number and its unit', (code, percent, nearly, degrees, short, long) => {
    const { formats } = languageOf(code)
    expect([formats.percent(0.62), formats.percent(0.999), formats.degrees(214.6), formats.duration(45), formats.duration(12_960)]).toEqual([percent, nearly, degrees, short, long])
  })

  test.each<[LanguageCode, string, string]>([['en', '14 Jan', '00:05'], ['de', '14. Jan.', '00:05'], ['fr', '14 janv.', '00:05'], ['es', '14 ene', '00:05']])('%s has 24 hours, and names another day', (code, day, clock) => {
    const at = Date.UTC(2026, 0, 14, 0, 5)
    expect(languageOf(code).formats.when(at, NOON, 'UTC')).toEqual({ day, clock })
    expect(languageOf(code).formats.when(at, at + 3_600_000, 'UTC')).toEqual({ day: null, clock })
  })

  describe('without a zone', () => {
    afterEach(() => void vi.unstubAllEnvs())

    test('are those of the computer, wherever it is carried meanwhile', () => {
      const clock = (): string => ENGLISH.formats.when(NOON, NOON).clock
      vi.stubEnv('TZ', 'Europe/Berlin')
      expect(clock()).toBe('13:00')
      vi.stubEnv('TZ', 'Asia/Kolkata')
      expect(clock()).toBe('17:30')
      expect(ENGLISH.formats.when(Date.UTC(2026, 0, 14, 20), NOON)).toEqual({ day: null, clock: '01:30' })
    })
  })
})

describe('which language', () => {
  test.each<[string | null, LanguageCode]>([
    ['de', 'de'], ['de-AT', 'de'], ['de_AT.UTF-8', 'de'], ['DE', 'de'], ['fr-CA', 'fr'], ['es-419', 'es'], ['es_MX@euro', 'es'], ['en-US', 'en'],
    ['nl-NL', 'en'], ['den', 'en'], ['C', 'en'], ['C.UTF-8', 'en'], ['POSIX', 'en'], ['', 'en'], [null, 'en'],
  ])('a computer of %j speaks %s', (locale, code) => {
    expect(codeOfLocale(locale)).toBe(code)
  })

  test.each<[string, 'system' | LanguageCode, LanguageCode | undefined, string | null, LanguageCode]>([
    ["a destination's own wins over the settings", 'de', 'es', 'fr-FR', 'es'],
    ["a destination's own wins over the computer", 'system', 'en', 'fr-FR', 'en'],
    ['without one the settings say', 'de', undefined, 'fr-FR', 'de'],
    ['"system" is the computer', 'system', undefined, 'fr-FR', 'fr'],
    ['a computer that is not known is English', 'system', undefined, null, 'en'],
  ])('%s', (_title, language, own, locale, code) => {
    const settings = { language, destinations: [{ id: 'other', language: 'fr' as const }, { id: 'phone', ...(own === undefined ? {} : { language: own }) }] }
    expect(languageFor(settings, 'phone', locale).code).toBe(code)
  })

  test('a language is made at its first use, and once', () => {
    const made: LanguageCode[] = []
    const make = (code: LanguageCode) => () => {
      made.push(code)
      return { words: english, formats: ENGLISH.formats }
    }
    const of = languagesAtFirstUse({ en: make('en'), de: make('de'), fr: make('fr'), es: make('es') })
    expect(made).toEqual([])
    expect([of('fr').code, of().code, of('fr').code]).toEqual(['fr', 'en', 'fr'])
    expect(made).toEqual(['fr', 'en'])
  })
})
