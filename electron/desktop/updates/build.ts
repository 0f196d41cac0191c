/** What this build and this installation can do about newer versions. Pure. */
import { createPublicKey, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import type { UpdatesView } from '../../bridge/views/updates.ts'
import type { DesktopWords } from '../languages/english.ts'

export interface Build {
  way: UpdatesView['way']
  /** Why it does not renew itself; null = it does. Words for it are in the desktop's languages. */
  why: keyof DesktopWords['updates']['why'] | null
  /** The folder that is asked; null = this build knows none. */
  url: string | null
  /** By which whoever makes the releases signs them; null = way 'never'. */
  key: KeyObject | null
  /** Who signs the Windows packages; null = nobody. */
  publisher: string | null
}

/** What scripts/package.mjs writes into the packed package.json. */
const packed = z.object({
  updates: z.object({
    url: z.url({ protocol: /^https?$/ }).optional(),
    /** Ed25519, SPKI in DER, base64. */
    key: z.string(),
    publisher: z.string().optional(),
    /** macOS: the app has a developer's signature, without which the system takes no update. */
    signed: z.boolean().optional(),
  }),
})

export interface BuildFacts {
  /** The package.json of the app as it runs. */
  description: unknown
  packaged: boolean
  platform: string
  env: Readonly<Record<string, string | undefined>>
  /** By whom it was installed on Linux, see `packageTypeOf`. */
  packageType: 'deb' | 'rpm' | 'pacman' | null
  /** Windows: an uninstaller lies beside the program. */
  installed: boolean
}

export function buildOf(facts: BuildFacts): Build {
  const read = packed.safeParse(facts.description)
  const key = read.success ? keyOf(read.data.updates.key) : null
  if (!read.success || key === null) return { way: 'never', why: 'no_key', url: null, key: null, publisher: null }
  const { url = null, publisher = null, signed = false } = read.data.updates
  const why = whyNot(facts, signed)
  return { way: why === null ? 'itself' : 'told', why, url, key, publisher }
}

function whyNot({ packaged, platform, env, packageType, installed }: BuildFacts, signed: boolean): Build['why'] {
  if (!packaged) return 'source'
  if (platform === 'darwin') return signed ? null : 'unsigned'
  if (platform === 'win32') return installed ? null : 'folder'
  if (env.APPIMAGE !== undefined) return null
  return packageType ?? 'folder'
}

/** Null = none of ed25519's. */
export function keyOf(text: string): KeyObject | null {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ed25519' ? key : null
  } catch {
    return null
  }
}

/** Where our packages for Linux put the app. */
const INSTALLED = '/opt/Printbell/'

/** Which package manager of Linux looks after the program, by what it keeps of it; null = none. */
export function packageTypeOf(program: string, exists: (path: string) => boolean): BuildFacts['packageType'] {
  if (!program.startsWith(INSTALLED)) return null
  if (exists('/var/lib/dpkg/info/printbell.list')) return 'deb'
  if (exists('/var/lib/pacman/local')) return 'pacman'
  return exists('/var/lib/rpm') || exists('/usr/lib/sysimage/rpm') ? 'rpm' : null
}
