/** Finds the hooks in what a person gives: OctoPrint's config.yaml, its `webhooks` section, the answer of its settings API, or one of the plugin's template files. */
import { isNode, LineCounter, parseDocument, type YAMLError } from 'yaml'
import { z } from 'zod'
import { objectOf } from '../channels/octoprint-webhooks/secrets.ts'

/** Cause and cure in words; holds nothing of the file, which is full of secrets. */
export class ImportError extends Error {
  override readonly name = 'ImportError'
  /** @param line where it went wrong, from 1; null = not in one line */
  constructor(message: string, readonly line: number | null = null) {
    super(line === null ? message : `Line ${line}: ${message}`)
  }
}

export interface FoundHook {
  fields: Readonly<Record<string, unknown>>
  /** Where it begins, from 1. */
  line: number
}

export interface FoundHooks {
  hooks: readonly FoundHook[]
  /** A template has no address and no switches of its own. */
  template: { name: string | null } | null
  /** `settings_version`; null = none stands there. */
  version: number | null
}

/** A config.yaml has some kB. */
const LONGEST = 5_000_000
const record = z.record(z.string(), z.unknown())
/** By any of these a flat object is one hook. */
const TELLING = ['http_method', 'content_type', 'apiSecret', 'deviceIdentifier', 'eventPrintStartedMessage', 'eventPrintStarted', 'url', 'data']

/** @throws ImportError */
export function findHooks(text: string): FoundHooks {
  const { value, lineOf } = parse(text)
  const root = record.safeParse(value).data
  if (root === undefined) throw new ImportError("This is no settings file: it holds no fields. Give OctoPrint's config.yaml, its part \"plugins: webhooks\", or a template of the plugin.")
  const found = sectionOf(root)
  if (found === null) throw new ImportError('There are no webhooks in this file: it has no part "plugins: webhooks". Is OctoPrint-Webhooks installed there, and has it been set up?')
  const { section, path } = found
  const version = typeof section.settings_version === 'number' ? section.settings_version : null
  if (section.hooks !== undefined && section.hooks !== null) {
    const hooks = listOf(section.hooks).map((fields, index) => ({ fields, line: lineOf([...path, 'hooks', index]) }))
    return { hooks, template: null, version }
  }
  const itself = { fields: section, line: lineOf(path) }
  if ('_name' in section) return { hooks: [itself], template: { name: typeof section._name === 'string' ? section._name : null }, version }
  // Before 3.0 the section itself was the one hook there is.
  return { hooks: isHook(section) ? [itself] : [], template: null, version }
}

function listOf(hooks: unknown): Record<string, unknown>[] {
  const list = z.array(z.unknown()).safeParse(hooks)
  if (!list.success) throw new ImportError('"hooks" of the part "plugins: webhooks" is no list.')
  return list.data.map((hook, index) => {
    const parsed = record.safeParse(hook)
    if (!parsed.success) throw new ImportError(`Hook ${index + 1} of the part "plugins: webhooks" has no fields.`)
    return parsed.data
  })
}

interface Section {
  section: Record<string, unknown>
  path: string[]
}

function sectionOf(root: Record<string, unknown>): Section | null {
  const plugins = record.safeParse(root.plugins).data
  const inPlugins = record.safeParse(plugins?.webhooks).data
  if (inPlugins !== undefined) return { section: inPlugins, path: ['plugins', 'webhooks'] }
  const named = record.safeParse(root.webhooks).data
  if (named !== undefined) return { section: named, path: ['webhooks'] }
  return plugins === undefined && ('hooks' in root || 'settings_version' in root || isHook(root)) ? { section: root, path: [] } : null
}

function isHook(section: Readonly<Record<string, unknown>>): boolean {
  return TELLING.some((name) => name in section)
}

export interface Parsed {
  value: unknown
  lineOf(path: readonly (string | number)[]): number
}

/** @throws ImportError */
export function parse(text: string): Parsed {
  if (text.length > LONGEST) throw new ImportError("This file is larger than 5 MB. Give OctoPrint's config.yaml alone.")
  // Templates and the answer of the API are JSON, with tabs that YAML refuses.
  const json = text.trimStart().startsWith('{') ? objectOf(text) : null
  if (json !== null) return { value: json, lineOf: () => 1 }
  const lines = new LineCounter()
  // As Python reads it, which wrote the file: YAML 1.1, and of a name that stands twice the last.
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false, prettyErrors: false, lineCounter: lines })
  const [error] = document.errors
  if (error !== undefined) throw new ImportError(causeOf(error), lines.linePos(error.pos[0]).line)
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    return {
      value,
      lineOf(path) {
        const node = document.getIn(path, true)
        return isNode(node) && node.range ? lines.linePos(node.range[0]).line : 1
      },
    }
  } catch (thrown) {
    if (thrown instanceof ReferenceError) throw new ImportError('The file refers to a part of itself that is not there, or to too many. Give a config.yaml as OctoPrint wrote it.')
    throw thrown
  }
}

const CAUSES: Partial<Readonly<Record<YAMLError['code'], string>>> = {
  BAD_INDENT: 'Something is not indented as far as what it belongs to, or a bracket is not closed.',
  TAB_AS_INDENT: 'A tab stands where only blanks may. Replace it by blanks.',
  MISSING_CHAR: 'A closing quotation mark, bracket or colon is missing.',
  BLOCK_AS_IMPLICIT_KEY: 'Several names stand on one line.',
  BLOCK_IN_FLOW: 'A list or block stands inside of brackets.',
  MULTILINE_IMPLICIT_KEY: 'A name goes over several lines; a colon may be missing.',
  UNEXPECTED_TOKEN: 'Something stands here that does not belong here.',
  BAD_DQ_ESCAPE: 'A text in double quotation marks holds a backslash with something unknown behind it.',
  MULTIPLE_DOCS: 'The file holds several documents ("---"). Give the one with "plugins".',
}

function causeOf(error: YAMLError): string {
  return CAUSES[error.code] ?? `This is not YAML (${error.code.toLowerCase().replaceAll('_', ' ')}).`
}
