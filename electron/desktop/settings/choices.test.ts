/** Every value that a form lets a person choose has words of its own: what a channel adds must be added to the texts of the window too. */
import { expect, it } from 'vitest'
import words from '../../../renderer/locales/en/settings.ts'
import { channels } from '../../engine/channels/registry.ts'
import { formsOf } from './forms.ts'

interface Node {
  enum?: unknown[]
  properties?: Record<string, Node>
}
const choicesIn = (node: Node): [string, string][] => Object.entries(node.properties ?? {}).flatMap(([name, field]) => [...(field.enum ?? []).map((value): [string, string] => [name, String(value)]), ...choicesIn(field)])
const known = words.choice as Record<string, Record<string, string> | undefined>

it.each(formsOf({ adapters: new Map(), channels }).channels.map(({ kind, schema }) => [kind, choicesIn(schema)] as const))('the choices of %s have words', (_kind, choices) => {
  expect(choices.filter(([name, value]) => known[name]?.[value.replace(/[^\w-]+/g, '_')] === undefined)).toEqual([])
})
