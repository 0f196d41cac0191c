import { beforeEach, describe, expect, test, vi } from 'vitest'
import { TestClock } from '../../../../test/support/clock.ts'
import { channelPorts } from '../../../../test/support/channel-kit.ts'
import { NOON } from '../../../../test/support/rule-fixtures.ts'
import { scriptedHttp, type AskedHere, type ScriptedHttp } from '../../../../test/support/scripted-http.ts'
import { Secret } from '../../settings/secret.ts'
import type { ChannelPairStep } from '../channel.ts'
import { createBots, TWO_LISTENERS, WEBHOOK_SET } from './bots.ts'
import { pairTelegram } from './pair.ts'

const API = 'https://api.example'
const ME = { ok: true, result: { id: 123456, is_bot: true, first_name: 'Bell', username: 'my_print_bell_bot' } }

let clock: TestClock
let http: ScriptedHttp
let stop: AbortController
beforeEach(() => {
  clock = new TestClock()
  http = scriptedHttp()
  stop = new AbortController()
})

function pair(over: { token?: string | null; config?: Record<string, unknown> } = {}): AsyncGenerator<ChannelPairStep> {
  const secrets = over.token === null ? {} : { token: new Secret(over.token ?? '123456:token-of-the-pairing') }
  return pairTelegram({ destinationId: 'new', label: '', config: { apiBase: API, ...over.config }, secrets }, channelPorts({ clock, net: http.net }), stop.signal, createBots())
}

/** As far as the person is asked to act. */
async function begin(): Promise<{ steps: AsyncGenerator<ChannelPairStep>; wait: Extract<ChannelPairStep, { step: 'wait' }>; code: string }> {
  const steps = pair()
  const first = steps.next()
  await (await http.request(0)).answer(200, ME)
  const { value } = await first as { value: Extract<ChannelPairStep, { step: 'wait' }> }
  const code = new URL(value.url ?? '').searchParams.get('start') ?? ''
  return { steps, wait: value, code }
}

const asked = (method: string): Promise<AskedHere> => vi.waitFor(() => {
  const one = http.asked.filter(({ url, aborted }) => url.endsWith(`/${method}`) && !aborted).at(-1)
  if (one === undefined) throw new Error(`no ${method} came`)
  return one
})
const message = (text: string, over: object = {}): object => ({ message: { message_id: 7, from: { id: 9 }, chat: { id: 9, type: 'private', first_name: 'Ada' }, text, ...over } })
const updates = async (...bodies: object[]): Promise<void> => (await asked('getUpdates')).answer(200, { ok: true, result: bodies.map((body, index) => ({ update_id: 700 + index, ...body })) })
async function greeted(): Promise<AskedHere> {
  const greeting = await asked('sendMessage')
  await greeting.answer(200, { ok: true, result: { message_id: 8 } })
  return greeting
}

describe('linking a chat', () => {
  test('asks for the name of the bot, then for "Start" by a link that holds a code', async () => {
    const { wait, code, steps } = await begin()
    expect(http.asked[0]).toMatchObject({ method: 'POST', url: `${API}/bot123456:token-of-the-pairing/getMe` })
    expect(code).toMatch(/^[0-9a-f]{10}$/)
    expect(wait).toEqual({
      step: 'wait', url: `https://t.me/my_print_bell_bot?start=${code}`, endsAt: NOON + 600_000,
      text: `Open the bot in Telegram and press "Start". For a group or channel, add @my_print_bell_bot to it and write there: /start@my_print_bell_bot ${code}`,
    })
    expect((await asked('getUpdates')).body).toMatchObject({ allowed_updates: ['channel_post', 'message'] })
    await steps.return(undefined)
  })

  test('is another code each time', async () => {
    const { code, steps } = await begin()
    await steps.return(undefined)
    http = scriptedHttp()
    const again = await begin()
    expect(again.code).not.toBe(code)
    await again.steps.return(undefined)
  })

  test('"Start" in a chat with the bot links that chat, and the bot says so there', async () => {
    const { steps, code } = await begin()
    const end = steps.next()
    await updates(message(`/start ${code}`))
    expect((await greeted()).body).toEqual({
      chat_id: '9', text: '<b>Printbell is linked to this chat</b>\nMessages of your printers come here.', parse_mode: 'HTML', link_preview_options: { is_disabled: true },
    })
    expect((await end).value).toEqual({ step: 'done', config: { chatId: '9', topicId: null }, secrets: {}, text: 'Linked to "Ada".' })
    expect((await steps.next()).done).toBe(true)
    await vi.waitFor(() => expect(clock.pending).toBe(0))
  })

  test.each<[string, object, string, number | null, string]>([
    ['a group', { chat: { id: -77, type: 'group', title: 'Workshop' } }, '-77', null, 'Workshop'],
    ['a topic of a group', { chat: { id: -1001, type: 'supergroup', title: 'Workshop' }, message_thread_id: 12, is_topic_message: true }, '-1001', 12, 'Workshop'],
    ['a thread of replies, which is no topic', { chat: { id: -1001, type: 'supergroup', title: 'Workshop' }, message_thread_id: 12 }, '-1001', null, 'Workshop'],
  ])('the code in %s links it', async (_what, over, chatId, topicId, title) => {
    const { steps, code } = await begin()
    const end = steps.next()
    await updates(message(`/start@My_Print_Bell_Bot ${code}`, over))
    const greeting = await greeted()
    expect(greeting.body).toMatchObject({ chat_id: chatId, ...(topicId === null ? {} : { message_thread_id: topicId }) })
    expect((await end).value).toEqual({ step: 'done', config: { chatId, topicId }, secrets: {}, text: `Linked to "${title}".` })
  })

  test('the code in a channel links it', async () => {
    const { steps, code } = await begin()
    const end = steps.next()
    await updates({ channel_post: { message_id: 7, chat: { id: -1002, type: 'channel', title: 'Farm news' }, text: `/start ${code}` } })
    await greeted()
    expect((await end).value).toMatchObject({ step: 'done', config: { chatId: '-1002', topicId: null } })
  })

  test('a group that became a supergroup meanwhile is linked under its new number', async () => {
    const { steps, code } = await begin()
    const end = steps.next()
    await updates(message(`/start ${code}`, { chat: { id: -77, type: 'group', title: 'Workshop' } }))
    await (await asked('sendMessage')).answer(400, { ok: false, error_code: 400, description: 'Bad Request: group chat was upgraded to a supergroup chat', parameters: { migrate_to_chat_id: -10077 } })
    await vi.waitFor(() => expect(http.asked.filter(({ url }) => url.endsWith('/sendMessage'))).toHaveLength(2))
    await greeted()
    expect((await end).value).toMatchObject({ step: 'done', config: { chatId: '-10077' } })
  })

  test.each([['no code', '/start'], ['another code', '/start 0123456789'], ['the code for another bot', '/start@another_bot CODE'], ['the code amid words', 'please /start CODE'], ['the code alone', 'CODE']])('%s links nothing', async (_what, text) => {
    const { steps, code } = await begin()
    let ended = false
    const end = steps.next().finally(() => {
      ended = true
    })
    await updates(message(text.replace('CODE', code)))
    await asked('getUpdates')
    expect(ended).toBe(false)
    stop.abort()
    expect((await end).done).toBe(true)
  })
})

describe('linking fails, in words of cause and cure', () => {
  test('without a token', async () => {
    expect(await pair({ token: null }).next()).toEqual({ done: false, value: { step: 'failed', text: 'Enter the bot token first.' } })
    expect(http.asked).toEqual([])
  })

  test('with something that is no token', async () => {
    expect((await pair({ token: 'hello' }).next()).value).toEqual({ step: 'failed', text: 'This is no bot token. Copy the whole token that @BotFather shows.' })
  })

  test('with an address that is none', async () => {
    expect((await pair({ config: { apiBase: 'my server' } }).next()).value).toEqual({ step: 'failed', text: "The address of the Bot API server can't be used. Not an address. Start with http:// or https://." })
  })

  test.each<[string, number, unknown, string]>([
    ['a token that Telegram does not know', 401, { ok: false, error_code: 401, description: 'Unauthorized' }, 'Telegram does not know this token (401). Enter the one that @BotFather shows now.'],
    ['no bot of this token', 404, { ok: false, error_code: 404, description: 'Not Found' }, 'Telegram knows no such bot (404). Check the token.'],
    ['an answer without a name', 200, { ok: true, result: { id: 1 } }, 'Telegram does not tell the name of this bot. Try again.'],
    ['a name that would be another address', 200, { ok: true, result: { username: 'a/../b?x' } }, 'Telegram does not tell the name of this bot. Try again.'],
    ['something that is no Bot API', 200, '<html>', 'What answers there is no Bot API server. Check its address.'],
  ])('with %s', async (_what, status, body, text) => {
    const first = pair().next()
    await (await http.request(0)).answer(status, body)
    expect((await first).value).toEqual({ step: 'failed', text })
  })

  test('when nobody sends the code within ten minutes', async () => {
    const { steps } = await begin()
    const end = steps.next()
    await clock.advance(600_000)
    expect((await end).value).toEqual({ step: 'failed', text: 'Nobody sent the code within ten minutes. Start again.' })
  })

  test('when a webhook is set on the bot', async () => {
    const { steps } = await begin()
    const end = steps.next()
    await (await asked('getUpdates')).answer(409, { ok: false, error_code: 409, description: "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first" })
    expect((await end).value).toEqual({ step: 'failed', text: WEBHOOK_SET })
  })

  test('when another computer listens to the bot', async () => {
    const { steps } = await begin()
    const end = steps.next()
    const conflict = { ok: false, error_code: 409, description: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running' }
    await (await asked('getUpdates')).answer(409, conflict)
    await clock.advance(2_000)
    await (await asked('getUpdates')).answer(409, conflict)
    expect((await end).value).toEqual({ step: 'failed', text: TWO_LISTENERS })
  })

  test('when the bot may not write in that chat', async () => {
    const { steps, code } = await begin()
    const end = steps.next()
    await updates(message(`/start ${code}`, { chat: { id: -77, type: 'group', title: 'Workshop' } }))
    await (await asked('sendMessage')).answer(400, { ok: false, error_code: 400, description: 'Bad Request: not enough rights to send text messages to the chat' })
    expect((await end).value).toEqual({ step: 'failed', text: 'The bot may not write in this chat. Give it the right to send messages there.' })
  })
})

test('stopping ends it, and the poll with it', async () => {
  const { steps } = await begin()
  const end = steps.next()
  const poll = await asked('getUpdates')
  stop.abort()
  expect(await end).toEqual({ done: true, value: undefined })
  expect(poll.aborted).toBe(true)
  await vi.waitFor(() => expect(clock.pending).toBe(0))
})
