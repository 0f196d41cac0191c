/** What people do in Telegram, over a real connection: linking a chat, and pressing a button. */
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { ChannelPairStep } from '../../../electron/engine/channels/channel.ts'
import { telegramChannel } from '../../../electron/engine/channels/telegram/index.ts'
import { Secret } from '../../../electron/engine/settings/secret.ts'
import { CANARY, channelPorts } from '../../support/channel-kit.ts'
import { CHAT, progress, startTelegram, TAKES_ALL, TOKEN, took, type TelegramRig } from '../../support/telegram.ts'
import { expectClean, openChannel } from './every-channel.ts'

let rig: TelegramRig
beforeAll(async () => {
  rig = await startTelegram()
})
afterAll(() => rig.close())
beforeEach(() => rig.accept())

const lines = async (): Promise<string[]> => (await rig.far.receipts()).map(({ path }) => path.split('/').at(-1) ?? '')

test('a chat is linked by its code, and the first destination listens to the same bot meanwhile', async () => {
  const ports = channelPorts()
  const open = openChannel(telegramChannel, rig, { buttons: true })
  await rig.far.play({ path: '/getMe$', body: { ok: true, result: { id: 123456, is_bot: true, username: 'my_print_bell_bot' } } }, ...TAKES_ALL)
  const stop = new AbortController()
  const steps = telegramChannel.pair?.({ destinationId: 'new', label: '', config: { apiBase: rig.far.base }, secrets: { token: new Secret(TOKEN) } }, ports, stop.signal)[Symbol.asyncIterator]()
  const wait = (await steps?.next())?.value as Extract<ChannelPairStep, { step: 'wait' }>
  const code = /start=([0-9a-f]+)$/.exec(wait.url ?? '')?.[1] ?? ''
  const update = { update_id: 900, message: { message_id: 1, chat: { id: -555, type: 'supergroup', title: 'Workshop' }, text: `/start@my_print_bell_bot ${code}`, message_thread_id: 3, is_topic_message: true } }
  const end = steps?.next()
  // What is under way hangs until the next listener; Telegram would answer it.
  await vi.waitFor(async () => expect((await lines()).filter((line) => line === 'getUpdates').length).toBeGreaterThan(0))
  await rig.far.play({ path: '/getUpdates$', times: 1, body: { ok: true, result: [update] } }, ...TAKES_ALL)
  const other = openChannel(telegramChannel, rig, { buttons: true })
  expect((await end)?.value).toEqual({ step: 'done', config: { chatId: '-555', topicId: 3 }, secrets: {}, text: 'Linked to "Workshop".' })
  expectClean(ports.log.lines, rig)
  await Promise.all([open.close(), other.close()])
})

test('a button that is pressed is answered, reported and taken away; closing is quick', async () => {
  const pressed: unknown[] = []
  const ports = channelPorts({ pressed: (press) => void pressed.push(press) })
  const sent = took(42)
  const data = 'HV5qHt3f:A:pause'
  const update = { update_id: 901, callback_query: { id: 'q1', data, message: { message_id: 42, chat: { id: Number(CHAT), type: 'supergroup' }, reply_markup: { inline_keyboard: [[{ text: 'Pause', callback_data: data }]] } } } }
  await rig.far.play({ path: '/getUpdates$', times: 1, body: { ok: true, result: [update] } }, { path: '/(send|edit)', body: sent }, ...TAKES_ALL)
  const channel = openChannel(telegramChannel, rig, { buttons: true }, ports)
  await channel.sendPrinterNotification(progress('A', 25))
  await vi.waitFor(async () => expect(await lines()).toEqual(expect.arrayContaining(['sendMessage', 'answerCallbackQuery', 'editMessageReplyMarkup'])))
  expect(pressed).toEqual([{ eventId: 'A', action: 'pause', destinationId: 'dest' }])
  const began = performance.now()
  await channel.close()
  expect(performance.now() - began).toBeLessThan(1_000)
  expectClean(ports.log.lines, rig)
  expect(JSON.stringify([...ports.memory.keys('')].map((key) => [key, ports.memory.get(key)]))).not.toContain(CANARY)
})
