/** What is wrong with the settings, in words that name the place, the cause and the cure, and never a value. */
import { z } from 'zod'

export interface Problem {
  /** "printers[0].server.url"; '' is the file as a whole. */
  path: string
  /** What is wrong, to be read after the path ("is missing"). */
  message: string
  /** What to do about it, a sentence. */
  cure: string
}

/** Everything that is wrong, at once. `message` is ready to be shown; it holds no value from the file. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  /** @param path of the file, for the first line; null when it came from elsewhere */
  constructor(readonly problems: readonly Problem[], path: string | null) {
    super(`${path ?? 'The settings'}: ${problems.length === 1 ? 'one problem' : `${problems.length} problems`}\n${problems.map(problemText).join('\n')}`)
  }
}

/** "printers[0].server.url: is missing. Fill it in." */
export function problemText(problem: Problem): string {
  const place = problem.path === '' ? 'the file' : problem.path
  return `  ${place}: ${problem.message}.${problem.cure === '' ? '' : ` ${problem.cure}`}`
}

type Path = readonly PropertyKey[]

/** ['printers', 0, 'name'] to "printers[0].name". */
export function pathText(path: Path): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`)).join('')
}

const TYPE_WORDS: Record<string, string> = {
  string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'an object', record: 'an object', null: 'null',
}

function wordFor(type: string): string {
  return TYPE_WORDS[type] ?? type
}

function typeOf(value: unknown): string {
  return wordFor(value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined), root)
}

/** Schemas don't change, and 200 servers of one kind are checked at each change of the settings. */
const jsonSchemas = new WeakMap<z.ZodType, unknown>()

function jsonSchemaOf(schema: z.ZodType): unknown {
  const known = jsonSchemas.get(schema)
  if (known !== undefined) return known
  const made: unknown = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' })
  jsonSchemas.set(schema, made)
  return made
}

/** The fields an object may have at `path`, where the JSON Schema tells and allows no others; else null. */
export function knownFields(schema: z.ZodType, path: Path = []): string[] | null {
  // Without the detour, which takes two milliseconds of a start for the settings of one server.
  if (path.length === 0 && schema instanceof z.ZodObject && (schema.def.catchall === undefined || schema.def.catchall instanceof z.ZodNever)) return Object.keys(schema.shape)
  let node = jsonSchemaOf(schema)
  const child = (name: string) => (typeof node === 'object' && node !== null ? (Reflect.get(node, name) as unknown) : undefined)
  for (const key of path) {
    if (typeof key === 'number') node = child('items')
    else {
      const properties = child('properties')
      node = typeof properties === 'object' && properties !== null ? Reflect.get(properties, key) : undefined
    }
  }
  const properties = child('properties')
  if (typeof properties !== 'object' || properties === null || child('additionalProperties') !== false) return null
  return Object.keys(properties)
}

/** "Did you mean "events"?", or what there is to choose from. */
export function suggest(given: string, known: readonly string[]): string {
  if (known.length === 0) return 'There is nothing to choose from yet.'
  const near = known.map((name) => ({ name, far: distance(given.toLowerCase(), name.toLowerCase()) })).sort((a, b) => a.far - b.far)[0]
  if (near && near.far <= Math.max(1, Math.floor(near.name.length / 4))) return `Did you mean "${near.name}"?`
  return `Known: ${known.join(', ')}.`
}

/** Levenshtein's distance; both words are short. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8) return 9
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length] ?? 0
}

export function unknownField(path: Path, field: string, known: readonly string[] | null): Problem {
  return { path: pathText([...path, field]), message: 'is not a known field', cure: known === null ? 'Remove it, or check how it is written.' : suggest(field, known) }
}

/**
 * zod's issues as problems.
 * @param root what was parsed, to tell missing from wrong
 * @param prefix where `root` lies in the settings
 */
export function problemsOf(error: z.ZodError, schema: z.ZodType, root: unknown, prefix: Path = []): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = pathText([...prefix, ...issue.path])
    const value = valueAt(root, issue.path)
    switch (issue.code) {
      case 'unrecognized_keys': {
        const known = knownFields(schema, issue.path)
        return issue.keys.map((key) => unknownField([...prefix, ...issue.path], key, known))
      }
      case 'invalid_type':
        return value === undefined
          ? [{ path, message: 'is missing', cure: issue.expected === 'string' ? 'Fill it in.' : `Add ${wordFor(issue.expected)}.` }]
          : [{ path, message: `is ${typeOf(value)}`, cure: `It must be ${wordFor(issue.expected)}.` }]
      case 'too_small':
        return [{ path, ...tooSmall(issue.origin, issue.minimum, issue.inclusive === false) }]
      case 'too_big':
        return [{ path, ...tooLarge(issue.origin, issue.maximum, issue.inclusive === false) }]
      case 'invalid_value':
        return [{ path, message: value === undefined ? 'is missing' : 'is none of the possible values', cure: `Use ${issue.values.map((v) => JSON.stringify(v)).join(' or ')}.` }]
      default:
        if (value === undefined) return [{ path, message: 'is missing', cure: sentence(issue.message) }]
        return [{ path, message: 'is not valid', cure: sentence(issue.message) }]
    }
  })
}

type Said = Omit<Problem, 'path'>

function tooSmall(origin: string, limit: number | bigint, beyond: boolean): Said {
  if (origin === 'string') return limit === 1 ? { message: 'is empty', cure: 'Fill it in.' } : { message: 'is too short', cure: `It must have at least ${limit} characters.` }
  if (origin === 'array') return limit === 1 ? { message: 'is empty', cure: 'Add at least one entry.' } : { message: 'has too few entries', cure: `It must have at least ${limit}.` }
  return { message: 'is too small', cure: `It must be ${beyond ? 'more than' : 'at least'} ${limit}.` }
}

function tooLarge(origin: string, limit: number | bigint, beyond: boolean): Said {
  if (origin === 'string') return { message: 'is too long', cure: `It may have at most ${limit} characters.` }
  if (origin === 'array') return { message: 'has too many entries', cure: `It may have at most ${limit}.` }
  return { message: 'is too large', cure: `It must be ${beyond ? 'less than' : 'at most'} ${limit}.` }
}

/** With a capital first letter and a full stop. */
export function sentence(text: string): string {
  const trimmed = text.trim()
  return `${trimmed.slice(0, 1).toUpperCase()}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? '' : '.'}`
}
