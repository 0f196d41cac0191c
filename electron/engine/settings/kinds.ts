/** What the settings must know of adapters and channels. The registries' entries fit; tests bring their own. */
import type { z } from 'zod'
import type { ChannelCapabilities, FieldError } from '../channels/channel.ts'
import type { SecretFields } from './secret.ts'

export type { SecretFields } from './secret.ts'

export interface AdapterPart {
  readonly displayName: string
  readonly settingsSchema: z.ZodType
  readonly secretFields: SecretFields
}

export interface ChannelPart {
  readonly displayName: string
  readonly configSchema: z.ZodType
  readonly secretFields: SecretFields
  /** `runsPrograms`: it starts programs on this computer, so it never arrives switched on by an import. */
  readonly capabilities: Pick<ChannelCapabilities, 'local'> & { readonly runsPrograms?: boolean }
  validateConfig(input: unknown): { ok: true; config: unknown } | { ok: false; errors: FieldError[] }
}

export interface Kinds {
  adapters: ReadonlyMap<string, AdapterPart>
  channels: ReadonlyMap<string, ChannelPart>
  /** Whether a channel of this kind may be away without a mistake in the settings, because it is none of Printbell's own (R45). Absent = none may. */
  mayBeMissing?(channel: string): boolean
}
