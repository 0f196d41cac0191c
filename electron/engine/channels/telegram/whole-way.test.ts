/** A button in a chat, the whole way through the engine: to the printer, or not. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { engineRigs, type Rig } from '../../../../test/support/engine-rig.ts'
import { idle, LAMP } from '../../../../test/support/fake-printer.ts'
import { scriptedHttp, type AskedHere, type ScriptedHttp } from '../../../../test/support/scripted-http.ts'
import { createBots } from './bots.ts'
import { openTelegram } from './channel.ts'
import { telegramSchema } from './config.ts'
import { telegramChannel } from './index.ts'

const CAN = { pause: true, resume: true, cancel: true, gcode: true, answer: true, snapshot: true }
const SETTINGS = {
  version: 1, printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' } }],
  destinations: [{ id: 'chat', label: 'My chat', channel: 'hook', events: ['job.started', 'command.*'], config: { chatId: '-100', apiBase: 'https://api.example', buttons: true, token: { env: 'TOKEN' } } }],
}

let http: ScriptedHttp
let answered: Set<AskedHere>
beforeEach(() => {
  http = scriptedHttp()
  answered = new Set()
})

const { start } = engineRigs({
  settings: SETTINGS,
  capabilities: telegramChannel.capabilities,
  kind: {
    configSchema: telegramSchema, secretFields: telegramChannel.secretFields, validateConfig: (config) => telegramChannel.validateConfig(config),
    open: (destination, ports) => openTelegram({ ...destination, config: telegramSchema.parse(destination.config) }, { ...ports, net: http.net }, createBots()),
  },
})

/** The next request of this method, answered so. */
async function answer(rig: Rig, method: string, body: unknown, status = 200): Promise<AskedHere> {
  const one = await vi.waitFor(async () => {
    await rig.clock.advance(0)
    const found = http.asked.find((asked) => asked.url.endsWith(`/${method}`) && !asked.aborted && !answered.has(asked))
    if (found === undefined) throw new Error(`no ${method} came`)
    return found
  })
  answered.add(one)
  await one.answer(status, body)
  await rig.clock.advance(0)
  return one
}

interface Sent { text: string; reply_markup?: { inline_keyboard: { text: string; callback_data: string }[][] } }
const took = (id: number): unknown => ({ ok: true, result: { message_id: id } })
const buttonsOf = (sent: AskedHere): { text: string; callback_data: string }[] => (sent.body as Sent).reply_markup?.inline_keyboard.flat() ?? []

let updateId = 500
async function press(rig: Rig, message: AskedHere, messageId: number, text: string): Promise<void> {
  const buttons = buttonsOf(message)
  const data = buttons.find((button) => button.text === text)?.callback_data
  if (data === undefined) throw new Error(`there is no button "${text}" among ${buttons.map((button) => button.text).join(', ')}`)
  updateId += 1
  await answer(rig, 'getUpdates', { ok: true, result: [{ update_id: updateId, callback_query: { id: `q${updateId}`, data, message: { message_id: messageId, chat: { id: -100, type: 'group' }, reply_markup: (message.body as Sent).reply_markup } } }] })
  await answer(rig, 'answerCallbackQuery', { ok: true, result: true })
  await answer(rig, 'editMessageReplyMarkup', took(messageId))
}

/** A print runs, and the chat was told. */
async function running(): Promise<{ rig: Rig; told: AskedHere; says: Awaited<ReturnType<typeof idle>> }> {
  const rig = await start(undefined, (one) => {
    one.world.env.TOKEN = '123456:token-of-the-whole-way'
  })
  const says = await idle(rig)
  says.state({ capabilities: CAN })
  says.started(LAMP)
  says.state({ device: 'ready', job: 'printing', file: LAMP })
  const told = await answer(rig, 'sendMessage', took(42))
  return { rig, told, says }
}

describe('a button in the chat', () => {
  test('pauses the print', async () => {
    const { rig, told } = await running()
    expect((told.body as Sent).text).toMatch(/^<b>MK4: print started<\/b>/)
    await press(rig, told, 42, 'Pause')
    expect(rig.server('octo').commands).toEqual([{ name: 'pause' }])
  })

  test('cancels only after the question was answered there', async () => {
    const { rig, told } = await running()
    await press(rig, told, 42, 'Cancel print…')
    expect(rig.server('octo').commands).toEqual([])
    const question = await answer(rig, 'sendMessage', took(43))
    expect((question.body as Sent).text).toMatch(/^<b>MK4: cancel this print\?<\/b>/)
    expect(buttonsOf(question).map(({ text }) => text)).toEqual(['Keep printing', 'Cancel print'])
    await press(rig, question, 43, 'Cancel print')
    expect(rig.server('octo').commands).toEqual([{ name: 'cancel' }])
  })

  test('does nothing when the question is answered with "Keep printing"', async () => {
    const { rig, told } = await running()
    await press(rig, told, 42, 'Cancel print…')
    const question = await answer(rig, 'sendMessage', took(43))
    await press(rig, question, 43, 'Keep printing')
    expect(rig.server('octo').commands).toEqual([])
  })

  test('of a question that is a minute old does nothing, and says so there', async () => {
    const { rig, told } = await running()
    await press(rig, told, 42, 'Cancel print…')
    const question = await answer(rig, 'sendMessage', took(43))
    await rig.clock.advance(60_001)
    await press(rig, question, 43, 'Cancel print')
    expect(rig.server('octo').commands).toEqual([])
    expect(((await answer(rig, 'sendMessage', took(44))).body as Sent).text).toBe('<b>MK4: nothing done</b>\nThe question was open for too long. Nothing was cancelled.')
  })

  test('of an old message never touches the next print', async () => {
    const { rig, told, says } = await running()
    await rig.clock.advance(60_000)
    says.started({ ...LAMP, name: 'next.gcode', path: 'next.gcode' })
    says.state({ device: 'ready', job: 'printing', file: { ...LAMP, name: 'next.gcode', path: 'next.gcode' } })
    await answer(rig, 'sendMessage', took(45))
    await press(rig, told, 42, 'Pause')
    expect(rig.server('octo').commands).toEqual([])
    expect(((await answer(rig, 'sendMessage', took(46))).body as Sent).text).toMatch(/^<b>MK4: nothing done<\/b>/)
  })
})
