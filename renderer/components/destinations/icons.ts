/** Which drawing stands for a channel. One that is not named here gets the paper plane. */
import type { IconName } from '../../lib/icons.ts'

const ICONS: Readonly<Record<string, IconName>> = {
  desktop: 'desktop', webhook: 'webhook', 'octoprint-webhooks': 'webhook', ntfy: 'phone', pushover: 'phone', pushbullet: 'phone', mail: 'mail', email: 'mail', 'sms-mail': 'phone', telegram: 'chat', discord: 'chat', slack: 'chat', 'slack-bot': 'chat', mqtt: 'broadcast', 'system-hook': 'play', 'gcode-hook': 'nozzle', sound: 'sound',
}

export function channelIcon(channel: string): IconName {
  return ICONS[channel] ?? 'send'
}
