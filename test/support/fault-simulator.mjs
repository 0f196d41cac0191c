/**
 * The built simulator as a process that can be killed and started again as the same server: its two keys are always the
 * same ones, as a real server's are. Argument 1: the bundle. The rest are the simulator's own.
 */
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { pathToFileURL } from 'node:url'

const [bundle, ...options] = process.argv.slice(2)
const random = crypto.randomBytes
let keys = 0
// Keys are the only thing of 16 bytes; sessions must be new ones.
crypto.randomBytes = (size, ...rest) => (size === 16 && keys < 2 ? Buffer.alloc(16, ++keys) : random(size, ...rest))
syncBuiltinESMExports()

const { main } = await import(pathToFileURL(bundle).href)
process.on('disconnect', () => process.exit(0))
process.exitCode = await main(options)
