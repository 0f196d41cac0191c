/** node lean.mjs BUNDLE ARGUMENT ...: runs a bundle as the headless program runs its own (scripts/lib/bundle.mjs). */
import { importLean } from '../../../scripts/lib/lean.mjs'

const [, , bundle] = process.argv
process.argv.splice(1, 1)
await importLean(bundle)
