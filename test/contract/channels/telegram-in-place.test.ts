import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { passingMemory } from '../../../electron/engine/channels/memory.ts'
import { telegramChannel } from '../../../electron/engine/channels/telegram/index.ts'
import { channelPorts, eventOf, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { CHAT, progress, refusal, requests, say, startTelegram, TAKES_ALL, TOKEN, took, type TelegramRig } from '../../support/telegram.ts'
import { openChannel, short } from './every-channel.ts'

let rig: TelegramRig
beforeAll(async () => {
  rig = await startTelegram()
})
afterAll(() => rig.close())
beforeEach(() => rig.accept())

describe('a message in place', () => {
  test('progress of one print is one message, and its picture joins it', async () => {
    const ports = channelPorts()
    await say(rig, progress('A', 25), {}, ports)
    await say(rig, progress('A', 25, { update: true, picture: PICTURE }), {}, ports)
    await say(rig, progress('B', 50), {}, ports)
    await say(rig, progress('B', 50, { update: true, picture: PICTURE }), {}, ports)
    expect(await requests(rig)).toEqual([
      { line: `POST /bot${TOKEN}/sendMessage`, parameters: { chat_id: CHAT, text: '<b>Bench: 25 % printed</b>\nlamp-vase, 1 h 30 min', parse_mode: 'HTML', link_preview_options: { is_disabled: true }, disable_notification: true } },
      { line: `POST /bot${TOKEN}/editMessageMedia`, parameters: { chat_id: CHAT, message_id: '42', media: { type: 'photo', media: 'attach://photo', caption: '<b>Bench: 25 % printed</b>\nlamp-vase, 1 h 30 min', parse_mode: 'HTML' }, photo: 'snapshot.jpg image/jpeg 5006' } },
      { line: `POST /bot${TOKEN}/editMessageCaption`, parameters: { chat_id: CHAT, message_id: 42, caption: '<b>Bench: 50 % printed</b>\nlamp-vase, 1 h 30 min', parse_mode: 'HTML' } },
      { line: `POST /bot${TOKEN}/editMessageMedia`, parameters: { chat_id: CHAT, message_id: '42', media: { type: 'photo', media: 'attach://photo', caption: '<b>Bench: 50 % printed</b>\nlamp-vase, 1 h 30 min', parse_mode: 'HTML' }, photo: 'snapshot.jpg image/jpeg 5006' } },
    ])
  })

  test('without a picture its text changes', async () => {
    const ports = channelPorts()
    await say(rig, progress('A', 25), {}, ports)
    expect(await say(rig, progress('B', 50), {}, ports)).toMatchObject({ result: 'delivered', detail: 'Changed in place.' })
    expect((await requests(rig))[1]).toEqual({ line: `POST /bot${TOKEN}/editMessageText`, parameters: { chat_id: CHAT, message_id: 42, text: '<b>Bench: 50 % printed</b>\nlamp-vase, 1 h 30 min', parse_mode: 'HTML', link_preview_options: { is_disabled: true } } })
  })

  test('what calls for a person is a message of its own, and so is the progress of another print', async () => {
    const ports = channelPorts()
    await say(rig, progress('A', 25), {}, ports)
    await say(rig, sendingOf(eventOf('attention.filament_runout', { id: 'B' }), { deliveryKey: 'B' }), {}, ports)
    const other = progress('C', 30)
    await say(rig, { ...other, message: { ...other.message, threadKey: 'mk4|another' } }, {}, ports)
    expect((await requests(rig)).map(({ line }) => line.split('/').at(-1))).toEqual(['sendMessage', 'sendMessage', 'sendMessage'])
  })

  test('a question about a running print does not overwrite its progress', async () => {
    const ports = channelPorts()
    await say(rig, progress('A', 25), {}, ports)
    const question = progress('Q', 25)
    await say(rig, { ...question, message: { ...question.message, kind: 'question', title: 'Bench: cancel this print?' } }, {}, ports)
    await say(rig, progress('B', 50), {}, ports)
    expect((await requests(rig)).map(({ line }) => line.split('/').at(-1))).toEqual(['sendMessage', 'sendMessage', 'editMessageText'])
  })

  test('an older picture does not overwrite newer news', async () => {
    const ports = channelPorts()
    await say(rig, progress('A', 25), {}, ports)
    await say(rig, progress('B', 50), {}, ports)
    expect(await say(rig, progress('A', 25, { update: true, picture: PICTURE }), {}, ports)).toMatchObject({ result: 'delivered', detail: 'Newer news of the same print stands there, so this picture was left out.' })
    expect(await requests(rig)).toHaveLength(2)
  })

  test.each(['Bad Request: message to edit not found', "Bad Request: message can't be edited", 'Bad Request: MESSAGE_ID_INVALID', 'Bad Request: there is no text in the message to edit'])('a message that is gone is sent anew: %s', async (description) => {
    const ports = channelPorts()
    await say(rig, progress('A', 25), {}, ports)
    await rig.far.play({ path: '/edit', times: 1, status: 400, body: refusal(400, description) }, { path: '/send', body: took(77) }, ...TAKES_ALL)
    expect(short(await say(rig, progress('B', 50), {}, ports))).toBe('delivered')
    await say(rig, progress('C', 75), {}, ports)
    expect((await requests(rig)).map(({ line, parameters }) => [line.split('/').at(-1), parameters.message_id])).toEqual([['editMessageText', 42], ['sendMessage', undefined], ['editMessageText', 77]])
  })

  test('"message is not modified" is delivered', async () => {
    const ports = channelPorts()
    await say(rig, progress('A', 25), {}, ports)
    await rig.far.play({ path: '/edit', status: 400, body: refusal(400, 'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message') })
    expect(short(await say(rig, progress('B', 50), {}, ports))).toBe('delivered')
    expect(await requests(rig)).toHaveLength(1)
  })

  test('a server that adds no picture to a text keeps the text, and sends the picture anew', async () => {
    const ports = channelPorts()
    await say(rig, progress('A', 25), {}, ports)
    await rig.far.play({ path: '/editMessageMedia', status: 400, body: refusal(400, 'Bad Request: there is no media in the message to edit') }, ...TAKES_ALL)
    expect(short(await say(rig, progress('A', 25, { update: true, picture: PICTURE }), {}, ports))).toBe('delivered')
    expect((await requests(rig)).map(({ line }) => line.split('/').at(-1))).toEqual(['editMessageMedia', 'sendPhoto'])
  })

  test('a burst changes the message of its first, and says so where there is none to change', async () => {
    const ports = channelPorts()
    const first = sendingOf()
    const burst = { ...first, update: true, message: { ...first.message, kind: 'summary' as const, title: '20 printers: print done', body: 'MK4, MINI and 18 more.', job: null, printer: null, actions: [] } }
    await say(rig, first, {}, ports)
    expect(await say(rig, burst, {}, ports)).not.toHaveProperty('unchanged')
    expect((await requests(rig)).map(({ line, parameters }) => [line.split('/').at(-1), (parameters as { text: string }).text])).toEqual([
      ['sendMessage', expect.stringContaining('print done')], ['editMessageText', '<b>20 printers: print done</b>\nMK4, MINI and 18 more.'],
    ])
    expect(await say(rig, { ...burst, deliveryKey: 'of-an-earlier-chat' }, {}, ports)).toMatchObject({ result: 'delivered', unchanged: true })
    expect(await requests(rig)).toHaveLength(2)
  })

  test('a message that another try brought already is not sent twice', async () => {
    const ports = channelPorts()
    await say(rig, sendingOf(), {}, ports)
    expect(await say(rig, sendingOf(undefined, { attempt: 2 }), {}, ports)).toEqual({ result: 'delivered', detail: 'An earlier try brought it.' })
    expect(await requests(rig)).toHaveLength(1)
  })

  test('in another chat a new message is sent', async () => {
    const ports = channelPorts()
    await say(rig, progress('A', 25), {}, ports)
    await say(rig, progress('B', 50), { chatId: '-42' }, ports)
    expect((await requests(rig)).map(({ line, parameters }) => [line.split('/').at(-1), parameters.chat_id])).toEqual([['sendMessage', CHAT], ['sendMessage', '-42']])
  })

  test('a picture that comes while Telegram is busy is tried again when it says', async () => {
    const ports = channelPorts()
    await say(rig, progress('A', 25), {}, ports)
    await rig.far.play({ path: '/edit', times: 1, status: 429, body: refusal(429, 'Too Many Requests: retry after 1', { retry_after: 0.05 }) }, ...TAKES_ALL)
    expect(short(await say(rig, progress('A', 25, { update: true, picture: PICTURE }), {}, ports))).toBe('delivered')
    expect(await requests(rig)).toHaveLength(2)
  })

  test('two sends of one print come one after the other', async () => {
    const ports = channelPorts()
    const channel = openChannel(telegramChannel, rig, {}, ports)
    await Promise.all([channel.sendPrinterNotification(progress('A', 25)), channel.sendPrinterNotification(progress('B', 50))])
    await channel.close()
    expect((await requests(rig)).map(({ line }) => line.split('/').at(-1))).toEqual(['sendMessage', 'editMessageText'])
  })
})

describe('a group that became a supergroup', () => {
  const moved = { path: '/send', times: 1, status: 400, body: refusal(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrate_to_chat_id: -1009999 }) }

  test('is written to under its new number at once, and from then on', async () => {
    const memory = passingMemory()
    await rig.far.play(moved, ...TAKES_ALL)
    expect(short(await say(rig, sendingOf(), {}, channelPorts({ memory })))).toBe('delivered')
    await say(rig, sendingOf(eventOf('job.failed', { id: 'B' }), { deliveryKey: 'B' }), {}, channelPorts({ memory }))
    expect((await requests(rig)).map(({ parameters }) => parameters.chat_id)).toEqual([CHAT, '-1009999', '-1009999'])
  })

  test('that moves in a circle ends', async () => {
    await rig.far.play({ ...moved, times: 9 }, ...TAKES_ALL)
    expect(short(await say(rig, sendingOf()))).toBe('rejected destination')
    expect(await requests(rig)).toHaveLength(2)
  })
})
