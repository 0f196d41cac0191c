/** Apprise's two ways to write addresses down: one on each line, or YAML (its pages "Text" and "YAML" configuration). */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml'
import type { AddressProblem } from './imported.ts'

export interface Line {
  /** From 1. */
  line: number
  address: string
  tags: string[]
  /** Further parts of the address that YAML writes beside it ("to", "tag", ...). */
  options: Record<string, string>
}

export interface Lines {
  lines: Line[]
  problems: AddressProblem[]
}

const INCLUDED = 'Another file is included here. Import that one by itself.'
const NO_ADDRESS = 'Not an address of Apprise. It begins with its service, like ntfy:// or mailto://.'
/** Lists longer than this are no list of somebody's own services. */
const MOST = 500

export function readLines(text: string): Lines {
  // Apprise tells the two apart in the same way: by the first line that says something.
  const first = text.split('\n').map((line) => line.trim()).find((line) => line !== '' && !/^[#;]/.test(line)) ?? ''
  const read = /^(---|version\s*:|urls\s*:|tag\s*:|include\s*:|groups\s*:|asset\s*:)/i.test(first) ? readYaml(text) : readText(text)
  if (read.lines.length <= MOST) return read
  return { lines: read.lines.slice(0, MOST), problems: [...read.problems, { line: read.lines[MOST]?.line ?? 1, message: `Only the first ${MOST} addresses are read.` }] }
}

/** "TAGS = ADDRESS", "ADDRESS"; several addresses on a line stand behind commas or blanks. */
function readText(text: string): Lines {
  const lines: Line[] = []
  const problems: AddressProblem[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1
    const entry = raw.trim()
    if (entry === '' || /^[#;]/.test(entry)) continue
    if (/^include\s/i.test(entry)) {
      problems.push({ line, message: INCLUDED })
      continue
    }
    const [, tags, rest = entry] = /^([\w,: \t-]*?)\s*=\s*((?:[a-z0-9]{1,32}:\/\/).*)$/is.exec(entry) ?? []
    if (/^[a-z0-9]{1,32}:\/\//i.test(rest)) {
      for (const address of rest.split(/(?:\s*,\s*|\s+)(?=[a-z0-9]{1,32}:\/\/)/i)) lines.push({ line, address, tags: tagsOf(tags), options: {} })
    } else if (!/^[\w,-]+(\s+[\w,-]+)*\s*=\s*[\w, -]+$/.test(entry)) {
      // "GROUP = TAGS" is no address either, and nothing is lost with it: tags are not taken over.
      problems.push({ line, message: NO_ADDRESS })
    }
  }
  return { lines, problems }
}

function readYaml(text: string): Lines {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const lineOf = (node: Node | null | undefined): number => (node?.range ? counter.linePos(node.range[0]).line : 1)
  const [broken] = document.errors
  if (broken !== undefined) return { lines: [], problems: [{ line: counter.linePos(broken.pos[0]).line, message: 'This is no YAML that can be read. Check how far the lines stand in.' }] }
  const root = document.contents
  if (!isMap(root)) return { lines: [], problems: [{ line: 1, message: 'There is no list "urls" in it.' }] }
  const get = (name: string): Node | null => (root.get(name, true) as Node | undefined) ?? null
  const problems: AddressProblem[] = []
  if (get('include') !== null) problems.push({ line: lineOf(get('include')), message: INCLUDED })
  const urls = get('urls')
  if (urls === null) return { lines: [], problems: [...problems, { line: 1, message: 'There is no list "urls" in it.' }] }
  const shared = tagsIn(get('tag') ?? get('tags'))
  const entries = isSeq(urls) ? urls.items as Node[] : [urls]
  const lines = entries.flatMap((entry): Line[] => {
    const found = entryOf(entry).map((one) => ({ ...one, line: lineOf(entry), tags: [...new Set([...shared, ...one.tags])] }))
    if (found.length === 0) problems.push({ line: lineOf(entry), message: NO_ADDRESS })
    return found
  })
  return { lines, problems }
}

type Entry = Omit<Line, 'line'>

/** An address; or an address with its options below it, once or several times; or "url: ADDRESS" beside its options. */
function entryOf(node: Node | null): Entry[] {
  if (isScalar(node)) return typeof node.value === 'string' && node.value.includes('://') ? [{ address: node.value, tags: [], options: {} }] : []
  if (!isMap(node)) return []
  const named = node.get('url')
  if (typeof named === 'string') return [{ address: named, ...optionsIn(node, ['url']) }]
  return node.items.flatMap(({ key, value }): Entry[] => {
    const address = isScalar(key) ? key.value : null
    if (typeof address !== 'string' || !address.includes('://')) return []
    const below = isSeq(value) ? value.items as Node[] : [value as Node | null]
    return below.map((one) => ({ address, ...(isMap(one) ? optionsIn(one, []) : { tags: [], options: {} }) }))
  })
}

function optionsIn(node: Node, without: readonly string[]): { tags: string[]; options: Record<string, string> } {
  if (!isMap(node)) return { tags: [], options: {} }
  const options: Record<string, string> = {}
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.value).toLowerCase() : ''
    if (name === '' || name === 'tag' || name === 'tags' || without.includes(name)) continue
    options[name] = textOf(value as Node | null)
  }
  return { tags: tagsIn((node.get('tag', true) ?? node.get('tags', true)) as Node | null), options }
}

function textOf(node: Node | null): string {
  if (isSeq(node)) return (node.items as Node[]).map(textOf).filter((text) => text !== '').join(',')
  const value: unknown = isScalar(node) ? node.value : null
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

function tagsIn(node: Node | null): string[] {
  return tagsOf(textOf(node))
}

function tagsOf(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).map((tag) => tag.replace(/^\d+:/, '')).filter((tag) => tag !== '')
}
