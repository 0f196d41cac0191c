/**
 * Slack, by an incoming webhook or by a bot token. Two kinds rather than one with a mode: they need other secrets, and only one of them can
 * send pictures. So each form asks for just what it needs, and the badges tell the truth before anything is sent.
 */
import { EVENT_TYPES } from '../../events/model.ts'
import type { ChannelKind } from '../channel.ts'
import { openSlackBot, slackBotSchema, validateSlackBot, type SlackBotConfig } from './bot.ts'
import { TEXT_LIMIT } from './text.ts'
import { openSlackWebhook, slackSchema, validateSlack, type SlackConfig } from './webhook.ts'

/** One message a second in a channel, with some at once (https://docs.slack.dev/apis/web-api/rate-limits). */
const RATE = { burst: 5, everyMs: 1_000 }
const SHARED = { maxText: TEXT_LIMIT, maxImageBytes: null, actions: false, idempotencyKey: false, local: false, rate: RATE, parallel: 1 } as const

export const slackChannel: ChannelKind<SlackConfig> = {
  kind: 'slack',
  displayName: 'Slack (webhook)',
  group: 'people',
  guide: {
    steps: [
      'Open the page of your Slack apps, choose "Create New App", then "From scratch", and choose your workspace.',
      'Under "Incoming Webhooks", switch them on, choose "Add New Webhook" and the channel that the messages are to go to.',
      'Copy the Webhook URL and enter it here. A webhook sends no pictures: for those take "Slack (bot)".',
    ],
    links: [
      { label: 'Your Slack apps', url: 'https://api.slack.com/apps' },
      { label: 'Incoming webhooks', url: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks' },
    ],
  },
  // The one thing that tells two of them apart is a secret.
  primary: [],
  configSchema: slackSchema,
  secretFields: { url: { label: 'Webhook address', required: true } },
  capabilities: { ...SHARED, image: 'none', canUpdate: false },
  validateConfig: validateSlack,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  open: (destination, ports) => openSlackWebhook(destination, ports),
}

export const slackBotChannel: ChannelKind<SlackBotConfig> = {
  kind: 'slack-bot',
  displayName: 'Slack (bot)',
  group: 'people',
  guide: {
    steps: [
      'Open the page of your Slack apps, choose "Create New App", then "From scratch", and choose your workspace.',
      'Under "OAuth & Permissions", add the bot token scopes chat:write and files:write, then install the app to the workspace.',
      'Copy the "Bot User OAuth Token", which begins with xoxb-, and enter it here.',
      'In the channel, write "/invite" and the name of the app. Then open the details of the channel and copy its ID from the bottom.',
    ],
    links: [
      { label: 'Your Slack apps', url: 'https://api.slack.com/apps' },
      { label: 'Tokens of an app', url: 'https://docs.slack.dev/authentication/tokens' },
    ],
  },
  primary: ['channel'],
  configSchema: slackBotSchema,
  secretFields: { token: { label: 'Bot token', required: true } },
  // canUpdate is false on purpose: a picture can't join a message that stands already, so a message waits for it. Progress changes in place.
  capabilities: { ...SHARED, image: 'upload', canUpdate: false },
  validateConfig: validateSlackBot,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  wantsPicture: (config) => config.includePicture !== false,
  open: (destination, ports) => openSlackBot(destination, ports),
}
