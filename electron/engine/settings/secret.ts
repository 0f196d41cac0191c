import { inspect } from 'node:util'

/** A setting that is a secret, as people see it. */
export interface SecretField {
  label: string
  required: boolean
  /** Name of the plain field that it belongs to ("basicUser"): forms show it right behind that one. Absent = it stands for itself. */
  after?: string
  /** It matters only then; forms hide it otherwise. See FieldCondition. */
  when?: FieldCondition
}
/**
 * A field matters only while each of these fields has one of these values (its default counts as one): `{ format: ['template'] }`. A schema
 * says it by `.meta({ when })`. What a form hides keeps its value.
 */
export type FieldCondition = Readonly<Record<string, readonly (string | number | boolean)[]>>
/** By the name of the setting ("apiKey"). */
export type SecretFields = Readonly<Record<string, SecretField>>

const SHOWN = '[secret]'
/** From here on a value is cut out of texts wherever it stands. */
const SHORTEST_ANYWHERE = 6
/** Shorter ones would cut ordinary text ("on", "12"); of these lengths only what no word and no number can be, and only alone. */
const SHORTEST_ALONE = 4
/** Fewer characters of base64 are found in texts by chance. */
const SHORTEST_BASE64 = 8
/** Secrets of one login each: a lost one was long replaced on its server. */
const PASSING_KEPT = 400

/** One spelling of a secret: `needle` is looked for first, because that is quick; `pattern` says what is cut. */
interface Form {
  needle: string
  pattern: RegExp
}

const known = new Map<string, readonly Form[]>()
const lasting = new Set<string>()
/** All forms, the longest first: a secret that begins with another one goes whole. */
let forms: readonly Form[] = []

/**
 * A secret value that cannot be printed by accident: string conversion, JSON and inspect all show "[secret]".
 * Redaction is by type, so a new log line or error text is safe without anybody remembering to scrub it.
 */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
    lasting.add(value)
    remember(value)
  }
  /** A secret that soon is another (the id of one login): scrubbed like any, and forgotten after some hundred others. */
  static passing(value: string): Secret {
    const before = lasting.has(value)
    const secret = new Secret(value)
    if (!before) {
      lasting.delete(value)
      forgetOldest()
    }
    return secret
  }
  /** The value itself. Call it only where it leaves for the far side (a header, a request body). */
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return SHOWN
  }
  toJSON(): string {
    return SHOWN
  }
  [inspect.custom](): string {
    return SHOWN
  }
}

/** Whether both hold the same values under the same names. */
export function sameSecrets(a: Readonly<Record<string, Secret>>, b: Readonly<Record<string, Secret>>): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name]?.reveal() === b[name]?.reveal())
}

/**
 * The second net, for texts that come back from outside (a server that echoes the key it refused): cuts the value of every
 * secret this process holds out of `text`: plain, as JSON, percent-encoded, and in base64, alone or amid other bytes.
 */
export function scrub(text: string): string {
  let clean = text
  for (const { needle, pattern } of forms) {
    if (clean.includes(needle)) clean = clean.replace(pattern, SHOWN)
  }
  return clean
}

function remember(value: string): void {
  if (known.has(value)) return
  const made = formsOf(value)
  if (made.length === 0) return
  known.set(value, made)
  sort()
}

function forgetOldest(): void {
  const passing = [...known.keys()].filter((value) => !lasting.has(value))
  for (const value of passing.slice(0, -PASSING_KEPT)) known.delete(value)
  if (passing.length > PASSING_KEPT) sort()
}

function sort(): void {
  forms = [...known.values()].flat().sort((a, b) => b.needle.length - a.needle.length)
}

function formsOf(value: string): Form[] {
  if (value.length < SHORTEST_ALONE) return []
  if (value.length < SHORTEST_ANYWHERE) {
    const unlikely = /\p{L}/u.test(value) && /[^\p{L}]/u.test(value)
    return unlikely ? [{ needle: value, pattern: new RegExp(`(?<![\\p{L}\\p{N}])${escaped(value)}(?![\\p{L}\\p{N}])`, 'gu') }] : []
  }
  const made = new Map<string, Form>()
  const add = (needle: string, before = '', after = ''): void => {
    made.set(needle, { needle, pattern: new RegExp(`${before}${escaped(needle)}${after}`, 'g') })
  }
  // Lone halves of surrogate pairs have no bytes.
  const bytes = Buffer.from(value)
  const percent = encodeURIComponent(bytes.toString())
  for (const text of [percent, percent.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()), percent.replaceAll('%20', '+'), JSON.stringify(value).slice(1, -1)]) add(text)
  // A number of a JSON line (a time) must not be cut in two.
  if (/^\d+$/.test(value)) add(value, '(?<![\\d.])', '(?![\\d.])')
  else add(value)
  for (const offset of [0, 1, 2]) {
    for (const alphabet of ['base64', 'base64url'] as const) {
      const middle = middleOf(bytes, offset, alphabet)
      // The characters beside it hold some bits of it, too.
      if (middle.length >= SHORTEST_BASE64) add(middle, offset === 0 ? '' : '[A-Za-z0-9+/_-]?', (bytes.length + offset) % 3 === 0 ? '' : '(?:[A-Za-z0-9+/_-]={0,2})?')
    }
  }
  return [...made.values()]
}

/** What of the base64 of `bytes` is the same whatever stands before and behind, when `offset` bytes of a group of three come before. */
function middleOf(bytes: Buffer, offset: number, alphabet: 'base64' | 'base64url'): string {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString(alphabet)
  return encoded.slice([0, 2, 3][offset], Math.floor(((bytes.length + offset) * 8) / 6))
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}
