/** Where the sounds lie: resources/sounds of a checkout, or sounds beside the archive of an installed copy. scripts/make-sounds.mjs makes them. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const KNOWN = 'done.wav'

/** @param from the folder of this program's code; null = they are not above it */
export function soundsFolder(from: string): string | null {
  for (let folder = from; ; folder = dirname(folder)) {
    // A player is another program, and can't look into the archive.
    for (const candidate of [join(folder, 'resources', 'sounds'), join(folder, 'sounds')]) if (!folder.includes('app.asar') && existsSync(join(candidate, KNOWN))) return candidate
    if (dirname(folder) === folder) return null
  }
}
