/** node scripts/release-notes.mjs v1.2.3: the section of CHANGELOG.md of that version, for the release's page. Refuses a tag that is not the version of package.json. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './lib/paths.mjs'

/**
 * @param {string} tag "v1.2.3"
 * @param {{ version: string, changelog: string }} of the checkout
 * @returns {string} Markdown
 * @throws Error with cause and cure
 */
export function notesOf(tag, { version, changelog }) {
  if (tag !== `v${version}`) throw new Error(`The tag ${tag} does not fit the version ${version} of package.json. Raise the version first, then tag v${version}.`)
  const lines = changelog.split('\n')
  const begin = lines.findIndex((line) => line === `## ${version}` || line.startsWith(`## ${version} `))
  if (begin < 0) throw new Error(`CHANGELOG.md has no section "## ${version}". Rename "## Unreleased" to it, and write what users get.`)
  const length = lines.slice(begin + 1).findIndex((line) => line.startsWith('## '))
  const notes = lines.slice(begin + 1, length < 0 ? undefined : begin + 1 + length).join('\n').trim()
  if (notes === '') throw new Error(`The section "## ${version}" of CHANGELOG.md is empty. Write what users get.`)
  return notes
}

if (process.argv[1] === import.meta.filename) {
  try {
    const tag = process.argv[2]
    if (tag === undefined) throw new Error('Name the tag: node scripts/release-notes.mjs v1.2.3')
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    process.stdout.write(`${notesOf(tag, { version, changelog: readFileSync(join(root, 'CHANGELOG.md'), 'utf8') })}\n`)
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
