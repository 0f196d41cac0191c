/** Finding, testing, pairing and adding printer servers. */
import { z } from 'zod'
import { epoch, id, problem } from './common.ts'

export const found = z.strictObject({
  /** Stable over rounds. */
  key: z.string(),
  kind: z.string(),
  kindName: z.string(),
  name: z.string(),
  url: z.string(),
  version: z.string().nullable(),
  /** Printers that watch it already; empty = new. */
  printerIds: z.array(id),
  canPair: z.boolean(),
})
export type Found = z.infer<typeof found>

export const discovery = z.strictObject({
  running: z.boolean(),
  found: z.array(found),
  /** Names of kinds that can't be looked for, or whose search failed: their servers are found by address only. */
  unsearched: z.array(z.string()),
})
export type Discovery = z.infer<typeof discovery>

/** A server as a form describes it. `kind` null = find out which kind answers there. Secrets go in and never come back. */
export const serverDraft = z.strictObject({
  kind: z.string().nullable(),
  /** Fields of the adapter's settings schema; `url` is what every kind has. */
  fields: z.record(z.string(), z.unknown()),
  secrets: z.record(z.string(), z.string()).default({}),
  /** A server of the settings that this describes: its stored secrets stand in for those that are not given. */
  serverId: id.optional(),
})

export const testResult = z.strictObject({
  /** The kind that was tested or found; null when nothing known answered. */
  kind: z.string().nullable(),
  kindName: z.string().nullable(),
  ok: z.boolean(),
  /** A named cause (printers/adapter.ts TestCause), or "bad_address". */
  cause: z.string(),
  /** Cause and cure in a sentence or two. */
  detail: z.string(),
  version: z.string().nullable(),
  /** To show and pin, for a self-signed certificate. */
  fingerprint: z.string().nullable(),
  sources: z.array(z.strictObject({ sourceId: z.string(), name: z.string() })),
  camera: z.strictObject({ ok: z.boolean(), detail: z.string() }).nullable(),
  /** The address as it was understood ("octopi.local" becomes "http://octopi.local"). */
  url: z.string().nullable(),
  canPair: z.boolean(),
})
export type TestResultView = z.infer<typeof testResult>

export const pairing = z.strictObject({
  pairingId: id,
  step: z.enum(['asking', 'confirm', 'done', 'failed']),
  /** The person can be brought to the place where they confirm. */
  canOpen: z.boolean(),
  text: z.string(),
  /** For 'failed': denied, timed_out, unsupported, rate_limited, unreachable, cancelled. */
  cause: z.string().nullable(),
  /** When the server stops waiting. */
  endsAt: epoch.nullable(),
  /** For 'done': the printers that were added. */
  printerIds: z.array(id),
})
export type Pairing = z.infer<typeof pairing>

export const added = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), printerIds: z.array(id) }),
  z.strictObject({ ok: z.literal(false), problems: z.array(problem).min(1) }),
])
export type Added = z.infer<typeof added>
