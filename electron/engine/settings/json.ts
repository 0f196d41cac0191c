/**
 * JSON with errors that name line and column. V8's own message quotes the text around the error, which may be a secret that
 * somebody typed where it does not belong; so the place is found here and the text is never quoted.
 */

export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError'
  /** Both count from 1. */
  constructor(readonly line: number, readonly column: number, readonly expected: string) {
    super(`line ${line}, column ${column}: ${expected}`)
  }
}

/** @throws JsonSyntaxError */
export function parseJson(text: string): unknown {
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text
  try {
    return JSON.parse(source)
  } catch {
    const found = new Scanner(source).run()
    const before = source.slice(0, found.offset).split('\n')
    throw new JsonSyntaxError(before.length, (before.at(-1)?.length ?? 0) + 1, found.expected)
  }
}

interface Fault {
  offset: number
  expected: string
}

class Stop extends Error {
  constructor(readonly fault: Fault) {
    super(fault.expected)
  }
}

/** Walks through the text as far as it is JSON (RFC 8259). */
class Scanner {
  #at = 0
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }

  run(): Fault {
    try {
      this.#space()
      this.#value()
      this.#space()
      this.#fail(this.#at < this.#text.length ? 'there is something after the end of the settings' : 'this is not JSON')
    } catch (error) {
      if (error instanceof Stop) return error.fault
      throw error
    }
  }

  #fail(expected: string, offset = this.#at): never {
    throw new Stop({ offset, expected })
  }

  #peek(): string {
    return this.#text.charAt(this.#at)
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#peek())) this.#at++
    if (this.#peek() === '/' || this.#peek() === '#') this.#fail('comments are not allowed')
  }

  #value(): void {
    const rest = this.#text.slice(this.#at, this.#at + 5)
    if (this.#peek() === '{') this.#members('}', () => {
      if (this.#peek() !== '"') this.#fail(this.#peek() === '' ? 'the text ends too early' : 'a field name in double quotes is expected here')
      this.#string()
      this.#space()
      if (this.#peek() !== ':') this.#fail('a colon is expected here')
      this.#at++
      this.#space()
      this.#value()
    })
    else if (this.#peek() === '[') this.#members(']', () => this.#value())
    else if (this.#peek() === '"') this.#string()
    else if (rest.startsWith('true') || rest.startsWith('null')) this.#at += 4
    else if (rest === 'false') this.#at += 5
    else if (/[-0-9]/.test(this.#peek())) this.#number()
    else this.#fail(this.#peek() === '' ? 'the text ends too early' : this.#peek() === "'" ? 'texts stand in double quotes' : 'a value is expected here')
  }

  #members(end: string, member: () => void): void {
    this.#at++
    this.#space()
    if (this.#peek() === end) {
      this.#at++
      return
    }
    for (;;) {
      member()
      this.#space()
      if (this.#peek() === end) {
        this.#at++
        return
      }
      if (this.#peek() !== ',') this.#fail(this.#peek() === '' ? 'the text ends too early' : `a comma or ${end} is expected here`)
      const comma = this.#at++
      this.#space()
      if (this.#peek() === end) this.#fail(`there is a comma too many before ${end}`, comma)
    }
  }

  #string(): void {
    const start = this.#at++
    for (;;) {
      const char = this.#peek()
      if (char === '' || char === '\n') this.#fail('a text begins here that has no closing double quote', start)
      if (char < ' ') this.#fail('a control character stands in a text; write it as \\u00XX')
      if (char === '"') {
        this.#at++
        return
      }
      if (char === '\\') {
        const escape = /^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.exec(this.#text.slice(this.#at, this.#at + 6))
        if (!escape) this.#fail('a backslash must be doubled (\\\\)')
        this.#at += escape[0].length
      } else this.#at++
    }
  }

  #number(): void {
    const match = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/.exec(this.#text.slice(this.#at, this.#at + 400))
    if (!match || /[0-9.eE+-]/.test(this.#text.charAt(this.#at + match[0].length))) this.#fail('this is not a number')
    this.#at += match[0].length
  }
}
