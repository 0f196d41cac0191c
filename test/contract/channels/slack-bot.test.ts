import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ChannelPorts, Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { slackBotChannel } from '../../../electron/engine/channels/slack/index.ts'
import { CANARY, channelPorts, eventOf, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { startFarSide, type FarSide, type Receipt, type Rule } from '../../support/far-side.ts'
import { GOLDEN_EVENTS } from '../../support/golden-events.ts'
import { channelSuite, openChannel, short, type ChannelRig, type Received } from './every-channel.ts'

const TOKEN = `xoxb-${CANARY}`
const CHANNEL = 'C0123456789'

interface Rig extends ChannelRig { far: FarSide }

const took = (ts = '1503435956.000247'): unknown => ({ ok: true, channel: CHANNEL, ts, message: { text: 'x' } })
const refusal = (error: string, more: object = {}): unknown => ({ ok: false, error, ...more })
const takesAll = (base: string): Rule[] => [
  { path: '/api/chat.(postMessage|update)$', body: took() },
  { path: '/api/files.getUploadURLExternal$', body: { ok: true, upload_url: `${base}/upload/v1/ABC123`, file_id: 'F123ABC456' } },
  { path: '/upload/v1/ABC123$', body: 'OK - 5006' },
  { path: '/api/files.completeUploadExternal$', body: { ok: true, files: [{ id: 'F123ABC456', title: 'snapshot.jpg' }] } },
]

async function start(): Promise<Rig> {
  const far = await startFarSide()
  return {
    far,
    config: () => ({ channel: CHANNEL, apiBase: `${far.base}/api` }),
    secrets: { token: TOKEN },
    accept: () => far.play(...takesAll(far.base)),
    received: async () => (await far.receipts()).map(toReceived),
    close: () => far.close(),
  }
}

/** What came, with the fields that are JSON read. */
function parametersOf(receipt: Receipt): Record<string, unknown> {
  return Object.fromEntries([...new URLSearchParams(receipt.text)].map(([name, value]) => [name, /^[[{]/.test(value) ? JSON.parse(value) as unknown : value]))
}

function toReceived(receipt: Receipt): Received {
  if (receipt.path.startsWith('/upload/')) return { text: '', pictures: [new Uint8Array(receipt.bytes)], raw: '' }
  const [block] = (parametersOf(receipt).blocks ?? []) as { elements: { elements: { text: string }[] }[] }[]
  return { text: block?.elements[0]?.elements.map(({ text }) => text).join('') ?? '', pictures: [], raw: receipt.text }
}

const says = (error: string, more: object = {}, rule: Partial<Rule> = {}) => (rig: Rig) => rig.far.play({ path: '/api/chat.postMessage$', body: refusal(error, more), ...rule })
const answers = (rule: Omit<Rule, 'path'>) => (rig: Rig) => rig.far.play({ path: '/api/', ...rule })
const each = (words: readonly string[], expected: string): [string, (rig: Rig) => Promise<void>, string][] => words.map((word) => [`${word}: ${expected}`, says(word), expected])

channelSuite('slack-bot', {
  start,
  answers: [
    ...each([
      'channel_not_found', 'invalid_channel', 'not_in_channel', 'is_archived', 'restricted_action', 'restricted_action_read_only_channel', 'restricted_action_thread_only_channel', 'messages_tab_disabled',
      'not_authed', 'invalid_auth', 'account_inactive', 'token_revoked', 'token_expired', 'not_allowed_token_type', 'missing_scope', 'no_permission', 'access_denied', 'ekm_access_denied', 'accesslimited',
      'enterprise_is_restricted', 'team_access_not_granted', 'team_not_found', 'two_factor_setup_required', 'posting_to_channel_denied', 'is_inactive',
    ], 'rejected destination'),
    ...each([
      'ratelimited', 'rate_limited', 'message_limit_exceeded', 'org_login_required', 'team_added_to_org', 'external_channel_migrating', 'request_timeout', 'service_unavailable', 'fatal_error', 'internal_error', 'update_failed',
    ], 'retry'),
    ...each([
      'msg_too_long', 'no_text', 'too_many_attachments', 'invalid_blocks', 'invalid_blocks_format', 'invalid_arguments', 'invalid_arg_name', 'invalid_array_arg', 'invalid_charset', 'invalid_form_data',
      'invalid_post_type', 'missing_post_type', 'a_word_that_nobody_knows',
    ], 'rejected message'),
    ['429 is tried again when it says', says('ratelimited', {}, { status: 429, headers: { 'retry-after': '30' } }), 'retry 30000'],
    ['429 of a proxy is tried again when it says', answers({ status: 429, headers: { 'retry-after': '7' }, body: 'slow down' }), 'retry 7000'],
    ['a word beside another status is read', says('invalid_auth', {}, { status: 401 }), 'rejected destination'],
    ['401 without a word refuses the destination', answers({ status: 401 }), 'rejected destination'], ['404 without a word refuses the destination', answers({ status: 404 }), 'rejected destination'],
    ['500 is tried again', answers({ status: 500 }), 'retry'], ['503 is tried again', answers({ status: 503 }), 'retry'],
    ['a redirect is not followed', answers({ status: 302, headers: { location: '/other' } }), 'rejected destination'],
    ['a word that is none is not shown', says('<script>'), 'rejected destination'],
    ['200 with nothing is tried again', answers({ body: '' }), 'retry'], ['200 of something else refuses the destination', answers({ body: '<html>hello</html>' }), 'rejected destination'],
    ['a broken connection is tried again', answers({ how: 'reset' }), 'retry'], ['an answer that breaks off does not undo the 200', answers({ body: '{"ok":true,"chan', how: 'half' }), 'delivered'],
    ['an answer without end is not Slack', answers({ how: 'flood' }), 'rejected destination'],
  ],
  wrong: [
    ['no channel', { channel: '' }, 'channel'], ['the name of a channel', { channel: '#general' }, 'channel'], ['the ID of a person', { channel: 'U0123456789' }, 'channel'],
    ['another scheme', { apiBase: 'ftp://slack.com/api' }, 'apiBase'],
  ],
  hang: answers({ how: 'hang' }),
})

describe('slack-bot', () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await start()
  })
  afterAll(() => rig.close())
  beforeEach(() => rig.accept())

  async function say(sending: Sending, over: Record<string, unknown> = {}, ports: ChannelPorts = channelPorts(), secrets = rig.secrets ?? {}): Promise<Verdict> {
    const channel = openChannel(slackBotChannel, { ...rig, secrets }, over, ports)
    const verdict = await channel.sendPrinterNotification(sending)
    await channel.close()
    return verdict
  }

  async function requests(): Promise<[path: string, parameters: Record<string, unknown> | string][]> {
    return (await rig.far.receipts()).map((receipt) => [receipt.path, receipt.path.startsWith('/upload/') ? `${receipt.headers['content-type']} ${receipt.bytes.byteLength}` : parametersOf(receipt)])
  }
  const paths = async (): Promise<string[]> => (await requests()).map(([path]) => path.replace('/api/', ''))

  const richText = (title: string, body: string): unknown => [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [
    { type: 'text', text: title, style: { bold: true } }, ...(body === '' ? [] : [{ type: 'text', text: `\n${body}` }]),
  ] }] }]

  const progress = (key: string, percent: number, over: Partial<Sending> = {}): Sending =>
    sendingOf(eventOf('job.progress', { id: key, printerName: 'Bench', progress: percent / 100, snapshot: 'now' }), { deliveryKey: key, ...over })

  describe('the whole request of each event', () => {
    const TEXTS: Readonly<Record<string, string>> = { 'message.user': 'Bench: message\nCome &amp; see &lt;now&gt;' }

    test.each(GOLDEN_EVENTS)('$type', async ({ type, event, title, body }) => {
      await say(sendingOf(event))
      const [receipt, ...others] = await rig.far.receipts()
      expect(others).toEqual([])
      expect(receipt).toMatchObject({ method: 'POST', path: '/api/chat.postMessage', headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' } })
      expect(await requests()).toEqual([['/api/chat.postMessage', {
        channel: CHANNEL, text: TEXTS[type] ?? (body === '' ? title : `${title}\n${body}`), blocks: richText(title, body), unfurl_links: 'false', unfurl_media: 'false',
      }]])
    })

    test('with a picture: where to, the bytes, and where it is shown with which words', async () => {
      expect(await say(sendingOf(undefined, { picture: PICTURE }))).toMatchObject({ result: 'delivered', detail: 'Slack took it.' })
      expect(await requests()).toEqual([
        ['/api/files.getUploadURLExternal', { filename: 'snapshot.jpg', length: '5006', alt_txt: 'The picture of the camera' }],
        ['/upload/v1/ABC123', 'application/octet-stream 5006'],
        ['/api/files.completeUploadExternal', { files: [{ id: 'F123ABC456', title: 'snapshot.jpg' }], channel_id: CHANNEL, blocks: richText('MK4 left bench: print done', 'lamp-vase, 3 h 36 min') }],
      ])
      const upload = (await rig.far.receipts())[1]
      expect(upload?.headers.authorization).toBeUndefined()
    })
  })

  describe('a picture never costs a message', () => {
    const UPLOAD = '/api/files.getUploadURLExternal$'
    test.each<[string, (rig: Rig) => Rule, string]>([
      ['no files can be sent', () => ({ path: UPLOAD, body: refusal('file_uploads_disabled') }), 'No files can be sent in this workspace.'],
      ['the storage is full', () => ({ path: UPLOAD, body: refusal('storage_limit_reached') }), 'The storage of the workspace is full.'],
      ['the app may send no files', () => ({ path: UPLOAD, body: refusal('missing_scope', { needed: 'files:write', provided: 'chat:write' }) }), 'The app lacks a right. Add the scope files:write, then install the app again.'],
      ['files fail', () => ({ path: UPLOAD, body: refusal('internal_error') }), 'Slack has a problem of its own.'],
      ['files do not answer', () => ({ path: UPLOAD, how: 'reset' }), 'The server broke the connection.'],
      ['Slack tells no address', () => ({ path: UPLOAD, body: { ok: true } }), 'Slack does not tell where the picture is to go.'],
      ['Slack tells an address elsewhere', () => ({ path: UPLOAD, body: { ok: true, upload_url: 'https://evil.example/upload', file_id: 'F123ABC456' } }), 'Slack does not tell where the picture is to go.'],
      ['Slack tells an address of cloud credentials', () => ({ path: UPLOAD, body: { ok: true, upload_url: 'http://169.254.169.254/', file_id: 'F123ABC456' } }), 'Slack does not tell where the picture is to go.'],
      ['the bytes are refused', () => ({ path: '/upload/', status: 500 }), 'The server has a problem of its own (500).'],
      ['the way of the bytes breaks', () => ({ path: '/upload/', how: 'reset' }), 'The server broke the connection.'],
      ['the picture got lost', () => ({ path: 'completeUpload', body: refusal('file_not_found') }), 'The picture got lost on the way.'],
      ['its words are not understood', () => ({ path: 'completeUpload', body: refusal('invalid_blocks') }), 'Slack does not understand this message.'],
      ['Slack fails at its last step', () => ({ path: 'completeUpload', body: refusal('internal_error') }), 'Slack has a problem of its own.'],
    ])('when %s the words go alone', async (_what, rule, why) => {
      await rig.far.play(rule(rig), ...takesAll(rig.far.base))
      expect(await say(sendingOf(undefined, { picture: PICTURE }))).toMatchObject({ result: 'delivered', detail: `Slack took it. Without its picture: ${why}` })
      expect((await requests()).at(-1)).toEqual(['/api/chat.postMessage', expect.objectContaining({ text: 'MK4 left bench: print done\nlamp-vase, 3 h 36 min' })])
    })

    test.each([['its size is restricted', { path: UPLOAD, times: 2, body: refusal('file_upload_size_restricted') }], ['the bytes are too many', { path: '/upload/', times: 2, status: 413 }]])('when %s it is made smaller', async (_what, rule) => {
      await rig.far.play(rule, ...takesAll(rig.far.base))
      expect(await say(sendingOf(undefined, { picture: PICTURE }))).toMatchObject({ result: 'delivered', detail: 'Slack took it. Its picture was made smaller.' })
      expect((await requests()).flatMap(([path, parameters]) => (path === '/api/files.getUploadURLExternal' ? [(parameters as { length: string }).length] : []))).toEqual(['5006', '640', '320'])
    })

    test.each<[string, Rule, string]>([
      ['the channel is not known', { path: 'completeUpload', body: refusal('channel_not_found') }, 'rejected destination'], ['the token is not known', { path: '/api/', body: refusal('invalid_auth') }, 'rejected destination'],
      ['Slack is busy', { path: 'getUpload', status: 429, headers: { 'retry-after': '12' }, body: refusal('ratelimited') }, 'retry 12000'],
      ['the last answer gets lost, and it may be there already', { path: 'completeUpload', how: 'reset' }, 'retry'],
    ])('but when %s nothing else is tried', async (_what, rule, expected) => {
      await rig.far.play(rule, ...takesAll(rig.far.base))
      expect(short(await say(sendingOf(undefined, { picture: PICTURE })))).toBe(expected)
      expect(await paths()).not.toContain('chat.postMessage')
    })

    test('none is sent where they are switched off', async () => {
      await say(sendingOf(undefined, { picture: PICTURE }), { includePicture: false })
      expect(await paths()).toEqual(['chat.postMessage'])
    })
  })

  describe('a message in place', () => {
    test('progress of one print is one message, and its pictures are replies to it', async () => {
      const ports = channelPorts()
      await say(progress('A', 25, { picture: PICTURE }), {}, ports)
      expect(await say(progress('B', 50, { picture: PICTURE }), {}, ports)).toMatchObject({ result: 'delivered', detail: 'Changed in place.' })
      const share = ['/api/files.completeUploadExternal', { files: [{ id: 'F123ABC456', title: 'snapshot.jpg' }], channel_id: CHANNEL, thread_ts: '1503435956.000247' }]
      const picture = [['/api/files.getUploadURLExternal', { filename: 'snapshot.jpg', length: '5006', alt_txt: 'The picture of the camera' }], ['/upload/v1/ABC123', 'application/octet-stream 5006'], share]
      expect(await requests()).toEqual([
        ['/api/chat.postMessage', { channel: CHANNEL, text: 'Bench: 25 % printed\nlamp-vase, 1 h 30 min', blocks: richText('Bench: 25 % printed', 'lamp-vase, 1 h 30 min'), unfurl_links: 'false', unfurl_media: 'false' }], ...picture,
        ['/api/chat.update', { channel: CHANNEL, ts: '1503435956.000247', text: 'Bench: 50 % printed\nlamp-vase, 1 h 30 min', blocks: richText('Bench: 50 % printed', 'lamp-vase, 1 h 30 min') }], ...picture,
      ])
    })

    test.each(['message_not_found', 'cant_update_message', 'edit_window_closed', 'block_mismatch'])('%s: sent anew', async (word) => {
      const ports = channelPorts()
      await say(progress('A', 25), {}, ports)
      await rig.far.play({ path: 'chat.update', times: 1, body: refusal(word) }, { path: 'chat.postMessage', body: took('1503435999.000100') }, ...takesAll(rig.far.base))
      expect(short(await say(progress('B', 50), {}, ports))).toBe('delivered')
      await say(progress('C', 75), {}, ports)
      expect((await requests()).map(([path, parameters]) => [path, (parameters as { ts?: string }).ts])).toEqual([['/api/chat.update', '1503435956.000247'], ['/api/chat.postMessage', undefined], ['/api/chat.update', '1503435999.000100']])
    })

    test('a picture of it that fails does not undo it', async () => {
      await rig.far.play({ path: 'completeUpload', body: refusal('restricted_action_non_threadable_channel') }, ...takesAll(rig.far.base))
      expect(await say(progress('A', 25, { picture: PICTURE }))).toMatchObject({ result: 'delivered', detail: 'Slack took it. Without its picture: No replies can be written in this channel.' })
      expect((await paths()).filter((path) => path === 'chat.postMessage')).toHaveLength(1)
    })

    test('what calls for a person is a message of its own', async () => {
      const ports = channelPorts()
      await say(progress('A', 25), {}, ports)
      await say(sendingOf(eventOf('job.failed', { id: 'B' }), { deliveryKey: 'B' }), {}, ports)
      expect(await paths()).toEqual(['chat.postMessage', 'chat.postMessage'])
    })

    test.each([['with', PICTURE], ['without', null]])('a message %s a picture that another try brought already is not sent twice', async (_what, picture) => {
      const ports = channelPorts()
      await say(sendingOf(undefined, { picture }), {}, ports)
      const before = (await paths()).length
      expect(await say(sendingOf(undefined, { picture, attempt: 2 }), {}, ports)).toEqual({ result: 'delivered', detail: 'An earlier try brought it.' })
      expect(await paths()).toHaveLength(before)
    })

    test('one whose number was never told is followed by a new one', async () => {
      const ports = channelPorts()
      await rig.far.play({ path: 'chat.postMessage', times: 1, body: '{"ok":true,"chan', how: 'half' }, ...takesAll(rig.far.base))
      await say(progress('A', 25), {}, ports)
      await say(progress('B', 50), {}, ports)
      expect(await paths()).toEqual(['chat.postMessage', 'chat.postMessage'])
    })
  })

  test('a scope that is missing is named', async () => {
    await rig.far.play({ path: '/api/', body: refusal('missing_scope', { needed: 'chat:write', provided: 'files:write' }) })
    expect(await say(sendingOf())).toMatchObject({ result: 'rejected', scope: 'destination', why: 'The app lacks a right. Add the scope chat:write, then install the app again.' })
  })

  test.each([
    ['is missing', {}, 'The bot token is missing. Copy the "Bot User OAuth Token" from the page of your Slack app.'],
    ['is none', { token: 'hello there' }, 'This is no token of Slack. Copy the "Bot User OAuth Token", which begins with xoxb-.'],
    ['is of the app', { token: 'xapp-1-A1-abc' }, 'This is an app-level token. Copy the "Bot User OAuth Token", which begins with xoxb-.'],
    ['breaks a header', { token: 'xoxb-1\r\nX: y' }, 'This is no token of Slack. Copy the "Bot User OAuth Token", which begins with xoxb-.'],
  ])('a token that %s is told, and nothing is asked', async (_what, secrets, why) => {
    expect(await say(sendingOf(), {}, channelPorts(), secrets)).toEqual({ result: 'rejected', scope: 'destination', why })
    expect(await rig.far.receipts()).toEqual([])
  })

  test('a test shows what was said and answered, without the channel and the token', async () => {
    await rig.far.play({ path: '/api/', body: refusal('not_in_channel') })
    const { exchange } = await say(sendingOf(eventOf('app.test', { text: 'My team' })))
    expect(exchange?.request.slice(0, 3)).toEqual(['POST /api/chat.postMessage', '{', '  "channel": "(hidden)",'])
    expect(exchange?.answer).toEqual(['200', 'not_in_channel'])
  })
})
