/** Looks into tables of words. */

/** The entry of a table whose keys are machine words; null = there is none. */
export function entryOf<T>(table: Readonly<Record<string, T>>, key: string | undefined): T | null {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] ?? null : null
}
