/**
 * Moonraker's configuration as sections of options: "[section]", "option: value" or "option = value", values that go on in lines that
 * stand further in, comments by # and ; (also behind a value, after a blank). Source: its configuration page and confighelper.py 0.11.0, read.
 */

export interface Option {
  /** From 1. */
  line: number
  value: string
}

export interface Section {
  /** As it stands in the brackets, blanks tidied. */
  name: string
  line: number
  /** By the option's name in small letters, as Moonraker reads it. */
  options: ReadonlyMap<string, Option>
}

export interface ReadConfig {
  sections: Section[]
  /** Lines that are none of that. */
  strange: number[]
}

export function readConfig(text: string): ReadConfig {
  const sections: Section[] = []
  const strange: number[] = []
  let options: Map<string, Option> | null = null
  let open: { option: Option; indent: number } | null = null
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = withoutComment(raw)
    if (line.trim() === '') continue
    const indent = line.length - line.trimStart().length
    if (open !== null && indent > open.indent) {
      open.option.value = `${open.option.value}\n${line.trim()}`.trim()
      continue
    }
    open = null
    const section = /^\s*\[([^\]]+)\]/.exec(line)?.[1]
    if (section !== undefined) {
      options = new Map()
      sections.push({ name: section.trim().replace(/\s+/g, ' '), line: index + 1, options })
      continue
    }
    const [, name, value] = /^\s*([^:=]+?)\s*[:=]\s*(.*)$/.exec(line) ?? []
    if (options === null || name === undefined) {
      strange.push(index + 1)
      continue
    }
    const option = { line: index + 1, value: (value ?? '').trim() }
    options.set(name.toLowerCase(), option)
    open = { option, indent }
  }
  return { sections, strange }
}

/** A tab counts as four blanks; " \#" is a # that belongs to the value. */
function withoutComment(raw: string): string {
  const line = raw.replaceAll('\t', '    ')
  if (/^\s*[#;]/.test(line)) return ''
  const comment = / +[#;]/.exec(line)
  return (comment === null ? line : line.slice(0, comment.index)).replace(/ \\([#;])/g, ' $1').trimEnd()
}
