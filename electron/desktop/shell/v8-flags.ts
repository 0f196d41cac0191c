/**
 * The app does little and lives for months: memory before peak speed (docs/performance.md). Imported before anything else, so that V8
 * heeds it in all that is loaded; code that V8 kept fits only under the flags it was kept with (kept-code.ts).
 */
import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--optimize-for-size')
// The optimising compilers' code and work space are 15 MB of memory for work that takes half a percent of a core.
setFlagsFromString('--no-opt')
setFlagsFromString('--no-maglev')
// And the baseline compiler's code 2 MB: what runs a few times a second is interpreted.
setFlagsFromString('--no-sparkplug')
// Makes `gc` known to new contexts only: no page and no module of ours sees it (lean.ts). Set here, as no flag may change between a start and the keeping of its code.
setFlagsFromString('--expose-gc')

/**
 * From here on the space of young objects stays as small as it is: two halves that grow are 2 MB, mostly empty. Not during the start,
 * which would collect 16 ms longer, and not before its code was kept, as V8 takes back code under the flags that it was kept with only.
 */
export function keepYoungSpaceSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
