/**
 * What an installed Printbell looks for newer versions by: a list for each system ("latest-linux.yml"), and its signature beside it (".sig").
 *
 * node scripts/sign-updates.mjs FOLDER [--notes FILE] [--percent 20]: the lists of the packages that lie there, signed. Where there are no packages the
 *   lists that lie there are signed anew, to give them to more (--percent) or to tell more (--notes). The private key comes in the variable
 *   PRINTBELL_UPDATES_PRIVATE_KEY, and has to fit PRINTBELL_UPDATES_KEY where that is set.
 * node scripts/sign-updates.mjs --new-key FILE: makes a pair; the private key goes into the file, the public one is printed.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { createReadStream, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './lib/paths.mjs'

/** Which package is in which list; no other kind renews itself. electron-updater asks for the lists by these names. */
const LISTS = [
  { ending: /\.exe$/, list: () => 'latest.yml' },
  { ending: /-mac\.zip$/, list: () => 'latest-mac.yml' },
  { ending: /\.AppImage$/, list: (name) => `latest-linux${name.endsWith('-arm64.AppImage') ? '-arm64' : ''}.yml` },
]
const IS_LIST = /^latest.*\.yml$/

/** @param {string} text PEM, or DER in base64 @returns {import('node:crypto').KeyObject} @throws Error with cause and cure */
export function privateKeyOf(text) {
  if (!text) throw new Error('There is no key to sign with. Put it into the variable PRINTBELL_UPDATES_PRIVATE_KEY (docs/releasing.md).')
  let key
  try {
    key = text.includes('BEGIN') ? createPrivateKey(text) : createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' })
  } catch {
    throw new Error('The key in PRINTBELL_UPDATES_PRIVATE_KEY can not be read. It has to be PKCS #8, as PEM or as DER in base64.')
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`The key in PRINTBELL_UPDATES_PRIVATE_KEY is one of ${key.asymmetricKeyType}. Only those of ed25519 are looked for.`)
  return key
}

/** As the builds carry it: SPKI, DER in base64. @param {import('node:crypto').KeyObject} key private or public */
export function publicText(key) {
  return (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'der', type: 'spki' }).toString('base64')
}

/**
 * @param {string} folder
 * @param {{ version: string, key: import('node:crypto').KeyObject, now: Date, notes?: string, percent?: number }} release
 * @returns {Promise<string[]>} the lists that were written, each with its signature
 * @throws Error with cause and cure
 */
export async function signUpdates(folder, { version, key, now, notes, percent }) {
  if (percent !== undefined && !(Number.isInteger(percent) && percent >= 0 && percent <= 100)) throw new Error('Give --percent a whole number from 0 to 100: of a hundred installations, how many get it.')
  const names = readdirSync(folder).sort()
  const made = await listsOf(folder, names, version)
  const lists = made.size > 0 ? made : new Map(names.filter((name) => IS_LIST.test(name)).map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8'))]))
  if (lists.size === 0) throw new Error(`There is nothing in ${folder} that renews itself, and no list. Make the packages first: npm run package.`)
  for (const [name, list] of lists) {
    // JSON is YAML, and needs no library here. What is not defined is left out.
    const text = `${JSON.stringify({
      ...list, ...(made.size > 0 ? { releaseDate: now.toISOString() } : {}), ...(notes === undefined ? {} : { releaseNotes: notes }), stagingPercentage: percent === 100 ? undefined : percent,
    }, null, 2)}\n`
    writeFileSync(join(folder, name), text)
    writeFileSync(join(folder, `${name}.sig`), `${sign(null, Buffer.from(text), key).toString('base64')}\n`)
  }
  return [...lists.keys()]
}

async function listsOf(folder, names, version) {
  const lists = new Map()
  for (const name of names) {
    const found = LISTS.find(({ ending }) => ending.test(name))
    if (found === undefined) continue
    if (!name.includes(version)) throw new Error(`${name} is not of version ${version}. Take away what is left of other versions.`)
    const list = found.list(name)
    // Its own name stands in it, so that one can't be given out as another.
    const { files } = lists.get(list) ?? lists.set(list, { list, version, files: [] }).get(list)
    files.push({ url: name, sha512: await sha512Of(join(folder, name)), size: statSync(join(folder, name)).size })
  }
  return lists
}

async function sha512Of(file) {
  const hash = createHash('sha512')
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk)
  return hash.digest('base64')
}

function newKey(file) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flag: 'wx' })
  process.stdout.write(`${publicText(publicKey)}\n`)
}

async function main() {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { 'notes': { type: 'string' }, 'percent': { type: 'string' }, 'new-key': { type: 'string' } } })
  if (values['new-key'] !== undefined) return newKey(values['new-key'])
  if (positionals.length !== 1) throw new Error('Name the folder of the packages: node scripts/sign-updates.mjs release')
  const key = privateKeyOf(process.env.PRINTBELL_UPDATES_PRIVATE_KEY ?? '')
  const expected = process.env.PRINTBELL_UPDATES_KEY
  if (expected && expected.trim() !== publicText(key)) throw new Error('The private key does not fit PRINTBELL_UPDATES_KEY, which the builds carry: they would take nothing that it signs. Use the right one.')
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const lists = await signUpdates(positionals[0], {
    version, key, now: new Date(), ...(values.notes === undefined ? {} : { notes: readFileSync(values.notes, 'utf8') }), ...(values.percent === undefined ? {} : { percent: Number(values.percent) }),
  })
  process.stdout.write(`Signed: ${lists.join(', ')}\n`)
}

if (process.argv[1] === import.meta.filename) {
  main().catch((error) => {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  })
}
