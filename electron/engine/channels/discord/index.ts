/** Discord: one webhook, with an embed in the colour of what happened, the picture in it, and progress in place. */
import { EVENT_TYPES } from '../../events/model.ts'
import type { ChannelKind } from '../channel.ts'
import { openDiscord, PICTURE_BYTES } from './channel.ts'
import { discordSchema, validateDiscord, type DiscordConfig } from './config.ts'

const TEXT_LIMIT = 4096

export const discordChannel: ChannelKind<DiscordConfig> = {
  kind: 'discord',
  displayName: 'Discord',
  group: 'people',
  guide: {
    steps: [
      'In Discord, open the settings of the text channel, then Integrations, then Webhooks. You need the right "Manage Webhooks" there.',
      'Choose "New Webhook", give it a name, and choose "Copy Webhook URL".',
      'Enter that address here. Whoever has it can post in the channel, so Printbell keeps it like a password.',
    ],
    links: [{ label: 'Webhooks in Discord', url: 'https://support.discord.com/hc/en-us/articles/228383668-Intro-to-Webhooks' }],
  },
  // The one thing that tells two of them apart is a secret.
  primary: [],
  configSchema: discordSchema,
  secretFields: { url: { label: 'Webhook address', required: true } },
  // No rate: Discord tells its own with each answer (pace.ts).
  capabilities: { image: 'upload', maxText: TEXT_LIMIT, maxImageBytes: PICTURE_BYTES, canUpdate: true, actions: false, idempotencyKey: false, local: false, parallel: 1 },
  validateConfig: validateDiscord,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  wantsPicture: (config) => config.includePicture !== false,
  open: (destination, ports) => openDiscord(destination, ports),
}
