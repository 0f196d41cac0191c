/** The built simulator as a process of its own. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const { main } = await import(pathToFileURL(join(process.cwd(), 'dist/simulator.mjs')).href)
process.exitCode = await main(process.argv.slice(2))
