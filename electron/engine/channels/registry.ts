/** Every way to reach a person or system. A new one is a folder and a line here. */
import { appriseChannel } from './apprise/index.ts'
import type { ChannelKind } from './channel.ts'
import { desktopChannel } from './desktop/index.ts'
import { discordChannel } from './discord/index.ts'
import { emailChannel } from './email/index.ts'
import { gcodeHookChannel } from './gcode-hook/index.ts'
import { mqttChannel } from './mqtt/index.ts'
import { ntfyChannel } from './ntfy/index.ts'
import { octoprintWebhooksChannel } from './octoprint-webhooks/index.ts'
import { pushbulletChannel } from './pushbullet/index.ts'
import { pushoverChannel } from './pushover/index.ts'
import { register } from './register.ts'
import { slackBotChannel, slackChannel } from './slack/index.ts'
import { smsMailChannel } from './sms-mail/index.ts'
import { soundChannel } from './sound/index.ts'
import { systemHookChannel } from './system-hook/index.ts'
import { telegramChannel } from './telegram/index.ts'
import { webhookChannel } from './webhook/index.ts'

/** By kind. */
export const channels: ReadonlyMap<string, ChannelKind> = new Map([
  register(desktopChannel),
  register(webhookChannel),
  register(octoprintWebhooksChannel),
  register(telegramChannel),
  register(discordChannel),
  register(slackChannel),
  register(slackBotChannel),
  register(ntfyChannel),
  register(pushoverChannel),
  register(pushbulletChannel),
  register(appriseChannel),
  register(emailChannel),
  register(smsMailChannel),
  register(mqttChannel),
  register(systemHookChannel),
  register(gcodeHookChannel),
  register(soundChannel),
].map((kind) => [kind.kind, kind]))
