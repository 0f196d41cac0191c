/** Every requirement has its row, and every row that is done names tests that exist. Status 1 with a list when not. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { globFiles } from './lib/glob-files.mjs'
import { root } from './lib/paths.mjs'
import { problems, readTable, readTitles } from './lib/requirements.mjs'

const { default: ts } = await import('typescript')
const files = ['electron', 'test', 'scripts', 'renderer'].flatMap((folder) => (existsSync(join(root, folder)) ? globFiles(join(root, folder), /\.test\.(ts|mjs)$/) : []))
const titles = files.flatMap((path) => readTitles(ts, path, readFileSync(path, 'utf8')))
const rows = readTable(readFileSync(join(root, 'docs', 'requirements.md'), 'utf8'))
const wrong = problems(rows, titles)
if (wrong.length === 0) process.stdout.write(`${rows.filter(({ status }) => status === 'done').length} of ${rows.length} requirements done, each with a test.\n`)
else process.stdout.write(`${wrong.join('\n')}\n`)
process.exitCode = wrong.length === 0 ? 0 : 1
