/**
 * The kinds of printer servers and of channels, each loaded when the settings name it and the rest of them a moment later: a start carries only
 * what it uses (docs/performance.md). The lists are those of the two registries, in their order; the test holds them together.
 */
import type { ChannelKind } from '../../engine/channels/channel.ts'
import { register } from '../../engine/channels/register.ts'
import { once } from '../../engine/once.ts'
import type { PrinterAdapter } from '../../engine/printers/adapter.ts'
import { octoprint } from '../../engine/printers/octoprint/index.ts'

export interface KindsByNeed {
  /** Those that are loaded. */
  readonly adapters: Map<string, PrinterAdapter>
  /** Those that are loaded, and whatever else is put in: of plugins, and the desktop's own. What is put in is never taken over. */
  readonly channels: Map<string, ChannelKind>
  /** Loads what these texts of settings name, or more, whether or not they can be used otherwise. */
  named(texts: readonly string[]): Promise<void>
  /** Loads all there are; from then on they are in the registries' order, before what else is there. */
  all(): Promise<void>
}

/** A kind's own type of settings is known to itself only (printers/registry.ts). */
const adapter = <S>(loaded: PrinterAdapter<S>): PrinterAdapter => loaded

const ADAPTERS: Readonly<Record<string, () => Promise<PrinterAdapter>>> = {
  // The most common one is there: its parts of its own, and those that others share, would be a dozen files to read.
  octoprint: async () => adapter(octoprint),
  moonraker: async () => adapter((await import('../../engine/printers/moonraker/index.ts')).moonraker),
  prusalink: async () => adapter((await import('../../engine/printers/prusalink/index.ts')).prusalink),
}

const CHANNELS: Readonly<Record<string, () => Promise<ChannelKind>>> = {
  desktop: async () => register((await import('../../engine/channels/desktop/index.ts')).desktopChannel),
  webhook: async () => register((await import('../../engine/channels/webhook/index.ts')).webhookChannel),
  'octoprint-webhooks': async () => register((await import('../../engine/channels/octoprint-webhooks/index.ts')).octoprintWebhooksChannel),
  telegram: async () => register((await import('../../engine/channels/telegram/index.ts')).telegramChannel),
  discord: async () => register((await import('../../engine/channels/discord/index.ts')).discordChannel),
  slack: async () => register((await import('../../engine/channels/slack/index.ts')).slackChannel),
  'slack-bot': async () => register((await import('../../engine/channels/slack/index.ts')).slackBotChannel),
  ntfy: async () => register((await import('../../engine/channels/ntfy/index.ts')).ntfyChannel),
  pushover: async () => register((await import('../../engine/channels/pushover/index.ts')).pushoverChannel),
  pushbullet: async () => register((await import('../../engine/channels/pushbullet/index.ts')).pushbulletChannel),
  apprise: async () => register((await import('../../engine/channels/apprise/index.ts')).appriseChannel),
  email: async () => register((await import('../../engine/channels/email/index.ts')).emailChannel),
  'sms-mail': async () => register((await import('../../engine/channels/sms-mail/index.ts')).smsMailChannel),
  mqtt: async () => register((await import('../../engine/channels/mqtt/index.ts')).mqttChannel),
  'system-hook': async () => register((await import('../../engine/channels/system-hook/index.ts')).systemHookChannel),
  'gcode-hook': async () => register((await import('../../engine/channels/gcode-hook/index.ts')).gcodeHookChannel),
  sound: async () => register((await import('../../engine/channels/sound/index.ts')).soundChannel),
}

/** A kind's name in any other spelling than its own letters: then nothing can be said by looking. */
const OTHER_SPELLING = '\\u'

export function kindsByNeed(): KindsByNeed {
  const adapters = new Map<string, PrinterAdapter>()
  const channels = new Map<string, ChannelKind>()

  async function load(wanted: (name: string) => boolean): Promise<void> {
    await Promise.all([into(adapters, ADAPTERS, wanted), into(channels, CHANNELS, wanted)])
  }

  return {
    adapters,
    channels,
    named: (texts) => load((name) => texts.some((text) => text.includes(`"${name}"`) || text.includes(OTHER_SPELLING))),
    all: once(async () => {
      await load(() => true)
      sort(adapters, Object.keys(ADAPTERS))
      sort(channels, Object.keys(CHANNELS))
    }),
  }
}

async function into<K>(kinds: Map<string, K>, loaders: Readonly<Record<string, () => Promise<K>>>, wanted: (name: string) => boolean): Promise<void> {
  await Promise.all(Object.entries(loaders).map(async ([name, load]) => {
    if (kinds.has(name) || !wanted(name)) return
    const kind = await load()
    if (!kinds.has(name)) kinds.set(name, kind)
  }))
}

/** Those of `order` first, the others behind them as they were. */
function sort<K>(kinds: Map<string, K>, order: readonly string[]): void {
  const before = new Map(kinds)
  kinds.clear()
  for (const name of new Set([...order, ...before.keys()])) {
    const kind = before.get(name)
    if (kind !== undefined) kinds.set(name, kind)
  }
}
