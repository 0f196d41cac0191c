import { pino, type DestinationStream } from 'pino'
import type { Log } from './ports.ts'
import { scrub } from './settings/secret.ts'

const DEEPEST = 5
/** What carries credentials in forms that no comparison finds again ("Basic" joins user and password before it encodes them). */
const NEVER: ReadonlySet<string> = new Set(['headers', 'authorization', 'cookie', 'set-cookie'])

/**
 * Makes a value safe to print. Secret objects print themselves as "[secret]"; of errors only name, message and code are
 * kept, because HTTP errors carry the whole request with its headers; and, as a second net, any text that contains
 * the value of a secret we hold is cut.
 */
export function printable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrub(value)
  if (value === null || typeof value !== 'object') return typeof value === 'bigint' ? String(value) : value
  if (value instanceof Error) {
    const code: unknown = 'code' in value ? value.code : undefined
    return { name: value.name, message: scrub(value.message), ...(typeof code === 'string' ? { code: scrub(code) } : {}) }
  }
  if (depth >= DEEPEST) return '[deeper]'
  if (hasToJson(value)) return printable(value.toJSON(), depth + 1)
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => printable(item, depth + 1))
  if (value instanceof Uint8Array) return `[${value.byteLength} bytes]`
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [scrub(key), NEVER.has(key.toLowerCase()) ? '[left out]' : printable(item, depth + 1)]))
}

/** The fields of a line. Something that can't be read (a getter that throws) is no reason to break whoever logs it. */
function safe(fields: Record<string, unknown>): Record<string, unknown> {
  try {
    return printable(fields) as Record<string, unknown>
  } catch (error) {
    return { fields: `[can't be printed: ${error instanceof Error ? error.name : typeof error}]` }
  }
}

function hasToJson(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}

/** A log of JSON lines to `to`. `level` is pino's ("debug", "info", "warn", "error"). */
export function createLog(to: DestinationStream, level: string): Log {
  return wrap(pino({ level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"`, formatters: { level: (label) => ({ level: label }) } }, to))
}

function wrap(logger: pino.Logger): Log {
  const at = (level: 'debug' | 'info' | 'warn' | 'error') => (message: string, fields: Record<string, unknown> = {}) => {
    if (logger.isLevelEnabled(level)) logger[level](safe(fields), scrub(message))
  }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => wrap(logger.child(safe(fields))),
  }
}
