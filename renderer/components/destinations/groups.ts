import type { ChannelGroup } from '../../../electron/bridge/views/destinations.ts'

/** In the order of the page. */
export const GROUPS: readonly ChannelGroup[] = ['computer', 'people', 'systems']
