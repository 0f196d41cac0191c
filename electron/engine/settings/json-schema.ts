/** The JSON Schema of the settings, with every kind's own fields, for editors and for the forms. */
import { z } from 'zod'
import type { Kinds, SecretFields } from './kinds.ts'
import { secretRef, settingsSchema } from './schema.ts'

type Node = Record<string, unknown>

/** Draft 2020-12, of what people may write (fields with a default are optional). */
export function settingsJsonSchema(kinds: Kinds): Node {
  const root = schemaOf(settingsSchema())
  const properties = at(root, 'properties')
  const printer = at(at(at(properties, 'printers'), 'items'), 'properties')
  const destination = at(at(properties, 'destinations'), 'items')
  at(properties, 'servers').items = { oneOf: [...kinds.adapters].map(([kind, adapter]) => ({
    ...serverNode(kind, adapter.displayName, schemaOf(adapter.settingsSchema), adapter.secretFields), required: ['id', 'kind', ...required(schemaOf(adapter.settingsSchema))],
  })) }
  printer.server = { oneOf: [...kinds.adapters].map(([kind, adapter]) => serverNode(kind, adapter.displayName, schemaOf(adapter.settingsSchema), adapter.secretFields)) }
  at(destination, 'properties').channel = { enum: [...kinds.channels.keys()] }
  destination.allOf = [...kinds.channels].map(([kind, channel]) => ({
    if: { properties: { channel: { const: kind } } },
    then: { properties: { config: withSecrets(schemaOf(channel.configSchema), channel.secretFields, channel.displayName) } },
  }))
  return {
    ...root,
    title: 'Printbell settings',
    $defs: { secret: { ...without$schema(schemaOf(secretRef())), description: 'Where a secret lies; the secret itself never stands in the settings' } },
  }
}

/** Of what people may write: fields with a default are optional. */
export function schemaOf(schema: z.ZodType): Node {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
}

function without$schema(node: Node): Node {
  const { $schema: _dialect, ...rest } = node
  return rest
}

function at(node: Node, name: string): Node {
  const child = node[name]
  if (typeof child !== 'object' || child === null) throw new Error(`the settings' schema has no "${name}" where it is looked for`)
  return child as Node
}

function required(node: Node): string[] {
  return Array.isArray(node.required) ? node.required.map(String) : []
}

/** Required secrets may come later (pairing), so none is required here. */
function withSecrets(node: Node, secretFields: SecretFields, title: string): Node {
  const secrets = Object.fromEntries(Object.entries(secretFields).map(([name, { label }]) => [name, { $ref: '#/$defs/secret', title: label }]))
  return { ...without$schema(node), title, properties: { ...(node.properties as Node | undefined), ...secrets } }
}

function serverNode(kind: string, title: string, own: Node, secretFields: SecretFields): Node {
  const node = withSecrets(own, secretFields, title)
  return { ...node, properties: { id: { type: 'string' }, kind: { const: kind }, ...(node.properties as Node) }, required: ['kind', ...required(own)] }
}
