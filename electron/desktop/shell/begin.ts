/**
 * The first file of the built desktop app: says to V8 how to be, then runs main.ts (built as app.cjs) from the code that V8 kept
 * of it. What it imports is loaded twice, here and there: little, and nothing that imports much.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startArguments } from './arguments.ts'
import { keptCode } from './kept-code.ts'
import { usualFolders } from './usual-folders.ts'
import { makeYoungSpaceSmall } from './v8-flags.ts'

/** By then everything of the start has run and is worth keeping. ms */
const KEEP_AFTER_MS = 10_000

const asked = startArguments(process.argv.slice(1), process.cwd())
// On Windows and macOS the system vouches for the app's files; code from the person's own folder would go round that.
const keeps = process.platform === 'linux' && !asked.demo
const app = keptCode(fileURLToPath(new URL('./app.cjs', import.meta.url)), keeps ? join(usualFolders(asked).data, 'window', 'kept-code') : null)
app.run()
setTimeout(() => {
  try {
    app.keep()
  } catch (error) {
    process.stderr.write(`the app's code could not be kept: ${(error as Error).message}\n`)
  }
  makeYoungSpaceSmall()
}, KEEP_AFTER_MS).unref()
