/** What a person says with an acknowledgement, as the engine takes it. */
import type { Acknowledging } from '../../bridge/views/common.ts'

/** Only what was said. */
export function wishOf({ until, note, quiet }: { [K in keyof Acknowledging]?: Acknowledging[K] | undefined }): { until?: number; note?: string; quiet?: boolean } {
  return { ...(until == null ? {} : { until }), ...(note == null || note.trim() === '' ? {} : { note }), ...(quiet ? { quiet } : {}) }
}
