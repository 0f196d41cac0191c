/**
 * Values inside text as users of OctoPrint-Webhooks see them today: the plugin is Python and puts `str(value)` there, so a switch reads
 * "True", nothing reads "None" and a dictionary shows its quotes. octoprint.md section 7.3 has the cases.
 */

/** A number that is a float in OctoPrint: JSON does not tell 10.0 from 10, Python's text does. */
export class PythonFloat {
  constructor(readonly value: number) {}
  toJSON(): number {
    return this.value
  }
}

/** Fields of OctoPrint's that are floats (its REST and event documentation, frames of 1.11.8). Ambiguous names (`printTime`, `old`, `new`) are left as they come. */
const FLOATS = new Set([
  'completion', 'currentZ', 'estimatedPrintTime', 'averagePrintTime', 'lastPrintTime', 'time', 'timestamp', '_default', 'length', 'volume',
  'width', 'depth', 'height', 'minX', 'minY', 'minZ', 'maxX', 'maxY', 'maxZ', 'x', 'y', 'z', 'e',
])

/** @param name the field it stands in */
export function typed(name: string, value: unknown): unknown {
  return typeof value === 'number' && FLOATS.has(name) ? new PythonFloat(value) : value
}

/** As `str()`: a text is itself; everything else as its repr. */
export function pythonText(value: unknown): string {
  return typeof value === 'string' ? value : repr(value)
}

function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (value instanceof PythonFloat) return float(value.value)
  switch (typeof value) {
    case 'string': return quoted(value)
    case 'boolean': return value ? 'True' : 'False'
    case 'number': return Number.isInteger(value) ? BigInt(value).toString() : float(value)
    default: break
  }
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  return `{${Object.entries(value).map(([name, inner]) => `${quoted(name)}: ${repr(typed(name, inner))}`).join(', ')}}`
}

/** As `json.dumps()` writes it, which is what the plugin's receivers get: a blank after comma and colon, ASCII only. */
export function pythonJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value).replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  if (typeof value === 'number' || value instanceof PythonFloat) return repr(value)
  if (value === null || value === undefined || typeof value !== 'object') return JSON.stringify(value ?? null)
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  return `{${Object.entries(value).map(([name, inner]) => `${pythonJson(name)}: ${pythonJson(typed(name, inner))}`).join(', ')}}`
}

/** The shortest digits that lead back to the same number, as both languages write them; Python turns to exponents earlier. */
function float(value: number): string {
  const size = Math.abs(value)
  if (value !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = '', exponent = ''] = value.toExponential().split('e')
    return `${digits}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function quoted(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const inner = Array.from(text, (character) => (character === mark ? `\\${mark}` : ESCAPES[character] ?? (/[\p{C}\p{Z}]/u.test(character) && character !== ' ' ? escaped(character) : character)))
  return `${mark}${inner.join('')}${mark}`
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
}
