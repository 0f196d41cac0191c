/** npm run demo [-- --seconds N]: a simulated printer plays a print, and Printbell tells what it would tell you. */
import { runBundle } from './lib/bundle.mjs'

await runBundle(['demo', ...process.argv.slice(2)])
