/**
 * A copy of plain JSON, all the way down. `structuredClone` writes everything into bytes and reads it back, which takes twice as long; and
 * this is done for each frame of each printer (docs/performance.md).
 */
export function copyOf<T extends object>(plain: T): T {
  if (Array.isArray(plain)) return plain.map((item: unknown) => (isObject(item) ? copyOf(item) : item)) as unknown as T
  const copy = { ...plain } as Record<string, unknown>
  for (const key in copy) {
    const value = copy[key]
    if (isObject(value)) copy[key] = copyOf(value)
  }
  return copy as T
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
