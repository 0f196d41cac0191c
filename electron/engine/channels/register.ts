import type { ChannelKind } from './channel.ts'

/**
 * Hides a kind's own config type. `open` cleans what it is given once more.
 * @throws Error naming the fields, when a config is opened that validateConfig refuses
 */
export function register<C>(kind: ChannelKind<C>): ChannelKind {
  return {
    ...kind,
    open(destination, ports) {
      const checked = kind.validateConfig(destination.config)
      if (!checked.ok) throw new Error(`The destination "${destination.label}" can't be opened. ${checked.errors.map((error) => `${error.field}: ${error.message}`).join(' ')}`)
      return kind.open({ ...destination, config: checked.config }, ports)
    },
  }
}
