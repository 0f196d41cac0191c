import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { telegramChannel } from '../../../electron/engine/channels/telegram/index.ts'
import { channelPorts, eventOf, HOSTILE_NAME, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { GOLDEN_EVENTS } from '../../support/golden-events.ts'
import { CHAT, refusal, requests, say, startTelegram, TAKES_ALL, TOKEN, type TelegramRig } from '../../support/telegram.ts'
import { channelSuite, openChannel, short } from './every-channel.ts'

const refuses = (status: number, description: string, parameters?: object) => (rig: TelegramRig) => rig.far.play({ path: '/send', status, body: refusal(status, description, parameters) })

channelSuite('telegram', {
  start: startTelegram,
  answers: [
    ['400 for a chat that it does not know refuses the destination', refuses(400, 'Bad Request: chat not found'), 'rejected destination'],
    ['400 for a topic that is gone refuses the destination', refuses(400, 'Bad Request: message thread not found'), 'rejected destination'],
    ['400 for a topic that is closed refuses the destination', refuses(400, 'Bad Request: TOPIC_CLOSED'), 'rejected destination'],
    ['400 for missing rights refuses the destination', refuses(400, 'Bad Request: not enough rights to send text messages to the chat'), 'rejected destination'],
    ['400 for no right to write refuses the destination', refuses(400, 'Bad Request: have no rights to send a message'), 'rejected destination'],
    ['400 for a channel without rights refuses the destination', refuses(400, 'Bad Request: need administrator rights in the channel chat'), 'rejected destination'],
    ['400 CHAT_WRITE_FORBIDDEN refuses the destination', refuses(400, 'Bad Request: CHAT_WRITE_FORBIDDEN'), 'rejected destination'],
    ['400 PEER_ID_INVALID refuses the destination', refuses(400, 'Bad Request: PEER_ID_INVALID'), 'rejected destination'],
    ['400 for a group that is no more refuses the destination', refuses(400, 'Bad Request: group chat was deactivated'), 'rejected destination'],
    ['400 for a bot that was moved away refuses the destination', refuses(400, 'Logged out'), 'rejected destination'],
    ['400 for markup refuses this message', refuses(400, "Bad Request: can't parse entities: Unsupported start tag"), 'rejected message'],
    ['400 for length refuses this message', refuses(400, 'Bad Request: message is too long'), 'rejected message'],
    ['400 with words that nobody knows refuses this message', refuses(400, 'Bad Request: SOMETHING_NEW'), 'rejected message'],
    ['401 refuses the destination', refuses(401, 'Unauthorized'), 'rejected destination'],
    ['403 blocked refuses the destination', refuses(403, 'Forbidden: bot was blocked by the user'), 'rejected destination'],
    ['403 kicked refuses the destination', refuses(403, 'Forbidden: bot was kicked from the supergroup chat'), 'rejected destination'],
    ['403 not a member refuses the destination', refuses(403, 'Forbidden: bot is not a member of the channel chat'), 'rejected destination'],
    ['403 not spoken to yet refuses the destination', refuses(403, "Forbidden: bot can't initiate conversation with a user"), 'rejected destination'],
    ['403 for a deleted account refuses the destination', refuses(403, 'Forbidden: user is deactivated'), 'rejected destination'],
    ['403 for another bot refuses the destination', refuses(403, "Forbidden: bot can't send messages to bots"), 'rejected destination'],
    ['403 with other words refuses the destination', refuses(403, 'Forbidden: something else'), 'rejected destination'],
    ['404 refuses the destination', refuses(404, 'Not Found'), 'rejected destination'],
    ['409 is tried again', refuses(409, 'Conflict'), 'retry'],
    ['413 refuses this message', refuses(413, 'Request Entity Too Large'), 'rejected message'],
    ['420 refuses this message', refuses(420, 'FLOOD'), 'rejected message'],
    ['429 is tried again when it says', refuses(429, 'Too Many Requests: retry after 35', { retry_after: 35 }), 'retry 35000'],
    ['429 without a time is tried again', refuses(429, 'Too Many Requests'), 'retry'],
    ['429 of a proxy is tried again when its header says', (rig) => rig.far.play({ path: '/send', status: 429, headers: { 'retry-after': '7' }, body: 'slow down' }), 'retry 7000'],
    ['500 is tried again', refuses(500, 'Internal Server Error'), 'retry'],
    ['502 is tried again', refuses(502, 'Bad Gateway'), 'retry'],
    ['502 of a proxy is tried again', (rig) => rig.far.play({ path: '/send', status: 502, body: '<html>Bad Gateway</html>' }), 'retry'],
    ['504 is tried again', refuses(504, 'Gateway Timeout'), 'retry'],
    ['an error within 200 is read', (rig) => rig.far.play({ path: '/send', status: 200, body: refusal(403, 'Forbidden: bot was blocked by the user') }), 'rejected destination'],
    ['an error without a code takes that of its status', (rig) => rig.far.play({ path: '/send', status: 401, body: { ok: false } }), 'rejected destination'],
    ['a redirect is not followed', (rig) => rig.far.play({ path: '/send', status: 302, headers: { location: '/other' } }), 'rejected destination'],
    ['404 of something that is no Bot API refuses the destination', (rig) => rig.far.play({ path: '/send', status: 404, body: 'nothing here' }), 'rejected destination'],
    ['200 of something that is no Bot API refuses the destination', (rig) => rig.far.play({ path: '/send', status: 200, body: '<html>hello</html>' }), 'rejected destination'],
    ['200 with nothing is tried again', (rig) => rig.far.play({ path: '/send', status: 200, body: '' }), 'retry'],
    ['a broken connection is tried again', (rig) => rig.far.play({ path: '/send', how: 'reset' }), 'retry'],
    ['an answer that breaks off does not undo the 200', (rig) => rig.far.play({ path: '/send', body: '{"ok":true,"result":{"message_', how: 'half' }), 'delivered'],
    ['an answer without end is no Bot API', (rig) => rig.far.play({ path: '/send', how: 'flood' }), 'rejected destination'],
  ],
  wrong: [
    ['no chat', { chatId: '' }, 'chatId'], ['a link for a chat', { chatId: 'https://t.me/workshop' }, 'chatId'], ['a number that is no text', { chatId: -100 }, 'chatId'],
    ['a topic below one', { topicId: 0 }, 'topicId'], ['a broken topic', { topicId: 1.5 }, 'topicId'], ['another scheme', { apiBase: 'ftp://host' }, 'apiBase'],
    ['credentials in the address', { apiBase: 'https://a:b@host' }, 'apiBase'],
  ],
  hang: (rig) => rig.far.play({ path: '/', how: 'hang' }),
})

describe('telegram', () => {
  let rig: TelegramRig
  beforeAll(async () => {
    rig = await startTelegram()
  })
  afterAll(() => rig.close())
  beforeEach(() => rig.accept())

  describe('the whole request of each event', () => {
    /** SHA-256 of "dest" in base64url, cut to eight. */
    const TAG = 'HV5qHt3f'
    const SHOWN: Readonly<Record<string, [string, string][]>> = {
      running: [['Pause', 'pause'], ['Cancel print…', 'cancel'], ['Mute 1 h', 'mute_1h']],
      paused: [['Resume', 'resume'], ['Cancel print…', 'cancel']],
      seen: [['Mark seen', 'seen']],
      failed: [['Acknowledge', 'acknowledge']],
      attention: [['Resume', 'resume'], ['Acknowledge', 'acknowledge'], ['Mute 1 h', 'mute_1h']],
      prompt: [['Yes', 'answer:0'], ['No', 'answer:1'], ['Acknowledge', 'acknowledge']],
      failing: [['Pause', 'pause'], ['Cancel print…', 'cancel'], ['Acknowledge', 'acknowledge']],
      idle: [['Mute 1 h', 'mute_1h']],
    }
    const BUTTONS: Readonly<Record<string, string>> = {
      'job.started': 'running', 'job.first_layer_done': 'running', 'job.layer': 'running', 'job.progress': 'running', 'job.milestone_time': 'running', 'job.finishing_soon': 'running',
      'job.eta_slipped': 'running', 'job.stalled': 'running', 'job.resumed': 'running', 'job.paused': 'paused', 'job.done': 'seen', 'job.cancelled': 'seen', 'job.failed': 'failed',
      'job.result_unknown': 'failed', 'attention.filament_runout': 'attention', 'attention.filament_change': 'attention', 'attention.user_input': 'prompt', 'attention.door': 'attention',
      'attention.plate': 'attention', 'attention.reminder': 'attention', 'failure.warning': 'failing', 'failure.detected': 'failing',
      'heater.target_reached': 'idle', 'heater.cooled': 'idle', 'heater.left_on': 'idle', 'heater.runaway': 'idle', 'device.ready': 'idle', 'device.error': 'idle', 'device.shutdown': 'idle',
      'device.fault': 'idle', 'link.up': 'idle', 'link.lost': 'idle', 'link.auth_failed': 'idle', 'link.refused': 'idle',
    }
    const TEXTS: Readonly<Record<string, string>> = {
      'message.user': '<b>Bench: message</b>\nCome &#38; see &#60;now&#62;',
      'app.test': '<b>Printbell: test message</b>\n&#34;My chat&#34; works: this is a test.',
    }
    const rows = (buttons: [string, string][]): unknown => {
      const made = buttons.map(([text, action]) => ({ text, callback_data: `${TAG}:01KF0000000000000000000001:${action}` }))
      return { inline_keyboard: [made.slice(0, 2), made.slice(2)].filter((row) => row.length > 0) }
    }

    test.each(GOLDEN_EVENTS)('$type', async ({ type, severity, event, title, body }) => {
      await say(rig, sendingOf(event), { buttons: true })
      const buttons = SHOWN[BUTTONS[type] ?? '']
      expect(await requests(rig)).toEqual([{
        line: `POST /bot${TOKEN}/sendMessage`,
        parameters: {
          chat_id: '-1001234567890', text: TEXTS[type] ?? (body === '' ? `<b>${title}</b>` : `<b>${title}</b>\n${body}`), parse_mode: 'HTML', link_preview_options: { is_disabled: true },
          ...(severity === 'info' ? { disable_notification: true } : {}), ...(buttons ? { reply_markup: rows(buttons) } : {}),
        },
      }])
    })

    test('a bot that is too fast is no destination that fails, whether Telegram says how long to wait or not', async () => {
      for (const parameters of [undefined, { retry_after: 35 }]) {
        await rig.far.play({ path: '/send', status: 429, body: { ok: false, error_code: 429, description: 'Too Many Requests', ...(parameters ? { parameters } : {}) } })
        expect(await say(rig, sendingOf())).toMatchObject({ result: 'retry', busy: true })
      }
    })

    test('with a picture, in a topic', async () => {
      await say(rig, sendingOf(undefined, { picture: PICTURE }), { topicId: 7, silent: 'everything' })
      expect(await requests(rig)).toEqual([{
        line: `POST /bot${TOKEN}/sendPhoto`,
        parameters: {
          chat_id: '-1001234567890', message_thread_id: '7', caption: '<b>MK4 left bench: print done</b>\nlamp-vase, 3 h 36 min', parse_mode: 'HTML', disable_notification: 'true',
          photo: 'snapshot.jpg image/jpeg 5006',
        },
      }])
    })

    test('the general topic of a group is not named: Telegram refuses its number', async () => {
      await say(rig, sendingOf(), { topicId: 1, silent: 'nothing' })
      expect((await requests(rig))[0]?.parameters).not.toHaveProperty('message_thread_id')
    })
  })

  describe('words', () => {
    test('a name of markup is shown as it is', async () => {
      const sending = sendingOf()
      await say(rig, { ...sending, message: { ...sending.message, title: HOSTILE_NAME, body: '</b><a href="https://evil.example">x</a> &amp; \'q\'' } })
      expect((await requests(rig))[0]?.parameters.text).toBe('<b>*b* _i_ &#60;u&#62;&#38;amp; [l](x) @everyone `c` ~s~ #1</b>\n&#60;/b&#62;&#60;a href=&#34;https://evil.example&#34;&#62;x&#60;/a&#62; &#38;amp; &#39;q&#39;')
    })

    test('more than 4096 characters are cut, and emoji count as one', async () => {
      const sending = sendingOf()
      await say(rig, { ...sending, message: { ...sending.message, title: 'Title', body: '🖨'.repeat(5_000) } })
      expect((await requests(rig))[0]?.parameters.text).toBe(`<b>Title</b>\n${'🖨'.repeat(4_089)}…`)
    })

    test('what does not fit under a picture goes without it', async () => {
      const sending = sendingOf(undefined, { picture: PICTURE })
      const verdict = await say(rig, { ...sending, message: { ...sending.message, title: 'Title', body: 'x'.repeat(1_019) } })
      expect((await requests(rig)).map(({ line }) => line)).toEqual([`POST /bot${TOKEN}/sendMessage`])
      expect(verdict).toMatchObject({ result: 'delivered', detail: 'Telegram took it. Without its picture: too large for it.' })
    })

    test('1024 characters do fit under a picture', async () => {
      const sending = sendingOf(undefined, { picture: PICTURE })
      await say(rig, { ...sending, message: { ...sending.message, title: 'Title', body: 'x'.repeat(1_018) } })
      expect((await requests(rig)).map(({ line }) => line)).toEqual([`POST /bot${TOKEN}/sendPhoto`])
    })

    test.each([
      ['info', 'info', true], ['success', 'info', false], ['success', 'success', true], ['warning', 'success', false], ['error', 'error', true], ['critical', 'error', false],
      ['critical', 'everything', true], ['info', 'nothing', false],
    ] as const)('%s with "%s" silent is silent: %s', async (severity, silent, expected) => {
      const sending = sendingOf()
      await say(rig, { ...sending, message: { ...sending.message, severity } }, { silent })
      expect((await requests(rig))[0]?.parameters.disable_notification === true).toBe(expected)
    })
  })

  describe('pictures', () => {
    test.each([
      ['413', 413, 'Request Entity Too Large'], ['dimensions', 400, 'Bad Request: PHOTO_INVALID_DIMENSIONS'], ['a picture that it can not read', 400, 'Bad Request: IMAGE_PROCESS_FAILED'],
      ['a file that is too big', 400, 'Bad Request: file is too big'],
    ])('%s: smaller, then smaller still', async (_what, code, description) => {
      await rig.far.play({ path: '/sendPhoto', times: 2, status: code, body: refusal(code, description) }, ...TAKES_ALL)
      expect(await say(rig, sendingOf(undefined, { picture: PICTURE }))).toMatchObject({ result: 'delivered', detail: 'Telegram took it. Its picture was made smaller.' })
      expect((await requests(rig)).map(({ parameters }) => parameters.photo)).toEqual(['snapshot.jpg image/jpeg 5006', 'snapshot.jpg image/jpeg 640', 'snapshot.jpg image/jpeg 320'])
    })

    test.each(['Bad Request: not enough rights to send photos to the chat', 'Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN'])('where no pictures are allowed the words go alone: %s', async (description) => {
      await rig.far.play({ path: '/sendPhoto', status: 400, body: refusal(400, description) }, ...TAKES_ALL)
      expect(short(await say(rig, sendingOf(undefined, { picture: PICTURE })))).toBe('delivered')
      expect((await requests(rig)).at(-1)?.line).toBe(`POST /bot${TOKEN}/sendMessage`)
    })

    test.each([['too long for Telegram', 2_000, 90], ['too large for Telegram', 6_000, 4_001]])('one that is %s is not even tried', async (_what, width, height) => {
      await say(rig, sendingOf(undefined, { picture: { ...PICTURE, width, height } }), {}, channelPorts({ shrink: async () => null }))
      expect((await requests(rig)).map(({ line }) => line)).toEqual([`POST /bot${TOKEN}/sendMessage`])
    })

    test('none is sent where they are switched off', async () => {
      await say(rig, sendingOf(undefined, { picture: PICTURE }), { includePicture: false })
      expect((await requests(rig)).map(({ line }) => line)).toEqual([`POST /bot${TOKEN}/sendMessage`])
    })
  })

  describe('the token', () => {
    test.each(['', 'abc', '123456:', '123456:a/../b', '123456:a?b'])('"%s" is none, and nothing is asked', async (token) => {
      const channel = openChannel(telegramChannel, { ...rig, secrets: { token } })
      expect(short(await channel.sendPrinterNotification(sendingOf()))).toBe('rejected destination')
      expect(await rig.far.receipts()).toEqual([])
      await channel.close()
    })

    test('with spaces around it is taken', async () => {
      const channel = openChannel(telegramChannel, { ...rig, secrets: { token: ` ${TOKEN}\n` } })
      expect(short(await channel.sendPrinterNotification(sendingOf()))).toBe('delivered')
      await channel.close()
    })

    test('that is missing is named', async () => {
      const channel = openChannel(telegramChannel, { ...rig, secrets: {} })
      expect(await channel.sendTestMessage(sendingOf())).toEqual({ result: 'rejected', scope: 'destination', why: 'The bot token is missing. Enter the one that @BotFather shows.' })
      await channel.close()
    })
  })

  test('a test shows what was said and answered, without numbers and secrets', async () => {
    await rig.far.play({ path: '/send', status: 400, body: refusal(400, `Bad Request: chat not found ${CHAT} ${TOKEN} http://127.0.0.1/x`) })
    const { exchange } = await say(rig, sendingOf(eventOf('app.test', { text: 'My chat' })))
    expect(exchange).toEqual({
      request: [
        'POST /bot(token)/sendMessage', '{', '  "chat_id": "(hidden)",', '  "text": "<b>Printbell: test message</b>\\n&#34;My chat&#34; works: this is a test.",', '  "parse_mode": "HTML",',
        '  "link_preview_options": {', '    "is_disabled": true', '  },', '  "disable_notification": true', '}',
      ],
      answer: ['400', 'Bad Request: chat not found (hidden) [secret] (hidden)'],
    })
  })
})
