/** What the window shows of newer versions of Printbell: whether they are looked for, what was found, and how far it has come. */
import { z } from 'zod'
import { epoch } from './common.ts'

/** A newer version: its number, when it was released and what it says of itself, in users' words. */
export const release = z.strictObject({
  version: z.string(),
  releasedAt: epoch.nullable(),
  /** Plain text, one change a line; '' = it says nothing. */
  notes: z.string(),
})
export type Release = z.infer<typeof release>

export const updatesView = z.strictObject({
  /** The switch. Off: nothing is asked of anybody. */
  on: z.boolean(),
  /**
   * Who renews this installation: 'itself' downloads and installs; 'told' = Printbell tells of a newer version and somebody else installs it (a
   * package manager, or by hand); 'never' = this build knows nobody to ask.
   */
  way: z.enum(['itself', 'told', 'never']),
  /** Why it does not renew itself, and what to do instead; null = it does. */
  why: z.string().nullable(),
  /** The host that is asked ("updates.example.org"); null = none is. */
  asks: z.string().nullable(),
  /** The last time an answer came; null = never. */
  lastAt: epoch.nullable(),
  state: z.discriminatedUnion('what', [
    z.strictObject({ what: z.literal('idle') }),
    z.strictObject({ what: z.literal('checking') }),
    /** There is nothing newer. */
    z.strictObject({ what: z.literal('current') }),
    /** There is, and it is not downloaded: 'told', or the download has not begun. */
    z.strictObject({ what: z.literal('available'), release }),
    /** Bytes so far and in all. */
    z.strictObject({ what: z.literal('downloading'), release, bytes: z.number(), of: z.number() }),
    /** Downloaded and checked. Installed when the person says so, or when Printbell ends. */
    z.strictObject({ what: z.literal('ready'), release }),
    /** The person said so; `waitsFor` = what has to end first, in sentences ("MK4 needs you."). */
    z.strictObject({ what: z.literal('waiting'), release, waitsFor: z.array(z.string()) }),
    z.strictObject({ what: z.literal('installing'), release }),
    /** Cause and cure; `release` = which one could not be had, null = not even asked. Tried again at `nextAt`. */
    z.strictObject({ what: z.literal('failed'), release: release.nullable(), text: z.string(), nextAt: epoch.nullable() }),
  ]),
})
export type UpdatesView = z.infer<typeof updatesView>
