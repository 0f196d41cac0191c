/** Which plugins a person allowed, by the hash of their files. Read at each question: another process may have written it. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

const allowedSchema = z.record(z.string(), z.string())

export interface Allowances {
  /** The allowed hash; null = never allowed. */
  of(kind: string): string | null
  /** @throws Error of the file system */
  set(kind: string, hash: string): void
  /** From now on it was never allowed. @throws Error of the file system */
  remove(kind: string): void
  /** Why none counts; null = the file is sound, or there is none. */
  trouble(): string | null
}

/** @param file allowed.json; readable for its owner only */
export function allowancesIn(file: string): Allowances {
  function read(): { allowed: Readonly<Record<string, string>>; trouble: string | null } {
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      return { allowed: {}, trouble: code === 'ENOENT' ? null : `Which plugins are allowed can't be read (${code ?? 'unknown'}), so none is. Make ${file} readable.` }
    }
    const parsed = allowedSchema.safeParse(jsonOf(text))
    return parsed.success ? { allowed: parsed.data, trouble: null } : { allowed: {}, trouble: `The file of allowed plugins is damaged, so none is allowed. Look at your plugins again, or delete ${file}.` }
  }
  function write(allowed: Readonly<Record<string, string>>): void {
    const next = `${file}.new`
    // One that a crash left may have other rights.
    rmSync(next, { force: true })
    writeFileSync(next, `${JSON.stringify(allowed, null, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true })
    renameSync(next, file)
  }
  return {
    of(kind) {
      const { allowed } = read()
      return Object.hasOwn(allowed, kind) ? (allowed[kind] ?? null) : null
    },
    set: (kind, hash) => write({ ...read().allowed, [kind]: hash }),
    remove(kind) {
      const { [kind]: gone, ...rest } = read().allowed
      if (gone !== undefined) write(rest)
    },
    trouble: () => read().trouble,
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
