import { beforeEach, describe, expect, test, vi } from 'vitest'
import { TestClock } from '../../../../test/support/clock.ts'
import { channelPorts } from '../../../../test/support/channel-kit.ts'
import { scriptedHttp, type ScriptedHttp } from '../../../../test/support/scripted-http.ts'
import { Secret } from '../../settings/secret.ts'
import { passingMemory } from '../memory.ts'
import type { Bot } from './api.ts'
import { createBots, TWO_LISTENERS, WEBHOOK_SET, type Bots, type Listener } from './bots.ts'
import type { Update } from './updates.ts'

const BOT: Bot = { apiBase: 'https://api.example', token: new Secret('123456:token-of-the-poll') }
const MINUTE = 60_000
const CONFLICT = { ok: false, error_code: 409, description: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running' }
const press = (id: number, data = 'x'): unknown => ({ update_id: id, callback_query: { id: `q${id}`, data, message: { message_id: 5, chat: { id: 1, type: 'private' } } } })
const written = (id: number, text: string): unknown => ({ update_id: id, message: { message_id: 5, chat: { id: 1, type: 'private', first_name: 'Ada' }, text } })

interface Ear extends Listener { heard: Update[]; told: (string | null)[] }

let clock: TestClock
let http: ScriptedHttp
let bots: Bots

beforeEach(() => {
  clock = new TestClock()
  http = scriptedHttp()
  bots = createBots()
})

function ear(over: Partial<Listener> = {}, memory = passingMemory()): Ear {
  const heard: Update[] = []
  const told: (string | null)[] = []
  return {
    ports: channelPorts({ clock, net: http.net, memory }), wants: ['callback_query'], heard, told,
    hear: (update) => {
      heard.push(update)
      return true
    },
    trouble: (why) => void told.push(why),
    ...over,
  }
}

/** Answers request `number`, and the poll has taken it in. */
async function answer(number: number, status: number, body: unknown): Promise<void> {
  await (await http.request(number)).answer(status, body)
}

/** How many requests came while `ms` went by, each failing as `fail` says. */
async function countWhile(ms: number, fail: (number: number) => void): Promise<number> {
  let seen = http.asked.length
  const before = seen
  if (seen > 0) fail(seen - 1)
  for (let passed = 0; passed < ms; passed += 1_000) {
    await new Promise((done) => setImmediate(done))
    await new Promise((done) => setImmediate(done))
    await clock.advance(1_000)
    await new Promise((done) => setImmediate(done))
    for (; seen < http.asked.length; seen += 1) fail(seen)
  }
  return http.asked.length - before
}

describe('hearing a bot', () => {
  test('asks for what is wanted and nothing else, and goes on behind what it heard', async () => {
    const one = ear()
    const stop = bots.listen(BOT, one)
    const first = await http.request(0)
    expect(first).toMatchObject({ method: 'POST', url: 'https://api.example/bot123456:token-of-the-poll/getUpdates', body: { limit: 10, timeout: 30, allowed_updates: ['callback_query'] } })
    await first.answer(200, { ok: true, result: [press(700), press(701)] })
    expect((await http.request(1)).body).toEqual({ offset: 702, limit: 10, timeout: 30, allowed_updates: ['callback_query'] })
    expect(one.heard.map(({ callback }) => callback?.id)).toEqual(['q700', 'q701'])
    stop()
  })

  test('goes on there after a restart', async () => {
    const memory = passingMemory()
    const stop = bots.listen(BOT, ear({}, memory))
    await answer(0, 200, { ok: true, result: [press(700)] })
    await http.request(1)
    stop()
    createBots().listen(BOT, ear({}, memory))()
    createBots().listen(BOT, ear({}, memory))
    await vi.waitFor(() => expect(http.asked.at(-1)?.body).toMatchObject({ offset: 701 }))
  })

  test.each([['a week later', 7 * 24 * 60 * MINUTE, BOT.token], ['at another bot', 0, new Secret('999:another')]])('but not %s, where its place means nothing', async (_what, later, token) => {
    const memory = passingMemory()
    const stop = bots.listen(BOT, ear({}, memory))
    await answer(0, 200, { ok: true, result: [press(700)] })
    await http.request(1)
    stop()
    clock.jump(later)
    createBots().listen({ ...BOT, token }, ear({}, memory))
    expect((await http.request(2)).body).not.toHaveProperty('offset')
  })

  test('an update that comes twice is heard once', async () => {
    const one = ear()
    bots.listen(BOT, one)
    await answer(0, 200, { ok: true, result: [press(700)] })
    await answer(1, 200, { ok: true, result: [press(700), press(701)] })
    await http.request(2)
    expect(one.heard.map(({ callback }) => callback?.id)).toEqual(['q700', 'q701'])
  })

  test('garbage among the updates harms nobody', async () => {
    const one = ear()
    bots.listen(BOT, one)
    await answer(0, 200, { ok: true, result: [null, 7, { update_id: 'x' }, { update_id: 5, callback_query: { id: 1 } }, { update_id: 6, message: 'x' }, press(8)] })
    expect((await http.request(1)).body).toMatchObject({ offset: 9 })
    expect(one.heard.map(({ callback }) => callback?.id ?? null)).toEqual([null, null, 'q8'])
  })

  test('an answer that is longer than what is read is asked for one by one; one that is too long alone is stepped over', async () => {
    bots.listen(BOT, ear())
    await answer(0, 200, { ok: true, result: [written(700, 'x'.repeat(40_000)), written(701, 'x'.repeat(40_000))] })
    await clock.advance(2_000)
    expect((await http.request(1)).body).toEqual({ limit: 1, timeout: 30, allowed_updates: ['callback_query'] })
    await answer(1, 200, { ok: true, result: [written(700, 'x'.repeat(80_000))] })
    await clock.advance(2_000)
    expect((await http.request(2)).body).toMatchObject({ offset: 701, limit: 1 })
  })
})

describe('several listeners at one bot', () => {
  test('share one poll, and what one takes the other does not hear', async () => {
    const first = ear({ hear: (update) => update.callback?.data === 'mine' })
    const second = ear()
    const stopFirst = bots.listen(BOT, first)
    const stopSecond = bots.listen(BOT, second)
    const poll = await http.request(1)
    expect(http.asked.filter(({ aborted }) => !aborted)).toHaveLength(1)
    await poll.answer(200, { ok: true, result: [press(1, 'mine'), press(2, 'other')] })
    await http.request(2)
    expect(second.heard.map(({ callback }) => callback?.data)).toEqual(['other'])
    stopFirst()
    stopSecond()
  })

  test('a new one is heard at once: the poll that runs is begun anew with its kinds', async () => {
    bots.listen(BOT, ear())
    await http.request(0)
    bots.listen(BOT, ear({ wants: ['message', 'channel_post'] }))
    expect((await http.request(1)).body).toEqual({ limit: 10, timeout: 30, allowed_updates: ['callback_query', 'channel_post', 'message'] })
    expect(http.asked[0]?.aborted).toBe(true)
  })

  test('when the first one leaves, the others are still heard', async () => {
    const stop = bots.listen(BOT, ear())
    const second = ear()
    bots.listen(BOT, second)
    stop()
    const poll = await vi.waitFor(() => {
      const running = http.asked.filter(({ aborted }) => !aborted)
      expect(running).toHaveLength(1)
      return running[0]
    })
    await poll?.answer(200, { ok: true, result: [press(1)] })
    await vi.waitFor(() => expect(second.heard).toHaveLength(1))
  })

  test('each bot has a poll of its own', async () => {
    bots.listen(BOT, ear())
    bots.listen({ ...BOT, token: new Secret('777:another-bot') }, ear())
    await http.request(1)
    expect(http.asked.map(({ aborted }) => aborted)).toEqual([false, false])
  })

  test('a press that is for nobody is answered, so that its wheel stops', async () => {
    bots.listen(BOT, ear({ hear: () => false }))
    await answer(0, 200, { ok: true, result: [press(1)] })
    await vi.waitFor(() => expect(http.asked.find(({ url }) => url.endsWith('/answerCallbackQuery'))?.body).toEqual({ callback_query_id: 'q1', text: 'Nobody waits for this button any more.' }))
  })
})

describe('the end', () => {
  test('breaks the request off, and nothing is left running', async () => {
    const stop = bots.listen(BOT, ear())
    const poll = await http.request(0)
    stop()
    stop()
    expect(poll.aborted).toBe(true)
    await vi.waitFor(() => expect(clock.pending).toBe(0))
    expect(http.asked).toHaveLength(1)
  })

  test('also amid a wait', async () => {
    const stop = bots.listen(BOT, ear())
    ;(await http.request(0)).fail('ECONNREFUSED')
    await vi.waitFor(() => expect(clock.pending).toBe(1))
    stop()
    await vi.waitFor(() => expect(clock.pending).toBe(0))
    await clock.advance(60 * MINUTE)
    expect(http.asked).toHaveLength(1)
  })
})

describe('failures', () => {
  test('of the network are tried again with growing waits, and told to nobody', async () => {
    const one = ear()
    bots.listen(BOT, one)
    await http.request(0)
    // Full jitter at one half: 1, 2, 4, ... 128, then 150 s.
    const asked = await countWhile(30 * MINUTE, (number) => http.asked[number]?.fail('ECONNRESET'))
    expect(asked).toBeGreaterThan(8)
    expect(asked).toBeLessThan(25)
    expect(one.told).toEqual([])
  })

  test('a server that answers at once with nothing is not hammered', async () => {
    bots.listen(BOT, ear())
    await http.request(0)
    const asked = await countWhile(30 * MINUTE, (number) => void http.asked[number]?.answer(200, { ok: true, result: [] }))
    expect(asked).toBeGreaterThan(20)
    expect(asked).toBeLessThan(80)
  })

  test('a server that sends the same update for ever is not hammered', async () => {
    const one = ear()
    bots.listen(BOT, one)
    await http.request(0)
    const asked = await countWhile(30 * MINUTE, (number) => void http.asked[number]?.answer(200, { ok: true, result: [press(700)] }))
    expect(asked).toBeLessThan(80)
    expect(one.heard).toHaveLength(1)
  })

  test('429 waits as long as Telegram asks', async () => {
    bots.listen(BOT, ear())
    await answer(0, 429, { ok: false, error_code: 429, description: 'Too Many Requests: retry after 90', parameters: { retry_after: 90 } })
    await clock.advance(89_000)
    expect(http.asked).toHaveLength(1)
    await clock.advance(1_000)
    await http.request(1)
  })

  test('a token that Telegram does not know is told, and asked for seldom', async () => {
    const one = ear()
    bots.listen(BOT, one)
    await answer(0, 401, { ok: false, error_code: 401, description: 'Unauthorized' })
    expect(one.told).toEqual(['Telegram does not know this token (401). Enter the one that @BotFather shows now.'])
    expect(await countWhile(60 * MINUTE, (number) => void http.asked[number]?.answer(401, { ok: false, error_code: 401, description: 'Unauthorized' }))).toBeLessThan(10)
    expect(one.told).toHaveLength(1)
  })

  test('when its place can not be stored, a press is heard later, not twice', async () => {
    const memory = passingMemory()
    let full = true
    const one = ear({}, { ...memory, set: (key, value) => {
      if (full) throw new Error('the disk is full')
      memory.set(key, value)
    } })
    bots.listen(BOT, one)
    await answer(0, 200, { ok: true, result: [press(700)] })
    expect(one.heard).toEqual([])
    full = false
    await clock.advance(2_000)
    await answer(1, 200, { ok: true, result: [press(700)] })
    expect(one.heard).toHaveLength(1)
  })
})

describe('somebody else at the bot', () => {
  test('one conflict may be our own poll of a moment ago: nothing is told', async () => {
    const one = ear()
    bots.listen(BOT, one)
    await answer(0, 409, CONFLICT)
    await clock.advance(2_000)
    await http.request(1)
    expect(one.told).toEqual([])
  })

  test('two are two computers: told once, in words, and listened for seldom', async () => {
    const one = ear()
    bots.listen(BOT, one)
    await http.request(0)
    const asked = await countWhile(60 * MINUTE, (number) => void http.asked[number]?.answer(409, CONFLICT))
    expect(one.told).toEqual([TWO_LISTENERS])
    expect(TWO_LISTENERS).toBe('Another computer or program listens to this bot too, so presses get lost between them. Switch its buttons off at one of them, or make a second bot.')
    expect(asked).toBeLessThan(20)
    expect((one.ports.log as ReturnType<typeof channelPorts>['log']).lines.filter(({ level }) => level === 'warn')).toHaveLength(1)
  })

  test('it is over when nobody interferes for ten minutes, not before', async () => {
    const one = ear()
    bots.listen(BOT, one)
    await answer(0, 409, CONFLICT)
    await clock.advance(2_000)
    await answer(1, 409, CONFLICT)
    await clock.advance(60_000)
    const poll = await http.request(2)
    await clock.advance(30_000)
    await poll.answer(200, { ok: true, result: [] })
    const later = await http.request(3)
    expect(one.told).toEqual([TWO_LISTENERS])
    await clock.advance(39_000)
    await later.answer(200, { ok: true, result: [] })
    for (let number = 4; number < 30 && one.told.length < 2; number += 1) {
      const next = await http.request(number)
      await clock.advance(30_000)
      await next.answer(200, { ok: true, result: [] })
      await vi.waitFor(() => expect(http.asked.length).toBeGreaterThan(number + 1))
    }
    expect(one.told).toEqual([TWO_LISTENERS, null])
    expect(clock.monotonic()).toBeGreaterThan(10 * MINUTE)
    expect(clock.monotonic()).toBeLessThan(13 * MINUTE)
  })

  test('a webhook is told as such, and over as soon as it is gone', async () => {
    const one = ear()
    bots.listen(BOT, one)
    await answer(0, 409, { ok: false, error_code: 409, description: "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first" })
    expect(one.told).toEqual([WEBHOOK_SET])
    expect(WEBHOOK_SET).toBe('A webhook is set on this bot, so Telegram sends all presses there. Remove the webhook, or make a bot for Printbell alone.')
    await clock.advance(30_000)
    const poll = await http.request(1)
    await clock.advance(30_000)
    await poll.answer(200, { ok: true, result: [] })
    await http.request(2)
    expect(one.told).toEqual([WEBHOOK_SET, null])
  })

  test('who begins to listen later hears of it at once', async () => {
    bots.listen(BOT, ear())
    await answer(0, 409, { ok: false, error_code: 409, description: 'Conflict: webhook' })
    const late = ear()
    bots.listen(BOT, late)
    expect(late.told).toEqual([WEBHOOK_SET])
  })
})
