import type { Log } from '../../electron/engine/ports.ts'

export interface MemoryLog extends Log {
  lines: { level: string; message: string; fields: Record<string, unknown> }[]
}

/** Keeps what was logged, for tests that assert on it. */
export function memoryLog(base: Record<string, unknown> = {}, lines: MemoryLog['lines'] = []): MemoryLog {
  const at = (level: string) => (message: string, fields: Record<string, unknown> = {}) => {
    lines.push({ level, message, fields: { ...base, ...fields } })
  }
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: (fields) => memoryLog({ ...base, ...fields }, lines) }
}
