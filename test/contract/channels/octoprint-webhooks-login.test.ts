/** Logging in before, and being sent on: webhooks in the format of OctoPrint-Webhooks (octoprint.md 7.6). */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { octoprintWebhooksChannel as KIND } from '../../../electron/engine/channels/octoprint-webhooks/index.ts'
import { TestClock } from '../../support/clock.ts'
import { CANARY, channelPorts } from '../../support/channel-kit.ts'
import { startFarSide, type Rule } from '../../support/far-side.ts'
import { NOON } from '../../support/rule-fixtures.ts'
import { openChannel } from './every-channel.ts'
import { done, sendBy, start, type How, type Rig } from './octoprint-webhooks-rig.ts'

let rig: Rig
beforeAll(async () => {
  rig = await start()
})
afterAll(() => rig.close())

const send = (sending: Sending, over: Record<string, unknown>, how?: How): Promise<Verdict> => sendBy(rig, sending, over, how)
const answers = (...rules: Rule[]): Promise<void> => rig.far.play(...rules)

describe('OAuth', () => {
  const OAUTH = {
    oauth: true, data: '{"t": "@access_token", "type": "@token.type", "topic": "@topic", "n": "@expires_in"}', headers: { Authorization: 'Bearer @access_token' },
  }
  const secrets = { oauthHeaders: '{"Authorization": "Basic canary-basic", "X-N": 5}', oauthData: '{"client_id": "me", "client_secret": "canary-client", "scope": ["a", "b"], "at": "@topic"}' }
  const token = (name: string, over: Record<string, unknown> = {}): Rule => ({ path: '/token', times: 1, body: { access_token: `canary-${name}`, token: { type: 'x' }, ...over } })
  const over = (more: Record<string, unknown> = {}): Record<string, unknown> => ({ ...OAUTH, oauthUrl: `${rig.far.base}/token`, ...more })
  const paths = async (): Promise<string[]> => (await rig.far.receipts()).map(({ path, headers }) => `${path} ${headers.authorization ?? ''}`.trim())

  test('asks first, nothing filled in; its answer is parameters that win over all others', async () => {
    await answers(token('one', { topic: 'theirs' }), { path: '/hook' })
    expect(await send(done(), over(), { secrets })).toMatchObject({ result: 'delivered' })
    const [login, hook] = await rig.far.receipts()
    expect([login?.method, login?.headers['content-type'], login?.headers.authorization, login?.headers['x-n'], login?.json]).toEqual(['POST', 'application/json', 'Basic canary-basic', '5', { client_id: 'me', client_secret: 'canary-client', scope: ['a', 'b'], at: '@topic' }])
    expect([hook?.headers.authorization, hook?.json]).toEqual(['Bearer canary-one', { t: 'canary-one', type: 'x', topic: 'theirs', n: '' }])
  })
  test.each<[string, Record<string, unknown>, string, string | undefined, string]>([
    ['as a form', { oauthContentType: 'FORM' }, '/token', 'application/x-www-form-urlencoded', 'client_id=me&client_secret=canary-client&scope=%5B%22a%22%2C+%22b%22%5D&at=%40topic'],
    ['by GET', { oauthMethod: 'GET' }, '/token?client_id=me&client_secret=canary-client&scope=a&scope=b&at=%40topic', undefined, ''],
  ])('asks %s', async (_what, more, path, type, text) => {
    await answers(token('one'), { path: '/hook' })
    expect(await send(done(), over(more), { secrets })).toMatchObject({ result: 'delivered' })
    const [login] = await rig.far.receipts()
    expect([login?.path, login?.headers['content-type'], login?.text]).toEqual([path, type, text])
  })
  test('is asked each time where the answer names no end, and not before its end where it does', async () => {
    const clock = new TestClock(NOON)
    // Moved by hand for the token; what bounds a request needs real time, which none of these answers takes.
    const ports = channelPorts({ clock })
    const channel = openChannel(KIND, { ...rig, secrets, config: () => ({ url: `${rig.far.base}/hook` }) }, over(), ports)
    await answers(token('one'), token('two', { expires_in: 3_600 }), token('three', { expires_in: '60' }), { path: '/hook' })
    const say = async (): Promise<void> => expect(await channel.sendPrinterNotification(done())).toMatchObject({ result: 'delivered' })
    await say()
    await say()
    await clock.advance(3_569_000)
    await say()
    await clock.advance(2_000)
    await say()
    await channel.close()
    expect((await paths()).map((path) => path.replace('Basic canary-basic', '').trim())).toEqual(['/token', '/hook Bearer canary-one', '/token', '/hook Bearer canary-two', '/hook Bearer canary-two', '/token', '/hook Bearer canary-three'])
    expect(JSON.stringify([ports.memory.keys(''), ports.log.lines])).not.toContain('canary')
  })
  test('after a 401 is asked once more, and only once', async () => {
    await answers(token('one', { expires_in: 3_600 }), token('two', { expires_in: 3_600 }), { path: '/hook', status: 401, times: 1 }, { path: '/hook', status: 200 })
    expect(await send(done(), over(), { secrets })).toMatchObject({ result: 'delivered' })
    expect((await paths()).filter((path) => path.startsWith('/hook'))).toEqual(['/hook Bearer canary-one', '/hook Bearer canary-two'])
    await answers(token('one'), token('two'), token('three'), { path: '/hook', status: 401 })
    expect(await send(done(), over(), { secrets })).toMatchObject({ result: 'rejected', scope: 'destination' })
    expect((await paths()).filter((path) => path.startsWith('/hook'))).toHaveLength(2)
  })
  test.each<[string, Omit<Rule, 'path'>, Partial<Verdict> & Record<string, unknown>]>([
    ['401 refuses the destination', { status: 401 }, { result: 'rejected', scope: 'destination', why: 'The OAuth address refuses the login (401). Check its headers and data.' }],
    ['400 refuses the destination', { status: 400, body: { error: 'invalid_client' } }, { result: 'rejected', scope: 'destination', why: 'The OAuth address refuses the login (400). Check its headers and data.' }],
    ['410 does not end the destination', { status: 410 }, { result: 'rejected', scope: 'destination' }],
    ['an answer that is no JSON refuses the destination', { body: 'hello' }, { result: 'rejected', scope: 'destination', why: 'The OAuth address answers without a JSON object. Check the address.' }],
    ['an answer that is a list does too', { body: ['a'] }, { result: 'rejected', scope: 'destination' }],
    ['a redirect to elsewhere is not followed', { status: 307, headers: { location: 'http://other.example/' } }, { result: 'rejected', scope: 'destination' }],
    ['500 is tried again', { status: 500 }, { result: 'retry', after: null, why: 'At the OAuth address: The server has a problem of its own (500).' }],
    ['429 is tried again when it says', { status: 429, headers: { 'retry-after': '30' } }, { result: 'retry', after: 30_000 }],
    ['a broken connection is tried again', { how: 'reset' }, { result: 'retry', after: null, why: 'At the OAuth address: The server broke the connection.' }],
  ])('%s, and the hook is not called', async (_what, rule, expected) => {
    await answers({ path: '/token', ...rule }, { path: '/hook' })
    expect(await send(done(), over(), { secrets })).toMatchObject(expected)
    expect((await paths()).some((path) => path.startsWith('/hook'))).toBe(false)
  })
  test('secrets that are no JSON are named', async () => {
    expect(await send(done(), over(), { secrets: { oauthData: 'client_id=x' } })).toMatchObject({ result: 'rejected', scope: 'destination', why: expect.stringContaining('"OAuth data" is no JSON object') as string })
    expect(await send(done(), over(), { secrets: { oauthHeaders: '["canary-list"]' } })).toMatchObject({ result: 'rejected', scope: 'destination', why: expect.stringContaining('"OAuth headers" is no JSON object') as string })
  })
})

describe('a redirect', () => {
  test('301, 307 and 308 repeat the request, 302 and 303 look at the answer without its body', async () => {
    const got = async (code: number): Promise<unknown> => {
      await answers({ path: '/hook', status: code, headers: { location: '/moved?x=1' } }, { path: '/moved', status: 200 })
      expect(await send(done(), { headers: { 'X-Api': '@apiSecret' }, data: '{"t": "@topic"}' })).toMatchObject({ result: 'delivered', detail: 'Answered 200.' })
      const [, second, ...more] = await rig.far.receipts()
      expect(more).toEqual([])
      return second && [second.method, second.path, second.text, second.headers['content-type'] ?? null, second.headers['x-api']]
    }
    const again = ['POST', '/moved?x=1', '{"t": "Print Done"}', 'application/json', CANARY]
    const look = ['GET', '/moved?x=1', '', null, CANARY]
    expect([await got(301), await got(307), await got(308), await got(302), await got(303)]).toEqual([again, again, again, look, look])
  })
  test('is followed five times and no more', async () => {
    const chain = (length: number): Rule[] => [{ path: '/hook', status: 307, headers: { location: '/1' } }, ...Array.from({ length }, (_, index): Rule => ({ path: `/${index + 1}$`, status: 307, headers: { location: `/${index + 2}` } })), { path: '.', status: 200 }]
    await answers(...chain(4))
    expect(await send(done(), {})).toMatchObject({ result: 'delivered' })
    expect(await rig.far.receipts()).toHaveLength(6)
    await answers(...chain(5))
    expect(await send(done(), {})).toMatchObject({ result: 'rejected', scope: 'destination' })
    expect(await rig.far.receipts()).toHaveLength(6)
  })
  test('to another computer carries nothing there', async () => {
    const other = await startFarSide()
    await other.play({ path: '.', status: 200 })
    for (const code of [301, 302, 303, 307, 308]) {
      await answers({ path: '/hook', status: code, headers: { location: `${other.base}/x` } })
      expect(await send(done(), {})).toMatchObject({ result: 'rejected', scope: 'destination', why: `The server sends us on to another computer (${code}). Enter the address it leads to.` })
    }
    expect(await other.receipts()).toEqual([])
    await other.close()
  })
})
