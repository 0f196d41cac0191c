/** What the history takes on disk. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Places } from '../engine/ports.ts'

/** Bytes of the database with its log, and of all pictures. What vanishes while it is counted counts as nothing. */
export async function sizesOf(places: Pick<Places, 'database' | 'snapshots'>): Promise<{ database: number; pictures: number }> {
  const database = await Promise.all(['', '-wal', '-shm'].map((ending) => sizeOf(`${places.database}${ending}`)))
  return { database: sum(database), pictures: await sizeOfFolder(places.snapshots) }
}

async function sizeOfFolder(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  return sum(await Promise.all(entries.map((entry) => (entry.isDirectory() ? sizeOfFolder(join(folder, entry.name)) : sizeOf(join(folder, entry.name))))))
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
