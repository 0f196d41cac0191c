import type { Snapshots } from '../../electron/engine/snapshots/snapshots.ts'

/** For tests that are not about pictures: there never is one. */
export function noSnapshots(why: string): Snapshots {
  return {
    take: async () => ({ picture: null, cause: 'no_camera', why }),
    look: async () => ({ still: null, cause: 'no_camera', why }),
    keep: async () => ({ picture: null, cause: 'no_camera', why }),
    holdLight: async () => () => undefined,
    load: async () => null,
    shrink: async () => null,
    remove: async () => undefined,
  }
}
