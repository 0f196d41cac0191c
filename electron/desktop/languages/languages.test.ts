import { describe, expect, it } from 'vitest'
import type { LanguageCode } from '../../bridge/views/common.ts'
import { cardOf, statusOf } from '../tray/test-support.ts'
import { printerLine, tooltip } from '../tray/words.ts'
import { causeOf } from '../view/causes.ts'
import { factsOf } from '../view/view.support.ts'
import { rowOf } from '../view/history.ts'
import { clockTime } from './clock.ts'
import { desktopLanguage, windowLanguage } from './index.ts'

describe('the language of the window', () => {
  it.each<[string, Parameters<typeof windowLanguage>[0]['language'], string[], string, { code: LanguageCode; locale: string }]>([
    ['is that of the system', 'system', ['de-AT', 'en-GB'], 'de-AT', { code: 'de', locale: 'de-AT' }],
    ['is English where Printbell does not speak the system\'s', 'system', ['nb-NO'], 'nb-NO', { code: 'en', locale: 'en-GB' }],
    ['is the one that was chosen, by the customs of that language here', 'en', ['de-DE', 'en-US'], 'de-DE', { code: 'en', locale: 'en-US' }],
    ['writes as its own country where the computer does not know it', 'fr', ['de-DE'], 'de-DE', { code: 'fr', locale: 'fr' }],
    ['keeps the region\'s customs', 'system', ['en-US'], 'en-GB', { code: 'en', locale: 'en-GB' }],
    ['bears what is no locale', 'system', ['C'], '', { code: 'en', locale: 'en-GB' }],
    ['reads a locale of Linux', 'es', ['es_MX.UTF-8'], '', { code: 'es', locale: 'es-MX' }],
  ])('%s', (_title, language, preferred, region, expected) => {
    expect(windowLanguage({ language, desktop: {} }, { preferred, region })).toEqual(expected)
  })

  it('is another than that of messages where the file says so', () => {
    expect(windowLanguage({ language: 'de', desktop: { language: 'en' } }, { preferred: ['de-DE'], region: 'de-DE' })).toEqual({ code: 'en', locale: 'en-GB' })
    expect(windowLanguage({ language: 'en', desktop: { language: 'system' } }, { preferred: ['fr-CA'], region: 'fr-CA' })).toEqual({ code: 'fr', locale: 'fr-CA' })
  })
})

describe('the tray', () => {
  const now = Date.UTC(2026, 0, 15, 12)
  const at = (code: LanguageCode, locale: string = code) => ({ now, timeZone: 'UTC', language: desktopLanguage({ code, locale }) })
  const printing = cardOf({ state: 'printing', job: 'printing', progress: 0.62, eta: Date.UTC(2026, 0, 15, 16, 42) })

  it.each<[LanguageCode, string]>([['en', 'MK4: printing 62\u202f%, ends 16:42'], ['de', 'MK4: druckt, 62\u202f%, Ende 16:42'], ['fr', 'MK4\u202f: imprime, 62\u202f%, fin 16:42'], ['es', 'MK4: imprimiendo, 62\u202f%, termina 16:42']])('tells a print in %s', (code, line) => {
    expect(printerLine(printing, at(code, code === 'en' ? 'en-GB' : code))).toBe(line)
  })

  it('counts as the language does', () => {
    const unseen = (code: LanguageCode, count: number): string => tooltip(statusOf([cardOf()], { unseen: count }), [cardOf()], null, at(code)).split('\n').at(-1) ?? ''
    expect([1, 12].map((count) => unseen('de', count))).toEqual(['1 ungesehenes Ereignis', '12 ungesehene Ereignisse'])
    expect([1, 12].map((count) => unseen('fr', count))).toEqual(['1 événement non vu', '12 événements non vus'])
    expect([1, 12].map((count) => unseen('es', count))).toEqual(['1 evento sin ver', '12 eventos sin ver'])
  })

  it('writes the time of day as the locale does', () => {
    expect(clockTime(Date.UTC(2026, 0, 15, 16, 42), now, 'en-US', 'UTC')).toMatch(/^4:42\sPM$/)
    expect(clockTime(Date.UTC(2026, 0, 16, 3, 5), now, 'de', 'UTC')).toBe('Fr 03:05')
  })
})

describe('what the window is told', () => {
  const german = desktopLanguage({ code: 'de', locale: 'de-DE' })

  it('names cause and cure in its language, the same as the toast', () => {
    const facts = factsOf({})
    const state = { ...facts.state, attentions: [{ key: 'a', kind: 'filament_runout' as const, text: null, choices: [], since: 5 }] }
    expect(causeOf({ ...facts, state }, 'needs', german)?.text).toBe('Filament zu Ende. Filament laden, dann fortsetzen.')
  })

  it('titles the history in its language', () => {
    const event = { id: 'E', seq: 1, type: 'job.done', severity: 'success', printerId: 'mk4', printerName: 'MK4', occurredAt: 1, late: false, seenAt: null, acknowledgedAt: null, snapshotFile: null } as unknown as Parameters<typeof rowOf>[0]
    expect([rowOf(event, german).title, rowOf(event).title]).toEqual(['Druck fertig', 'Print done'])
  })
})
