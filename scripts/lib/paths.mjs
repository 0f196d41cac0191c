/** Where the scripts' own files lie. All absolute. */
import { fileURLToPath } from 'node:url'

const at = (relative) => fileURLToPath(new URL(`../../${relative}`, import.meta.url))

export const root = at('')
/** Everything that can be made again: locks, the lint cache, the Python environment. Git-ignored. */
export const cache = at('.cache')
export const dist = at('dist')
export const results = at('test-results')
