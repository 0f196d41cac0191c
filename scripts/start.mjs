/** npm start [-- --hidden | --data FOLDER ...]: the desktop app, from this checkout. Its exit status is the app's own. */
import { prepareDesktop, runDesktop } from './lib/desktop.mjs'
import { requireNode } from './lib/node-version.mjs'
import { noDisplay } from './lib/run-electron.mjs'

requireNode()
try {
  const why = noDisplay(process.env, process.platform)
  if (why !== null) throw new Error(why)
  process.exitCode = await runDesktop(await prepareDesktop(), process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
