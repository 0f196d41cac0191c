import type { Log } from './ports.ts'

const nothing = (): void => undefined

/** For commands and reports that only read: what matters reaches the person as an error, and there is no engine whose log it would be. */
export const quietLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => quietLog }
