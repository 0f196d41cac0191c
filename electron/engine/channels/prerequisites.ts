import type { ChannelKind, Prerequisite } from './channel.ts'

/**
 * What a destination of this config can't do without and is not there.
 * @param config as the channel cleaned it: what is not given has its default
 */
export function missingFor(kind: Pick<ChannelKind, 'prerequisites'>, config: unknown): Prerequisite[] {
  const fields = typeof config === 'object' && config !== null ? config as Readonly<Record<string, unknown>> : {}
  return kind.prerequisites().filter(({ met, when }) => !met && Object.entries(when ?? {}).every(([name, values]) => (values as readonly unknown[]).includes(fields[name])))
}
