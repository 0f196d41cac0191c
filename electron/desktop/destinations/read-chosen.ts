import { readFile, stat } from 'node:fs/promises'

/** A settings file of another program has some kB. */
const LARGEST = 5_000_000

/**
 * The text of the one file that a person chose; null = none was chosen.
 * @throws Error in words of cause and cure, without the path
 */
export async function readChosen(paths: readonly string[]): Promise<string | null> {
  const [path] = paths
  if (path === undefined) return null
  try {
    const { size } = await stat(path)
    if (size > LARGEST) throw new Error('This file is larger than 5 MB. Choose the settings file of the other program.')
    return await readFile(path, 'utf8')
  } catch (error) {
    const code: unknown = Reflect.get(error as Error, 'code')
    if (typeof code !== 'string') throw error
    throw new Error(`This file can't be read (${code}). Let your user read it, or paste its text instead.`, { cause: error })
  }
}
