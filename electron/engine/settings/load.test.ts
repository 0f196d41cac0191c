import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadSettings } from './load.ts'
import { migrateSettings } from './migrations.ts'
import { SettingsError } from './problems.ts'
import { settingsSchema } from './schema.ts'
import { messageOf } from './test-support.ts'

const load = (text: string) => loadSettings(text, { path: '/etc/pb.json' })
const errorOf = (value: unknown) => messageOf(() => load(typeof value === 'string' ? value : JSON.stringify(value)))

describe('JSON that is none names line and column', () => {
  const cases: [string, string, string][] = [
    ['a comma before the end', '{\n  "version": 1,\n  "printers": [1, 2,]\n}', 'line 3, column 20. There, there is a comma too many before ].'],
    ['a comma before a brace', '{\n  "version": 1,\n}', 'line 2, column 15. There, there is a comma too many before }.'],
    ['a missing comma', '{ "version": 1 "x": 2 }', 'line 1, column 16. There, a comma or } is expected here.'],
    ['a comment', '{\n // my printers\n "version": 1 }', 'line 2, column 2. There, comments are not allowed.'],
    ['single quotes', "{ 'version': 1 }", 'line 1, column 3. There, a field name in double quotes is expected here.'],
    ['a single-quoted value', '{ "version": \'1\' }', 'line 1, column 14. There, texts stand in double quotes.'],
    ['an open text', '{ "a": "b\n }', 'line 1, column 8. There, a text begins here that has no closing double quote.'],
    ['an early end', '{ "version": 1', 'line 1, column 15. There, the text ends too early.'],
    ['an empty file', '', 'line 1, column 1. There, the text ends too early.'],
    ['a Windows path', '{ "file": "C:\\Users\\key" }', 'line 1, column 14. There, a backslash must be doubled (\\\\).'],
    ['a bad number', '{ "version": 01 }', 'line 1, column 14. There, this is not a number.'],
    ['a word', '{ "version": yes }', 'line 1, column 14. There, a value is expected here.'],
    ['a missing colon', '{ "version" 1 }', 'line 1, column 13. There, a colon is expected here.'],
    ['two objects', '{ "version": 1 } {}', 'line 1, column 18. There, there is something after the end of the settings.'],
    ['a tab in a text', '{ "a": "x\ty" }', 'line 1, column 10. There, a control character stands in a text; write it as \\u00XX.'],
  ]
  test.each(cases)('%s', (_name, text, expected) => {
    expect(errorOf(text)).toBe(`/etc/pb.json: one problem\n  the file: is not valid JSON at ${expected}`)
  })

  test('and never quotes what stands there', () => {
    expect(errorOf('{ "apiKey": CANARY-123 }')).not.toContain('CANARY')
    expect(errorOf('{ "apiKey": "CANARY-123 }')).not.toContain('CANARY')
  })

  test('a byte order mark is no error', () => {
    expect(load('\uFEFF{"version":1}').settings.version).toBe(1)
  })
})

describe('versions', () => {
  test('a missing, a newer and a silly version are named', () => {
    expect(errorOf({})).toBe('/etc/pb.json: one problem\n  version: is missing. Add "version": 1.')
    expect(errorOf({ version: 2 })).toBe('/etc/pb.json: one problem\n  version: is 2, which this Printbell does not know (it knows up to 1). Update Printbell, or use settings written for this version.')
    expect(errorOf({ version: '1' })).toBe('/etc/pb.json: one problem\n  version: is not a version. Use 1.')
    expect(errorOf([])).toBe('/etc/pb.json: one problem\n  the file: is not an object. Begin with { "version": 1 }.')
  })

  test('the steps run one after the other on a copy', () => {
    const old = { version: 1, list: ['a'] }
    const migrated = migrateSettings(old, null, [
      (settings) => {
        ;(settings.list as string[]).push('two')
        return settings
      },
      (settings) => ({ renamed: settings.list }),
    ])
    expect(migrated).toEqual({ settings: { version: 3, renamed: ['a', 'two'] }, from: 1 })
    expect(old).toEqual({ version: 1, list: ['a'] })
  })

  test('settings of version 1 can still be read', () => {
    const { settings, warnings } = load(readFileSync(new URL('fixtures/v1.json', import.meta.url), 'utf8'))
    expect(warnings).toEqual([])
    expect(settings.printers.map((printer) => [printer.id, printer.name, printer.enabled])).toEqual([['p1', 'MK3 left', true], ['p2', 'Mini', false]])
    expect(settings.printers[0]?.thresholds).toEqual({ progressStep: 0.1, layers: [2, 3] })
    expect(settings.retention).toEqual({ eventDays: 0, pictureDays: 90, pictureBytes: 2_000_000_000, keepUnseen: true })
  })
})

describe('every problem is listed with place, cause and cure', () => {
  test('all at once', () => {
    const error = (() => {
      try {
        load(JSON.stringify({
          version: 1,
          printers: [
            { id: 'p 1', name: '', server: { url: 'x' }, events: ['job.*', 'Job'], enabeld: true },
            { name: 7, light: { on: [], waitMs: 20_000 }, thresholds: { progressStep: 25, linkstale: 1 } },
          ],
          destinations: [{ id: 'd', label: 'D', channel: 'desktop', config: [] }],
          subscriptions: [{ events: [], destination: 'd', mode: 'later' }],
          retention: { eventDays: -1 },
          expiry: { toast: 'soon' },
          colour: 'red',
        }))
      } catch (thrown) {
        return thrown
      }
      return null
    })()
    expect(error).toBeInstanceOf(SettingsError)
    expect((error as SettingsError).problems.map(({ path, message, cure }) => `${path} ${message}. ${cure}`).sort()).toEqual([
      'colour is not a known field. Known: $schema, version, servers, printers, destinations, managed, subscriptions, masked, grouping, zone, timeslots, filters, fallbackFilter, profiles, thresholds, notifyMyself, language, retention, expiry, ping, desktop.',
      'destinations[0].config is a list. It must be an object.',
      'expiry.toast is a text. It must be a number.',
      'printers[0].enabeld is not a known field. Known: id, name, server, sources, events, camera, light, orientation, donePicture, commands, tags, watch, thresholds, enabled.',
      'printers[0].events[1] is not valid. Use a type ("job.done"), a group ("job.*"), "*" or "native:NAME".',
      'printers[0].id is not valid. Use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit.',
      'printers[0].name is empty. Fill it in.',
      'printers[0].server.kind is missing. Fill it in.',
      'printers[1].id is missing. Fill it in.',
      'printers[1].light.on is empty. Add at least one entry.',
      'printers[1].light.waitMs is too large. It must be at most 10000.',
      'printers[1].name is a number. It must be a text.',
      'printers[1].thresholds.linkstale is not a known field. Did you mean "linkStale"?',
      'printers[1].thresholds.progressStep is too large. It must be at most 1.',
      'retention.eventDays is too small. It must be at least 0.',
      'subscriptions[0].events is empty. Add at least one entry.',
      'subscriptions[0].mode is none of the possible values. Use "now" or "off".',
    ])
  })

  test('as text, with the path of the file', () => {
    expect(errorOf({ version: 1, notifyMyself: 1, thresholds: { cooledHeaters: 'nozzle' } })).toBe(
      '/etc/pb.json: 2 problems\n'
      + '  thresholds.cooledHeaters: is none of the possible values. Use "bed" or "all".\n'
      + '  notifyMyself: is a number. It must be true or false.',
    )
  })

  test('no text holds a value of the file', () => {
    const canary = 'CANARY-5f1c'
    const text = errorOf({ version: 1, printers: [{ id: `${canary} !`, name: [canary], events: [canary], light: canary, camera: '' }], expiry: canary })
    expect(text).not.toContain('CANARY')
  })
})

test('nothing but a version is valid and tells what is missing', () => {
  expect(load('{"version":1}')).toEqual({
    settings: {
      version: 1, servers: [], printers: [], destinations: [], managed: {}, subscriptions: [], masked: [], thresholds: {}, notifyMyself: false, language: 'system',
      retention: { eventDays: 365, pictureDays: 90, pictureBytes: 2_000_000_000, keepUnseen: true },
      expiry: { toast: 300, progress: 600, done: 86_400, failed: 172_800, other: 3600 },
      ping: { everyMinutes: 5 },
      timeslots: [], filters: [], grouping: { burst: 10, servers: true },
      profiles: [{ id: 'default', name: 'Everything chosen', active: true, timeslot: 'always', outside: 'hold', criticalPasses: true, filters: [], destinations: [{ destination: '*', mode: 'now', presence: 'always' }], byEvents: true }],
      desktop: { theme: 'system', printersView: 'auto', keepAwake: false, stayUntilActedOn: true, keepSecrets: 'store', idleMinutes: 10, updates: { check: false }, firstRunDone: false },
    },
    warnings: ['There are no printers: add one to "printers".'],
  })
})

test('what was parsed once parses again to the same', () => {
  const { settings } = load('{"version":1,"printers":[{"id":"a","name":" A ","light":{"on":["M355 S1"]}}]}')
  expect(settings.printers[0]).toEqual({ id: 'a', name: 'A', light: { on: ['M355 S1'], off: [], waitMs: 500 }, enabled: true })
  expect(settingsSchema().parse(settings)).toEqual(settings)
})
