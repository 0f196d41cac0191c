/** The file of encrypted secrets: read once, written whole. */
import { readFileSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { setAside } from '../../engine/settings/set-aside.ts'

/** `by`: what encrypted it; 'plain' = nothing did, as the person chose. `data` is base64. */
const entry = z.strictObject({ by: z.string().min(1), data: z.string() })
export type SecretEntry = z.output<typeof entry>
const content = z.strictObject({ version: z.literal(1), secrets: z.record(z.string(), entry) })

export const PLAIN = 'plain'

export interface SecretFile {
  readonly path: string
  /** What it held when it was opened. */
  readonly entries: Map<string, SecretEntry>
  /** Why it could not be used, where that is so; it lies aside then. */
  readonly trouble: string | null
  /** Whole or not at all. @throws Error of the file system */
  write(entries: ReadonlyMap<string, SecretEntry>): Promise<void>
}

/** @param now epoch ms, for the name of a file that is set aside */
export function openSecretFile(path: string, now: number): SecretFile {
  const { entries, trouble, writable } = read(path, now)
  return {
    path,
    entries,
    trouble,
    async write(given) {
      if (!writable) throw Object.assign(new Error('the file of keys is damaged and can\'t be set aside'), { code: 'EDAMAGED' })
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const passing = `${path}.new`
      try {
        // Made anew each time: a leftover could be open to others.
        await rm(passing, { force: true })
        const handle = await open(passing, 'wx', 0o600)
        try {
          await handle.writeFile(`${JSON.stringify({ version: 1, secrets: Object.fromEntries(given) }, null, 2)}\n`)
          await handle.sync()
        } finally {
          await handle.close()
        }
        await rename(passing, path)
      } catch (error) {
        await rm(passing, { force: true })
        throw error
      }
    },
  }
}

function read(path: string, now: number): { entries: Map<string, SecretEntry>; trouble: string | null; writable: boolean } {
  let text: string | null = null
  try {
    text = readFileSync(path, 'utf8')
    const parsed = content.safeParse(JSON.parse(text))
    if (parsed.success) return { entries: new Map(Object.entries(parsed.data.secrets)), trouble: null, writable: true }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { entries: new Map(), trouble: null, writable: true }
  }
  const what = text === null ? 'could not be read' : 'is damaged'
  try {
    const kept = setAside(path, now)
    return { entries: new Map(), trouble: `The file of keys ${what} and was kept as ${kept}. Enter the keys of your printers and destinations again.`, writable: true }
  } catch {
    return { entries: new Map(), trouble: `The file of keys ${path} ${what} and can't be renamed. Rename it, then start Printbell anew; until then keys are kept in memory only.`, writable: false }
  }
}
