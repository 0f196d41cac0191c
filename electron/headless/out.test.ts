import { afterEach, describe, expect, it, vi } from 'vitest'
import { cleanForTerminal, processOut } from './out.ts'

describe('what is written to a terminal', () => {
  it.each<[string, string, string]>([
    ['an escape that clears the screen', 'a\u001b[2Jb', 'a\\u001b[2Jb'],
    ['a C1 control', 'a\u009b2Jb', 'a\\u009b2Jb'],
    ['carriage return, backspace and delete', 'a\rb\bc\u007fd', 'a\\u000db\\u0008c\\u007fd'],
    ['a sign of writing direction', 'a\u202eb\u2066c', 'a\\u202eb\\u2066c'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['newline and tab, which are meant', 'a\n[31m\tb', 'a\n[31m\tb'],
    ['plain text of any script', 'Düse 215 °C · 打印 ✓', 'Düse 215 °C · 打印 ✓'],
  ])('shows %s', (_what, text, expected) => {
    expect(cleanForTerminal(text, false)).toBe(expected)
  })

  it('keeps our own colours where there are colours, and no other escape', () => {
    expect(cleanForTerminal('\u001b[1;31mx\u001b[0m\u001b[31m\u001b[8m\u001b[31;8m\u001b[5A\u009b[31m', true)).toBe('\u001b[1;31mx\u001b[0m\u001b[31m\\u001b[8m\\u001b[31;8m\\u001b[5A\\u009b[31m')
    expect(cleanForTerminal('\u001b[31mx', false)).toBe('\\u001b[31mx')
  })

  it('is still the same JSON', () => {
    const value = { text: 'a\u009b2J\u007f\u202e\u2028\u001b[31m"\\', list: [1, null] }
    for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) expect(JSON.parse(cleanForTerminal(text, true))).toEqual(value)
  })
})

describe('the process\'s own stdout and stderr', () => {
  afterEach(() => void vi.restoreAllMocks())

  it('get clean lines and notes', () => {
    const written: string[] = []
    const keep = (chunk: unknown): boolean => written.push(String(chunk)) > 0
    vi.spyOn(process.stdout, 'write').mockImplementation(keep)
    vi.spyOn(process.stderr, 'write').mockImplementation(keep)
    const out = processOut()
    out.line('page \u001b]0;title\u0007')
    out.note('detail \u009b1A')
    vi.restoreAllMocks()
    expect(written).toEqual(['page \\u001b]0;title\\u0007\n', 'detail \\u009b1A\n'])
  })
})
