/**
 * The list of what there is to be had ("latest-linux.yml", as electron-builder writes it), and the signature beside it ("latest-linux.yml.sig": ed25519
 * over the very bytes of the list, base64). Nothing of a list is read before its signature held. Pure.
 */
import { verify, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import type { Release } from '../../bridge/views/updates.ts'
import { clean } from '../../engine/delivery/text.ts'
import { UpdateError } from './updater.ts'

/** Bytes; one has about one kB, and the notes of a release some more. */
export const LARGEST_LIST = 500_000
export const LARGEST_SIGNATURE = 1_000
/** Characters of notes that are shown. */
const LONGEST_NOTES = 20_000

const list = z.looseObject({
  /** Its own name: a list that holds for another system is not taken under this one's name. Written by scripts/sign-updates.mjs. */
  list: z.string(),
  version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/),
  files: z.array(z.looseObject({ url: z.string().min(1), sha512: z.base64(), size: z.number().int().positive() })).min(1),
  releaseDate: z.union([z.string(), z.date()]).optional(),
  releaseNotes: z.string().nullish(),
  /** Of a hundred, who gets it. */
  stagingPercentage: z.number().min(0).max(100).optional(),
})
export type ReleaseList = z.infer<typeof list>

/**
 * @param bytes as they came
 * @param signature as it came; null = there is none
 * @param about the list's name, who was asked, and a parser of YAML
 * @throws UpdateError
 */
export function readList(bytes: Buffer, signature: Buffer | null, key: KeyObject, { name, host, parse }: { name: string; host: string; parse: (text: string) => unknown }): ReleaseList {
  if (signature === null) throw new UpdateError(`The list of versions at ${host} is not signed, so nothing of it is taken. Check the address; of a mirror, copy the .sig files too.`)
  if (!isSigned(bytes, signature, key)) throw new UpdateError(`The list of versions at ${host} is not signed by the makers of Printbell, so nothing of it is taken. Check the address; if it is right, somebody changed the list there.`)
  const read = list.safeParse(parsed(bytes.toString('utf8'), parse))
  // Signed and still not understood: whoever makes the releases made a mistake, or a newer form.
  if (!read.success) throw new UpdateError(`This version of Printbell does not understand the list of versions at ${host}. Get the newer version by hand.`)
  if (read.data.list !== name) throw new UpdateError(`${host} gives ${read.data.list} out as ${name}, so nothing of it is taken. Check the address.`)
  return read.data
}

/** Undefined = no YAML. */
function parsed(text: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

function isSigned(bytes: Buffer, signature: Buffer, key: KeyObject): boolean {
  return verify(null, bytes, key, Buffer.from(signature.toString('latin1').trim(), 'base64'))
}

/** Version, time and notes for people: the notes as plain text. */
export function releaseOf({ version, releaseDate, releaseNotes }: ReleaseList): Release {
  const at = releaseDate === undefined ? Number.NaN : new Date(releaseDate).getTime()
  return { version, releasedAt: Number.isNaN(at) ? null : at, notes: plainNotes(releaseNotes ?? '') }
}

/** Markdown of a changelog as lines: one change a line, without marks. */
export function plainNotes(text: string): string {
  const lines: string[] = []
  let goesOn = false
  for (const line of text.slice(0, LONGEST_NOTES).split(/\r?\n/)) {
    const said = clean(line).replace(/^#+\s+/, '').replace(/\*\*|`/g, '').replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    const item = /^[-*+]\s+(.*)$/.exec(said)
    // A change that was wrapped goes on in lines that begin with a space.
    if (goesOn && item === null && said !== '' && /^\s/.test(line)) lines.push(`${lines.pop() ?? ''} ${said}`)
    else if (said !== '') lines.push(item?.[1] ?? said)
    goesOn = said !== ''
  }
  return lines.join('\n')
}
