/**
 * npm run demo: a simulated printer plays a print, and Printbell tells what it would tell you. On a desktop the app itself plays
 * it, with tray and window; else, or with --headless, --json or --seconds N, this terminal.
 */
import { runBundle } from './lib/bundle.mjs'
import { demoWay } from './lib/demo-way.mjs'
import { prepareDesktop, runDesktop } from './lib/desktop.mjs'
import { requireNode } from './lib/node-version.mjs'

requireNode()
const { way, args, why } = demoWay(process.argv.slice(2), process.env, process.platform)
const say = (text) => process.stderr.write(`${text}\n`)

let electron = null
if (way === 'desktop') {
  try {
    electron = await prepareDesktop()
  } catch (error) {
    say(error.message)
    say('So the demo is played in this terminal.')
  }
} else if (why !== null) say(why)

if (electron === null) await runBundle(['demo', ...args])
else {
  say('The demo runs as the app, with window and tray. It ends with "Quit" in the tray, or with Ctrl-C here.')
  try {
    process.exitCode = await runDesktop(electron, ['--demo', ...args])
  } catch (error) {
    say(error.message)
    process.exitCode = 1
  }
}
