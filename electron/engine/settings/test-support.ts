/** Kinds for tests: what a registry would give, small enough to see through. */
import { z } from 'zod'
import type { AdapterPart, ChannelPart, Kinds } from './kinds.ts'

const box: AdapterPart = {
  displayName: 'Box',
  settingsSchema: z.object({ url: z.string().regex(/^https?:\/\//, 'write the address as in the browser'), camera: z.string().optional(), port: z.number().int().default(80) }),
  secretFields: { apiKey: { label: 'API key', required: true }, password: { label: 'Password', required: false } },
}

function channel(part: Pick<ChannelPart, 'displayName' | 'configSchema' | 'secretFields'> & { runsPrograms?: boolean; local?: boolean; refuse?: { field: string; message: string } }): ChannelPart {
  const { displayName, configSchema, secretFields, refuse } = part
  return {
    displayName,
    configSchema,
    secretFields,
    capabilities: { local: part.local ?? false, ...(part.runsPrograms === undefined ? {} : { runsPrograms: part.runsPrograms }) },
    validateConfig: (input) => (refuse ? { ok: false, errors: [refuse] } : { ok: true, config: configSchema.parse(input) }),
  }
}

export const kinds: Kinds = {
  adapters: new Map([['box', box], ['crate', { displayName: 'Crate', settingsSchema: z.object({}), secretFields: {} }]]),
  channels: new Map([
    ['desktop', channel({ displayName: 'Desktop', configSchema: z.object({}), secretFields: {}, local: true })],
    ['hook', channel({ displayName: 'Hook', configSchema: z.object({ url: z.string(), retries: z.number().default(2) }), secretFields: { token: { label: 'Token', required: false } } })],
    ['picky', channel({ displayName: 'Picky', configSchema: z.object({}), secretFields: {}, refuse: { field: 'topic', message: 'the topic is taken' } })],
    ['program', channel({ displayName: 'Program', configSchema: z.object({ command: z.string() }), secretFields: {}, runsPrograms: true })],
  ]),
}

/** The lines of an error, as a person reads them. */
export function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  throw new Error('expected an error')
}
