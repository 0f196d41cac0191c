import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { TestClock } from '../../../../test/support/clock.ts'
import { channelPorts, eventOf, PICTURE, sendingOf } from '../../../../test/support/channel-kit.ts'
import { scriptedHttp, type AskedHere, type ScriptedHttp } from '../../../../test/support/scripted-http.ts'
import type { Message } from '../../delivery/message.ts'
import { Secret } from '../../settings/secret.ts'
import type { Channel, ChannelPorts, Sending } from '../channel.ts'
import { passingMemory } from '../memory.ts'
import { createBots, type Bots } from './bots.ts'
import { readPress } from './buttons.ts'
import { openTelegram } from './channel.ts'
import { validateTelegram } from './config.ts'

/** SHA-256 of "dest" in base64url, cut to eight; and of "other". */
const TAG = 'HV5qHt3f'
const OTHER_TAG = '2SmKENGw'
const EVENT = '01KF0000000000000000000001'
const OK = { ok: true, result: true }
const TOOK = { ok: true, result: { message_id: 42 } }

type Press = Parameters<ChannelPorts['pressed']>[0]

let clock: TestClock
let http: ScriptedHttp
let bots: Bots
let presses: Press[]
let channel: Channel
let ports: ReturnType<typeof channelPorts>

function openWith(config: Record<string, unknown> = {}, destinationId = 'dest', memory = passingMemory()): Channel {
  const checked = validateTelegram({ chatId: '-100', apiBase: 'https://api.example', buttons: true, ...config })
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors))
  ports = channelPorts({ clock, net: http.net, memory, pressed: (press) => void presses.push(press) })
  return openTelegram({ destinationId, label: 'My chat', config: checked.config, secrets: { token: new Secret('123456:token-of-the-presses') } }, ports, bots)
}

beforeEach(() => {
  clock = new TestClock()
  http = scriptedHttp()
  bots = createBots()
  presses = []
})
afterEach(() => channel.close())

/** The next request of this method that nobody answered yet. */
async function next(method: string): Promise<AskedHere> {
  return vi.waitFor(() => {
    const one = http.asked.find(({ url, aborted }, index) => url.endsWith(`/${method}`) && !aborted && !done.has(`${index}`))
    if (one === undefined) throw new Error(`no ${method} came`)
    return one
  })
}
const done = new Set<string>()
beforeEach(() => done.clear())

async function answer(method: string, status: number, body: unknown): Promise<AskedHere> {
  const one = await next(method)
  done.add(`${http.asked.indexOf(one)}`)
  await one.answer(status, body)
  return one
}

const BUTTONS = [`${TAG}:${EVENT}:pause`, `${TAG}:${EVENT}:cancel`, `${TAG}:${EVENT}:mute_1h`]
let updateId = 700
/** Somebody presses the button of this data, on a message of this chat. */
function pressOf(data: string, over: { chat?: object; beside?: string[]; messageId?: number } = {}): unknown {
  updateId += 1
  const rows = (over.beside ?? BUTTONS).map((callback) => [{ text: 'x', callback_data: callback }])
  return { update_id: updateId, callback_query: { id: `q${updateId}`, from: { id: 9 }, data, message: { message_id: over.messageId ?? 42, chat: over.chat ?? { id: -100, type: 'supergroup' }, reply_markup: { inline_keyboard: rows } } } }
}
const updates = (...result: unknown[]): Promise<AskedHere> => answer('getUpdates', 200, { ok: true, result })

const running = (over: Partial<Sending> = {}): Sending => sendingOf(eventOf('job.progress', { printerName: 'Bench', snapshot: 'now' }), over)
function question(): Sending {
  const sending = running()
  const message: Message = { ...sending.message, kind: 'question', title: 'Bench: cancel this print?', actions: [{ id: 'keep', label: 'Keep printing' }, { id: 'cancel_confirm', label: 'Cancel print' }] }
  return { ...sending, message, deliveryKey: 'question-1' }
}

describe('buttons', () => {
  test('are off until they are switched on: nobody listens, and none is shown', async () => {
    channel = openWith({ buttons: false })
    const sent = channel.sendPrinterNotification(running())
    const message = await answer('sendMessage', 200, TOOK)
    await sent
    expect(message.body).not.toHaveProperty('reply_markup')
    expect(http.asked.map(({ url }) => url.split('/').at(-1))).toEqual(['sendMessage'])
  })

  test('a press in the linked chat is answered, passed on, and takes the buttons away', async () => {
    channel = openWith()
    await updates(pressOf(`${TAG}:${EVENT}:pause`))
    expect(presses).toEqual([])
    expect((await answer('answerCallbackQuery', 200, OK)).body).toEqual({ callback_query_id: `q${updateId}`, text: 'Passed on.' })
    expect(presses).toEqual([{ eventId: EVENT, action: 'pause', destinationId: 'dest' }])
    expect((await answer('editMessageReplyMarkup', 200, TOOK)).body).toEqual({ chat_id: '-100', message_id: 42, reply_markup: { inline_keyboard: [] } })
  })

  test('a question is shown with its two answers, the safe one first', async () => {
    channel = openWith()
    const sent = channel.sendPrinterNotification(question())
    const message = await answer('sendMessage', 200, TOOK)
    await sent
    expect(message.body).toMatchObject({
      text: '<b>Bench: cancel this print?</b>\nlamp-vase, 1 h 30 min',
      reply_markup: { inline_keyboard: [[{ text: 'Keep printing', callback_data: `${TAG}:${EVENT}:keep` }, { text: 'Cancel print', callback_data: `${TAG}:${EVENT}:cancel_confirm` }]] },
    })
  })

  test.each([['keep', 'It prints on.'], ['cancel_confirm', 'Passed on.'], ['cancel', 'Passed on.'], ['answer:1', 'Passed on.']])('"%s" is passed on and answered with "%s"', async (action, text) => {
    channel = openWith()
    await updates(pressOf(`${TAG}:${EVENT}:${action}`, { beside: [`${TAG}:${EVENT}:${action}`] }))
    expect((await answer('answerCallbackQuery', 200, OK)).body).toMatchObject({ text })
    expect(presses.map((press) => press.action)).toEqual([action])
  })

  test('of a message about no event carries none', async () => {
    channel = openWith()
    await updates(pressOf(`${TAG}::seen_all`))
    await answer('answerCallbackQuery', 200, OK)
    expect(presses).toEqual([{ eventId: null, action: 'seen_all', destinationId: 'dest' }])
  })
})

describe('a press is not carried out', () => {
  test.each([
    ['of another chat', { chat: { id: -999, type: 'group' } }], ['of a private chat of the same person', { chat: { id: 9, type: 'private' } }],
    ['of a chat that only calls itself so', { chat: { id: -999, type: 'group', title: '-100' } }],
  ])('%s', async (_what, over) => {
    channel = openWith()
    await updates(pressOf(`${TAG}:${EVENT}:pause`, over))
    expect((await answer('answerCallbackQuery', 200, OK)).body).toMatchObject({ text: 'This chat is not linked to Printbell.' })
    expect(presses).toEqual([])
  })

  test('that Telegram takes no answer for: it is of long ago', async () => {
    channel = openWith()
    await updates(pressOf(`${TAG}:${EVENT}:pause`))
    await answer('answerCallbackQuery', 400, { ok: false, error_code: 400, description: 'Bad Request: query is too old and response timeout expired or query ID is invalid' })
    expect(presses).toEqual([])
    expect(ports.log.lines.map(({ message }) => message)).toContain('a press in Telegram was not carried out: it could not be answered any more')
  })

  test('whose answer gets lost: its age is not known', async () => {
    channel = openWith()
    await updates(pressOf(`${TAG}:${EVENT}:pause`))
    ;(await next('answerCallbackQuery')).fail('ECONNRESET')
    await vi.waitFor(() => expect(ports.log.lines.some(({ level }) => level === 'warn')).toBe(true))
    expect(presses).toEqual([])
  })

  test('a second time on the same buttons', async () => {
    channel = openWith()
    await updates(pressOf(`${TAG}:${EVENT}:pause`), pressOf(`${TAG}:${EVENT}:pause`))
    await answer('answerCallbackQuery', 200, OK)
    expect((await answer('answerCallbackQuery', 200, OK)).body).toMatchObject({ text: 'This was pressed already.' })
    expect(presses).toHaveLength(1)
  })

  test.each(['', 'x', `${TAG}:${EVENT}`, `${TAG}:${EVENT}:gcode`, `${TAG}:${EVENT}:answer:1000`, `${TAG}:${EVENT}:answer:-1`, `${TAG}:${EVENT}:open`, `xxxxxxxx:${EVENT}:pause`, `${TAG}:a:b:pause`])('that carries "%s"', async (data) => {
    channel = openWith()
    await updates(pressOf(data))
    expect((await answer('answerCallbackQuery', 200, OK)).body).toMatchObject({ text: 'Nobody waits for this button any more.' })
    expect(presses).toEqual([])
    expect(readPress(data, TAG)).toBeNull()
  })

  test('on a message that Telegram no longer shows to the bot', async () => {
    channel = openWith()
    updateId += 1
    await updates({ update_id: updateId, callback_query: { id: 'q', data: `${TAG}:${EVENT}:pause` } })
    expect((await answer('answerCallbackQuery', 200, OK)).body).toMatchObject({ text: 'This chat is not linked to Printbell.' })
    expect(presses).toEqual([])
  })
})

describe('the linked chat', () => {
  test('of a public channel is known by its name', async () => {
    channel = openWith({ chatId: '@MyWorkshop' })
    await updates(pressOf(`${TAG}:${EVENT}:pause`, { chat: { id: -100777, type: 'channel', username: 'myworkshop' } }))
    await answer('answerCallbackQuery', 200, OK)
    expect(presses).toHaveLength(1)
  })

  test('that became a supergroup is heard under its new number', async () => {
    const memory = passingMemory()
    memory.set('moved -100', '-100555')
    channel = openWith({}, 'dest', memory)
    await updates(pressOf(`${TAG}:${EVENT}:pause`, { chat: { id: -100555, type: 'supergroup' } }))
    await answer('answerCallbackQuery', 200, OK)
    expect(presses).toHaveLength(1)
  })

  test('of two destinations with one bot: each hears its own presses', async () => {
    channel = openWith()
    const other = openWith({}, 'other')
    await updates(pressOf(`${OTHER_TAG}:${EVENT}:resume`), pressOf(`${TAG}:${EVENT}:pause`))
    await answer('answerCallbackQuery', 200, OK)
    await answer('answerCallbackQuery', 200, OK)
    expect(presses.map(({ action, destinationId }) => [action, destinationId])).toEqual([['resume', 'other'], ['pause', 'dest']])
    await other.close()
  })
})

describe('a message whose buttons were pressed', () => {
  async function pressAfterSending(): Promise<void> {
    channel = openWith()
    const sent = channel.sendPrinterNotification(running())
    await answer('sendMessage', 200, TOOK)
    await sent
    await updates(pressOf(`${TAG}:${EVENT}:pause`))
    await answer('answerCallbackQuery', 200, OK)
    await answer('editMessageReplyMarkup', 200, TOOK)
  }

  test('does not get them back with its picture', async () => {
    await pressAfterSending()
    const changed = channel.sendPrinterNotification(running({ update: true, picture: { ...PICTURE } }))
    // A form has no JSON body: it is looked for by its words.
    const media = await next('editMessageMedia')
    await media.answer(200, TOOK)
    expect(await changed).toMatchObject({ result: 'delivered' })
    expect(media.text).toContain('Bench: 42 % printed')
    expect(media.text).not.toContain('reply_markup')
  })

  test('gets new ones with other news', async () => {
    await pressAfterSending()
    const later = sendingOf(eventOf('job.progress', { id: '01KF0000000000000000000002', printerName: 'Bench', progress: 0.5 }), { deliveryKey: 'later' })
    const changed = channel.sendPrinterNotification(later)
    const edit = await answer('editMessageText', 200, TOOK)
    await changed
    expect(edit.body).toMatchObject({ reply_markup: { inline_keyboard: [[{ callback_data: `${TAG}:01KF0000000000000000000002:pause` }, {}], [{}]] } })
  })
})

describe('while somebody else listens to the bot', () => {
  const CONFLICT = { ok: false, error_code: 409, description: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running' }

  test('messages go on without buttons, and say why', async () => {
    channel = openWith()
    await answer('getUpdates', 409, CONFLICT)
    await clock.advance(2_000)
    await answer('getUpdates', 409, CONFLICT)
    const sent = channel.sendTestMessage(running())
    const message = await answer('sendMessage', 200, TOOK)
    expect(message.body).not.toHaveProperty('reply_markup')
    expect(await sent).toMatchObject({
      result: 'delivered',
      detail: 'Telegram took it. Without buttons: Another computer or program listens to this bot too, so presses get lost between them. Switch its buttons off at one of them, or make a second bot.',
    })
  })
})

test('closing ends the poll and whatever is being said, at once', async () => {
  channel = openWith()
  const poll = await next('getUpdates')
  const sent = channel.sendPrinterNotification(running())
  const message = await next('sendMessage')
  await channel.close()
  expect((await sent).result).toBe('retry')
  expect([poll.aborted, message.aborted]).toEqual([true, true])
  await vi.waitFor(() => expect(clock.pending).toBe(0))
})
