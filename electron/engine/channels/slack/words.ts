/**
 * Slack's own words for what went wrong. The Web API says them in the body of a 200
 * (https://docs.slack.dev/reference/methods/chat.postMessage#errors, files.getUploadURLExternal, files.completeUploadExternal), incoming
 * webhooks as the whole body beside a status (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors).
 */
import type { Verdict } from '../channel.ts'

/**
 * `picture`: smaller, or without it. `plain`: without it, no size helps. `anew`: the message can't be changed, so a new one is sent.
 */
export type Remedy = 'picture' | 'plain' | 'anew' | null

export interface Meaning {
  verdict: Verdict
  remedy: Remedy
}

type Row = readonly [result: 'message' | 'destination' | 'retry' | 'gone', why: string, remedy?: Remedy]

const NO_CHANNEL = 'Slack does not know this channel, or the app is not in it. Check the channel, and invite the app there.'
const NO_TOKEN = 'Slack does not know this token. Copy the bot token again.'
const DEAD_TOKEN = 'The app was removed from the workspace, or its token was revoked. Install it again and enter the new token.'
const NO_RIGHTS = 'The app may not post in this channel. Ask who looks after the workspace.'
const MOVING = 'The workspace is being moved and can not be reached for now.'
const BUSY = 'Slack takes no more messages for now.'
const OWN_TROUBLE = 'Slack has a problem of its own.'
const NOT_UNDERSTOOD = 'Slack does not understand this message.'
const NO_WEBHOOK = 'The webhook was removed or switched off, or its address is not right. Copy it again.'
const TOO_MANY = 'Slack does not take this message as it is.'
const NO_FILES = 'No files can be sent in this workspace.'
const NOT_CHANGED = 'The message that was to change can not be changed any more.'

const WORDS: Readonly<Record<string, Row>> = {
  // The channel.
  channel_not_found: ['destination', NO_CHANNEL],
  invalid_channel: ['destination', NO_CHANNEL],
  not_in_channel: ['destination', 'The app is not in this channel. Write "/invite" and its name there.'],
  is_archived: ['destination', 'The channel is in the archive. Take it out, or choose another one.'],
  user_not_found: ['destination', 'The person that the webhook writes to is not there any more.'],
  restricted_action: ['destination', NO_RIGHTS],
  restricted_action_read_only_channel: ['destination', NO_RIGHTS],
  restricted_action_thread_only_channel: ['destination', NO_RIGHTS],
  restricted_action_non_threadable_channel: ['message', 'No replies can be written in this channel.', 'plain'],
  restricted_action_thread_locked: ['message', 'This thread is locked.', 'plain'],
  messages_tab_disabled: ['destination', 'The app takes no messages of its own. Switch on its "Messages Tab", or choose a channel.'],
  posting_to_channel_denied: ['destination', NO_RIGHTS],
  // The token.
  not_authed: ['destination', NO_TOKEN],
  invalid_auth: ['destination', NO_TOKEN],
  account_inactive: ['destination', DEAD_TOKEN],
  token_revoked: ['destination', DEAD_TOKEN],
  token_expired: ['destination', 'The token has expired. Switch off token rotation for the app, and enter its new token.'],
  not_allowed_token_type: ['destination', 'This is another kind of token. Copy the "Bot User OAuth Token".'],
  missing_scope: ['destination', 'The app lacks a right.'],
  no_permission: ['destination', NO_RIGHTS],
  access_denied: ['destination', NO_RIGHTS],
  ekm_access_denied: ['destination', 'The workspace has stopped all posting for now. Ask who looks after it.'],
  accesslimited: ['destination', 'Slack can not be used from this network.'],
  enterprise_is_restricted: ['destination', NO_RIGHTS],
  team_access_not_granted: ['destination', NO_RIGHTS],
  team_not_found: ['destination', NO_CHANNEL],
  two_factor_setup_required: ['destination', 'The account of the app must set up two-factor login first.'],
  // Passes by itself.
  ratelimited: ['retry', BUSY],
  rate_limited: ['retry', BUSY],
  message_limit_exceeded: ['retry', BUSY],
  org_login_required: ['retry', MOVING],
  team_added_to_org: ['retry', MOVING],
  external_channel_migrating: ['retry', MOVING],
  request_timeout: ['retry', OWN_TROUBLE],
  service_unavailable: ['retry', OWN_TROUBLE],
  fatal_error: ['retry', OWN_TROUBLE],
  internal_error: ['retry', OWN_TROUBLE],
  update_failed: ['retry', OWN_TROUBLE],
  rollup_error: ['retry', OWN_TROUBLE],
  // This message.
  msg_too_long: ['message', 'The message is too long for Slack.'],
  no_text: ['message', 'The message is empty for Slack.'],
  too_many_attachments: ['message', TOO_MANY],
  invalid_blocks: ['message', NOT_UNDERSTOOD],
  invalid_blocks_format: ['message', NOT_UNDERSTOOD],
  invalid_arguments: ['message', NOT_UNDERSTOOD],
  invalid_arg_name: ['message', NOT_UNDERSTOOD],
  invalid_array_arg: ['message', NOT_UNDERSTOOD],
  invalid_charset: ['message', NOT_UNDERSTOOD],
  invalid_form_data: ['message', NOT_UNDERSTOOD],
  invalid_post_type: ['message', NOT_UNDERSTOOD],
  missing_post_type: ['message', NOT_UNDERSTOOD],
  invalid_payload: ['message', NOT_UNDERSTOOD],
  // Its picture.
  file_upload_size_restricted: ['message', 'The picture is too large for this workspace.', 'picture'],
  file_uploads_disabled: ['message', NO_FILES, 'plain'],
  storage_limit_reached: ['message', 'The storage of the workspace is full.', 'plain'],
  slack_connect_file_link_sharing_blocked: ['message', NO_FILES, 'plain'],
  missing_argument: ['message', 'Slack does not take this picture.', 'plain'],
  file_not_found: ['message', 'The picture got lost on the way.', 'plain'],
  file_update_failed: ['message', 'The picture got lost on the way.', 'plain'],
  // A message that was to change.
  message_not_found: ['message', NOT_CHANGED, 'anew'],
  cant_update_message: ['message', NOT_CHANGED, 'anew'],
  edit_window_closed: ['message', NOT_CHANGED, 'anew'],
  block_mismatch: ['message', NOT_CHANGED, 'anew'],
  is_inactive: ['destination', 'The channel is in the archive. Take it out, or choose another one.'],
  // An incoming webhook.
  action_prohibited: ['destination', 'The workspace does not let this webhook post. Ask who looks after it.'],
  posting_to_general_channel_denied: ['destination', 'This webhook may not post in the general channel. Make one for another channel.'],
  no_service: ['destination', NO_WEBHOOK],
  no_service_id: ['destination', NO_WEBHOOK],
  no_team: ['destination', NO_WEBHOOK],
  invalid_token: ['destination', NO_WEBHOOK],
  team_disabled: ['destination', 'The workspace is no longer active.'],
  channel_is_archived: ['gone', 'The channel of this webhook is in the archive. Take it out, or make a webhook for another one.'],
}

/**
 * @param needed of a right that is missing: which one
 * @param after what the far side asked for, ms; null = nothing
 * @returns null for a word that nobody knows
 */
export function meaningOfWord(word: string, { needed = null, after = null }: { needed?: string | null; after?: number | null } = {}): Meaning | null {
  const row = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined
  if (row === undefined) return null
  const [result, told, remedy = null] = row
  const why = word === 'missing_scope' && needed !== null ? `${told} Add the scope ${needed}, then install the app again.` : told
  if (result === 'gone') return { verdict: { result, why }, remedy }
  if (result === 'retry') return { verdict: { result, after, why }, remedy }
  return { verdict: { result: 'rejected', scope: result, why }, remedy }
}
