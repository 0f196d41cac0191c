/** The end of the log. */
import { open } from 'node:fs/promises'

/** So much of the file is looked at. bytes */
const LOOKED_AT = 512_000

/** The last whole lines of a file, oldest first; none when there is no such file. @throws Error when it can't be read */
export async function lastLines(file: string, most: number): Promise<string[]> {
  let handle
  try {
    handle = await open(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  try {
    const { size } = await handle.stat()
    const from = Math.max(0, size - LOOKED_AT)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from)
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n').filter((line) => line !== '')
    // The first may be the end of a longer one.
    return (from > 0 ? lines.slice(1) : lines).slice(-most)
  } finally {
    await handle.close()
  }
}
