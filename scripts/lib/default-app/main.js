/**
 * Starts the app that is named on the command line, as the default app of a released Electron does:
 * electron [-r MODULE ...] [SWITCHES ...] APP [ARGUMENTS ...]
 */
import { app } from 'electron'
import { existsSync, readFileSync } from 'node:fs'
import Module from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What comes before the app: Playwright preloads a module of its own. */
function commandLine([word, ...rest], required = []) {
  if (word === undefined) return { required, named: null }
  if (word === '-r' || word === '--require') return commandLine(rest.slice(1), [...required, rest[0]])
  return word.startsWith('-') ? commandLine(rest, required) : { required, named: resolve(word) }
}

const { required, named } = commandLine(process.argv.slice(1))
if (named === null) {
  process.stderr.write('No app was named: electron APP\n')
  process.exit(2)
}
Object.defineProperty(process, 'defaultApp', { value: true, enumerable: true, configurable: false })
// An app that says nothing about it ends with its last window.
app.on('window-all-closed', () => {
  if (app.listenerCount('window-all-closed') === 1) app.quit()
})
Module._preloadModules(required)

const description = join(named, 'package.json')
const isFolder = existsSync(description)
if (isFolder) {
  const { name, productName = name, version, desktopName = `${productName}.desktop` } = JSON.parse(readFileSync(description, 'utf8'))
  if (productName) app.setName(productName)
  if (version) app.setVersion(version)
  app.setDesktopName(desktopName)
}
const main = Module._resolveFilename(named, null, true)
app.setAppPath(isFolder ? named : dirname(main))
await import(pathToFileURL(main).href)
