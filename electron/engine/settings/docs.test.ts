import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { channels } from '../channels/registry.ts'
import { adapters } from '../printers/registry.ts'
import { expandSettings } from './expand.ts'
import { loadSettings } from './load.ts'
import { DEFAULT_EXPIRY, DEFAULT_RETENTION, DEFAULT_THRESHOLDS } from './defaults.ts'
import { desktopSettings, destination, expiry, printer, retention, settingsSchema, thresholds } from './schema.ts'

const page = readFileSync(new URL('../../../docs/settings.md', import.meta.url), 'utf8')
const kinds = { adapters, channels }
const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1] ?? '')

/** The page's table rows, by the names in their first column. */
const rows = new Map([...page.matchAll(/^\| ((?:`[^`|]+`(?:, )?)+) \| ([^|]+) \|/gm)].flatMap(([, names = '', value = '']) => [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => [name, value.trim()] as const)))

test('every example of the page can be used as it stands', () => {
  expect(examples).toHaveLength(2)
  for (const example of examples) {
    const { settings, warnings } = loadSettings(example, { path: null })
    expect([...warnings, ...expandSettings(settings, kinds, { path: null }).warnings]).toEqual([])
  }
})

test('the large example shows every field there is', () => {
  const large = JSON.parse(examples[1] ?? '') as Record<string, unknown> & { printers: object[]; destinations: object[] }
  const shown = (objects: object[]) => [...new Set(objects.flatMap((object) => Object.keys(object)))].sort()
  expect(['$schema', ...Object.keys(large)].sort()).toEqual(Object.keys(settingsSchema().shape).sort())
  expect(shown(large.printers)).toEqual(Object.keys(printer().shape).sort())
  expect([...new Set([...shown(large.destinations), 'enabled'])].sort()).toEqual(Object.keys(destination().shape).sort())
})

test('every default of the page is the one in force', () => {
  for (const [name, value] of Object.entries(DEFAULT_THRESHOLDS)) expect(rows.get(name), name).toBe(`\`${JSON.stringify(value)}\``)
  for (const [name, value] of Object.entries(DEFAULT_RETENTION)) expect(rows.get(`retention.${name}`), name).toBe(`\`${value}\``)
  for (const [name, value] of Object.entries(DEFAULT_EXPIRY)) expect(rows.get(`expiry.${name}`), name).toBe(`\`${value}\``)
})

test('the page names every field, kind and channel', () => {
  for (const name of [...Object.keys(settingsSchema().shape), ...Object.keys(printer().shape), ...Object.keys(destination().shape)]) expect(page, name).toContain(`\`${name}`)
  for (const kind of [...adapters.keys(), ...channels.keys()]) expect(page, kind).toContain(`\`${kind}\``)
  for (const part of [...adapters.values(), ...channels.values()]) {
    for (const secret of Object.keys(part.secretFields)) expect(page, secret).toContain(`\`${secret}\``)
  }
})

test('every default of the desktop app is the one in force, and every field is there', () => {
  const defaults = desktopSettings().parse({}) as Record<string, unknown>
  for (const name of Object.keys(desktopSettings().shape)) expect(rows.get(name), name).toBe(name in defaults ? `\`${JSON.stringify(defaults[name])}\`` : 'none')
})

test('every threshold, limit and time has a title, a description and no unit of its own in either', () => {
  for (const shape of [thresholds().shape, retention().shape, expiry().shape]) {
    for (const [name, field] of Object.entries(shape)) {
      const { title, description } = field.meta() ?? {}
      expect(title, name).toMatch(/^[A-Z.]/)
      expect(description, name).toBeTruthy()
      expect(`${title} ${description}`, name).not.toMatch(/\bseconds?\b|°C|\bbytes\b/i)
    }
  }
})
