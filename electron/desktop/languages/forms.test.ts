import { describe, expect, it } from 'vitest'
import de from '../../../renderer/locales/de/index.ts'
import es from '../../../renderer/locales/es/index.ts'
import fr from '../../../renderer/locales/fr/index.ts'
import { channels } from '../../engine/channels/registry.ts'
import { adapters } from '../../engine/printers/registry.ts'
import { formsOf } from '../settings/forms.ts'

/** What is called so in every language. */
const NAMES = ['OctoPrint', 'Moonraker (Klipper)', 'PrusaLink', 'Webhook', 'Telegram', 'Discord', 'Slack (webhook)', 'Slack (bot)', 'ntfy', 'Pushover', 'Pushbullet', 'MQTT', 'CloudEvents', 'OctoPrint-Webhooks', 'Mosquitto']
const WORDS = wordsOfForms()

describe.each([['de', de.fields], ['fr', fr.fields], ['es', es.fields]])('the forms of the window in %s', (_code, fields: Readonly<Record<string, string>>) => {
  it('have the words of every kind and every setting', () => {
    expect(WORDS.size).toBeGreaterThan(400)
    expect([...WORDS].filter((word) => !Object.hasOwn(fields, word))).toEqual([])
  })

  it('have no words that no form says any more', () => {
    expect(Object.keys(fields).filter((word) => !WORDS.has(word))).toEqual([])
  })

  it('keep what a person has to write as it stands: values, addresses, variables', () => {
    expect(Object.entries(fields).filter(([english, text]) => fixed(english) !== fixed(text)).map(([english, text]) => `${english}: ${text}`)).toEqual([])
  })
})

/** Addresses, placeholders, parameters and names of variables, in no order. */
function fixed(text: string): string {
  return [...text.matchAll(/\{\w+\}|@(?!param)\w+(?:\.\w+)*|(?:https?|mqtts?|wss?):\/\/[\w.:/-]*\w|[A-Z]+_[A-Z_]+|\bM\d+\b|XOAUTH2|STARTTLS/g)].map(([found]) => found).sort().join(' ')
}

/** Titles, hints, labels and steps, as kinds and settings bring them. */
function wordsOfForms(): Set<string> {
  const words = new Set<string>()
  const add = (...found: string[]): void => found.forEach((word) => words.add(word))
  const look = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    for (const [name, value] of Object.entries(node)) {
      if ((name === 'title' || name === 'description') && typeof value === 'string') add(value)
      else look(value)
    }
  }
  const forms = formsOf({ adapters, channels })
  for (const form of [...forms.adapters, ...forms.channels]) {
    add(form.displayName, ...form.secrets.map(({ label }) => label))
    look(form.schema)
  }
  for (const { guide, prerequisites } of forms.channels) add(...guide.steps, ...guide.links.map(({ label }) => label), ...prerequisites.flatMap(({ name, help }) => [name, help]))
  for (const { name, hint } of forms.importers) add(name, hint)
  for (const schema of Object.values(forms)) if (!Array.isArray(schema)) look(schema)
  return new Set([...words].filter((word) => word !== '' && !NAMES.includes(word)))
}
