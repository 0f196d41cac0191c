/** npm run --silent headless -- COMMAND ...: Printbell without a window. Status and stdout are the command's own. */
import { runBundle } from './lib/bundle.mjs'

await runBundle(process.argv.slice(2))
