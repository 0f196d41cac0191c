/** `channel.json`: what a plugin says of itself before any of its code runs. */
import { z } from 'zod'
import { EVENT_TYPES } from '../../events/model.ts'
import { once } from '../../once.ts'
import { baseAddress } from '../kit/address.ts'

const NAME = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/
const FIELD = /^[a-zA-Z][a-zA-Z0-9_]{0,39}$/
/** Made when the first plugin is looked at: most installations have none. */
const schemas = once(() => {
  const short = z.string().trim().min(1).max(80)
  const sentence = z.string().trim().min(1).max(400)
  const fieldName = z.string().regex(FIELD, 'a name of letters, digits and _')
  const when = z.record(fieldName, z.array(z.union([z.string().max(200), z.number(), z.boolean()])).min(1)).optional()
  const texts = { title: short.optional(), description: sentence.optional(), when }

  const stringField = z.strictObject({
    type: z.literal('string'), ...texts,
    minLength: z.number().int().min(0).optional(), maxLength: z.number().int().min(1).optional(), format: z.literal('uri').optional(),
    enum: z.array(z.string().max(200)).min(1).max(100).optional(), default: z.string().optional(),
  })
  const numberField = z.strictObject({
    type: z.enum(['number', 'integer']), ...texts,
    minimum: z.number().optional(), maximum: z.number().optional(), default: z.number().optional(),
  })
  const booleanField = z.strictObject({ type: z.literal('boolean'), ...texts, default: z.boolean().optional() })
  const field = z.discriminatedUnion('type', [stringField, numberField, booleanField])

  const configSchema = z.strictObject({ type: z.literal('object'), properties: z.record(fieldName, field).default({}), required: z.array(z.string()).default([]) })

  const manifestSchema = z.strictObject({
    kind: z.string().regex(NAME, 'small letters, digits and dashes, at most 40'),
    displayName: short,
    version: z.string().trim().min(1).max(40),
    configSchema: configSchema.default({ type: 'object', properties: {}, required: [] }),
    secretFields: z.record(fieldName, z.strictObject({ label: short, required: z.boolean().default(false), after: z.string().optional(), when })).default({}),
    capabilities: z.strictObject({
      image: z.enum(['upload', 'none']).default('none'),
      maxText: z.number().int().min(20).nullable().default(null),
      maxImageBytes: z.number().int().min(1).nullable().default(null),
      idempotencyKey: z.boolean().default(false),
      everyEvent: z.boolean().default(false),
      rate: z.strictObject({ burst: z.number().int().min(1), everyMs: z.number().int().min(1) }).optional(),
    }).prefault({}),
    features: z.array(z.enum(EVENT_TYPES, 'no event type')).default([...EVENT_TYPES]),
    guide: z.strictObject({
      steps: z.array(sentence).max(20).default([]),
      links: z.array(z.strictObject({ label: short, url: z.url({ protocol: /^https$/ }) })).max(10).default([]),
    }).prefault({}),
    primary: z.array(z.string()).default([]),
  }).superRefine(({ configSchema: { properties, required }, secretFields, primary }, context) => {
    const unknown = (path: string, names: readonly string[]): void => {
      for (const name of names.filter((one) => !Object.hasOwn(properties, one))) context.addIssue({ code: 'custom', path: path.split('.'), message: `"${name}" is no property of configSchema` })
    }
    unknown('configSchema.required', required)
    unknown('primary', primary)
    for (const [name, one] of [...Object.entries(properties), ...Object.entries(secretFields)]) unknown(`${Object.hasOwn(properties, name) ? 'configSchema' : 'secretFields'}.${name}.when`, Object.keys(one.when ?? {}))
    for (const name of Object.keys(secretFields)) {
      if (Object.hasOwn(properties, name)) context.addIssue({ code: 'custom', path: ['secretFields', name], message: 'has the name of a property of configSchema' })
    }
  })
  return { field, manifestSchema }
})
type Schemas = ReturnType<typeof schemas>
type Field = z.output<Schemas['field']>

export type Manifest = z.output<Schemas['manifestSchema']>

/**
 * @param folder name of the plugin's folder, which `kind` must be
 * @throws Error naming everything that is wrong with it
 */
export function readManifest(text: string, folder: string): Manifest {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new Error(`channel.json is no JSON: ${(error as Error).message}.`, { cause: error })
  }
  const parsed = schemas().manifestSchema.safeParse(json)
  if (!parsed.success) throw new Error(`channel.json can't be used. ${parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.') || 'It'}: ${message}`).join('; ')}.`)
  if (parsed.data.kind !== folder) throw new Error(`channel.json says kind "${parsed.data.kind}", but its folder is called "${folder}". Give both the same name.`)
  return parsed.data
}

export type PluginConfig = Record<string, unknown>

/** The schema that forms are drawn from and that settings are checked against. */
export function schemaOfConfig({ configSchema: { properties, required } }: Manifest): z.ZodType<PluginConfig> {
  return z.strictObject(Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, schemaOfField(name, one, required.includes(name))])))
}

function schemaOfField(name: string, one: Field, required: boolean): z.ZodType {
  const title = one.title ?? name
  const meta = { title, ...(one.description === undefined ? {} : { description: one.description }), ...(one.when === undefined ? {} : { when: one.when }) }
  const bare = bareSchema(one, title, required)
  if (one.default !== undefined) return (bare).default(one.default).meta(meta)
  return required ? bare.meta(meta) : bare.optional().meta(meta)
}

function bareSchema(one: Field, title: string, required: boolean): z.ZodType {
  if (one.type === 'boolean') return z.boolean({ error: `${title} is on or off.` })
  if (one.type === 'string') return stringSchema(one, title, required)
  const { minimum, maximum } = one
  let number = z.number({ error: `${title} is not a number. Enter one.` })
  if (one.type === 'integer') number = number.int(`${title} is not a whole number. Enter one.`)
  if (minimum !== undefined) number = number.min(minimum, `${title} is at least ${minimum}.`)
  return maximum === undefined ? number : number.max(maximum, `${title} is at most ${maximum}.`)
}

function stringSchema(one: Extract<Field, { type: 'string' }>, title: string, required: boolean): z.ZodType {
  if (one.enum) return z.enum(one.enum, { error: `${title} is none of the choices: ${one.enum.join(', ')}.` })
  if (one.format === 'uri') return baseAddress
  const least = Math.max(one.minLength ?? 0, required ? 1 : 0)
  let string = z.string({ error: `${title} is missing. Enter it.` }).trim()
  if (least > 0) string = string.min(least, least === 1 ? `${title} is missing. Enter it.` : `${title} has at least ${least} characters.`)
  return one.maxLength === undefined ? string : string.max(one.maxLength, `${title} has at most ${one.maxLength} characters. Shorten it.`)
}
