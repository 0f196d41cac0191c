/** The printers' interpreter memory, and small facts that outlive a restart. */
import type { PrinterMemory } from '../events/reduction.ts'
import type { Log } from '../ports.ts'
import type { Db } from './db.ts'

export function saveMemory(db: Db, rows: { printerId: string; memory: PrinterMemory }[], at: number): void {
  if (rows.length === 0) return
  db.transaction(() => {
    for (const { printerId, memory } of rows) {
      db.run('INSERT INTO memory (printer_id, at, body) VALUES (:printer, :at, :body) ON CONFLICT (printer_id) DO UPDATE SET at = :at, body = :body', { printer: printerId, at, body: JSON.stringify(memory) })
    }
  })
}

/** A memory that can't be read is left out: its printer starts anew as a baseline. */
export function loadMemories(db: Db, log: Log): Map<string, PrinterMemory> {
  const memories = new Map<string, PrinterMemory>()
  for (const row of db.all<{ printer_id: string; body: string }>('SELECT printer_id, body FROM memory')) {
    const memory = parse(row.body)
    if (memory) memories.set(row.printer_id, memory)
    else log.warn('what was remembered of a printer could not be read; it starts anew', { printerId: row.printer_id })
  }
  return memories
}

function parse(body: string): PrinterMemory | null {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && 'version' in value ? (value as PrinterMemory) : null
  } catch {
    return null
  }
}

export function forgetPrinter(db: Db, printerId: string): void {
  db.run('DELETE FROM memory WHERE printer_id = :printer', { printer: printerId })
}

export function getFact(db: Db, key: string): string | null {
  return db.get<{ value: string }>('SELECT value FROM facts WHERE key = :key', { key })?.value ?? null
}

export function setFact(db: Db, key: string, value: string): void {
  db.run('INSERT INTO facts (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = :value', { key, value })
}
