/**
 * The app does little and lives for months: memory before peak speed (docs/performance.md). Imported before anything else, so that V8
 * heeds it in all that is loaded; code that V8 kept fits only under the flags it was kept with (kept-code.ts).
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { once } from '../../engine/once.ts'

setFlagsFromString('--optimize-for-size')
// The optimising compilers' code and work space are 15 MB of memory for work that takes half a percent of a core.
setFlagsFromString('--no-opt')
setFlagsFromString('--no-maglev')
// And the baseline compiler's code 2 MB: what runs a few times a second is interpreted.
setFlagsFromString('--no-sparkplug')
// Makes `gc` known to new contexts only: no page and no module of ours sees it. Set here, as no flag may change between a start and the keeping of its code.
setFlagsFromString('--expose-gc')
// What a start makes, it keeps: collecting among it five times and more finds nothing, for 20 ms. So the space of young objects grows at once.
setFlagsFromString('--semi-space-growth-factor=16')

type Collect = (how?: { type: 'major'; execution: 'sync'; flavor: 'last-resort' }) => void
/** V8's extension `gc`. */
const collect = once(() => runInNewContext('gc') as Collect)

/**
 * The space of young objects is made small, and stays so from here on: two halves that grew are some MB, mostly empty. Not before the
 * code was kept, as V8 takes back code under the flags that it was kept with only. Once: it also forgets the code of what did not run lately.
 */
export function makeYoungSpaceSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
  collect()({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/** Gives back what is garbage now: after the start, and after a window was closed. Takes some 20 ms, so it is for quiet moments. */
export function tidy(): void {
  collect()()
}
