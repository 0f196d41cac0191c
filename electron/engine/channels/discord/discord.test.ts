import { describe, expect, test } from 'vitest'
import { settle, TestClock } from '../../../../test/support/clock.ts'
import { sendingOf } from '../../../../test/support/channel-kit.ts'
import { Secret } from '../../settings/secret.ts'
import { readAddress } from './address.ts'
import { meaningOf } from './answers.ts'
import { discordMessage, escapeMarkdown } from './embed.ts'
import { createPace } from './pace.ts'

const read = (text: string): ReturnType<typeof readAddress> => readAddress(new Secret(text), (token) => new Secret(token))
const LOOKS_LIKE = 'It looks like https://discord.com/api/webhooks/NUMBER/LETTERS.'
const NOON = Date.UTC(2026, 0, 15, 12)

describe('the address of a webhook', () => {
  test.each<[string, string, string | null]>([
    ['https://discord.com/api/webhooks/223704706495545344/3d89bb75-72e0_fb30', 'https://discord.com/api/v10', null],
    [' https://discordapp.com/api/webhooks/223704706495545344/3d89bb75-72e0_fb30 ', 'https://discordapp.com/api/v10', null],
    ['https://ptb.discord.com/api/webhooks/223704706495545344/3d89bb75-72e0_fb30/', 'https://ptb.discord.com/api/v10', null],
    ['https://discord.com/api/v9/webhooks/223704706495545344/3d89bb75-72e0_fb30', 'https://discord.com/api/v9', null],
    ['https://discord.com/api/webhooks/223704706495545344/3d89bb75-72e0_fb30?thread_id=123456789&wait=true', 'https://discord.com/api/v10', '123456789'],
    ['https://discord.com/api/webhooks/223704706495545344/3d89bb75-72e0_fb30?thread_id=../x', 'https://discord.com/api/v10', null],
    ['http://192.168.1.5:8080/relay/api/webhooks/223704706495545344/3d89bb75-72e0_fb30', 'http://192.168.1.5:8080/relay/api', null],
    ['https://discord.com.evil.example/api/webhooks/223704706495545344/3d89bb75-72e0_fb30', 'https://discord.com.evil.example/api', null],
  ])('%s is read', (text, apiBase, threadId) => {
    const webhook = read(text)
    if (typeof webhook === 'string') throw new Error(webhook)
    expect([webhook.apiBase, webhook.id, webhook.token.reveal(), webhook.threadId]).toEqual([apiBase, '223704706495545344', '3d89bb75-72e0_fb30', threadId])
  })

  test.each([
    ['', `Not an address. Start with http:// or https://. ${LOOKS_LIKE}`], ['discord.com/api/webhooks/1/2', `Not an address. Start with http:// or https://. ${LOOKS_LIKE}`],
    ['https://a:b@discord.com/api/webhooks/223704706495545344/3d89bb75', `Take user and password out of the address; Discord needs none. ${LOOKS_LIKE}`],
    ['https://discord.com/channels/123/456', `This is no webhook of Discord. ${LOOKS_LIKE}`],
    ['https://discord.com/api/webhooks/223704706495545344', `This is no webhook of Discord. ${LOOKS_LIKE}`],
    ['https://discord.com/api/webhooks/abc/3d89bb75-72e0_fb30', `This is no webhook of Discord. ${LOOKS_LIKE}`],
    ['https://discord.com/api/webhooks/223704706495545344/3d89bb75-72e0_fb30/slack', 'Take "/slack" off the end of the address.'],
    ['https://discord.com/api/webhooks/223704706495545344/3d89bb75-72e0_fb30/github', 'Take "/github" off the end of the address.'],
    ['http://169.254.169.254/api/webhooks/223704706495545344/3d89bb75', `This address hands out the credentials of cloud machines. Nothing is sent there. ${LOOKS_LIKE}`],
  ])('"%s" is none, and its cure is told', (text, words) => {
    expect(read(text)).toBe(words)
  })
})

describe('marks in a text', () => {
  test.each([
    ['*b* _i_ <u>&amp; [l](x) @everyone `c` ~s~ #1', '\\*b\\* \\_i\\_ \\<u>&amp; \\[l\\](x) \\@everyone \\`c\\` \\~s\\~ #1'],
    ['||spoiler|| \\o/', '\\|\\|spoiler\\|\\| \\\\o/'],
    ['# heading', '\\# heading'], ['- point', '\\- point'], ['> quote', '\\> quote'], ['+ plus', '\\+ plus'], ['1. first', '1\\. first'], ['line\n# heading', 'line\n\\# heading'],
    [':smile: and MK4: print done', '\\:smile: and MK4: print done'], [':+1:', '\\:+1:'], ['https://evil.example/x', 'https\\://evil.example/x'],
    ['<@123456> <#1> <:a:1>', '\\<@123456> \\<#1> \\<\\:a:1>'], ['@here @Ada a@b', '\\@here @Ada a@b'],
    ['lamp-vase, 3 h 36 min', 'lamp-vase, 3 h 36 min'], ['62 % (3.5)', '62 % (3.5)'],
  ])('%j becomes %j', (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped)
  })
})

describe('limits', () => {
  const message = (over: { title?: string; body?: string; printer?: string }) => {
    const { message: plain } = sendingOf()
    return discordMessage({ ...plain, title: over.title ?? 'T', body: over.body ?? 'B', printer: over.printer === undefined ? null : { id: 'x', name: over.printer, serverKind: 'octoprint' } }, { picture: false, silent: false })
  }

  test('are counted with the marks that keep the text as it is, and never cut one in two', () => {
    const { embeds: [embed], content } = message({ title: '*'.repeat(3_000), body: '_'.repeat(5_000), printer: '~'.repeat(300) })
    expect(content).toBe(`${'\\*'.repeat(999)}…`)
    expect(embed.title).toBe(`${'\\~'.repeat(127)}…`)
    expect(embed.description).toBe(`${'\\_'.repeat(2_047)}…`)
    expect([content.length <= 2_000, embed.title.length <= 256, (embed.description ?? '').length <= 4_096]).toEqual([true, true, true])
    expect(embed.title.length + (embed.description ?? '').length).toBeLessThanOrEqual(6_000)
  })

  test('an emoji is not cut in two', () => {
    expect(message({ printer: '🖨'.repeat(200) }).embeds[0].title).toBe(`${'🖨'.repeat(127)}…`)
  })

  test('what fits exactly is not cut', () => {
    expect(message({ printer: 'x'.repeat(256) }).embeds[0].title).toBe('x'.repeat(256))
  })

  test('no body is no description', () => {
    expect(message({ body: '' }).embeds[0]).not.toHaveProperty('description')
  })
})

describe('the pace', () => {
  const never = new AbortController().signal

  test('nothing was heard: go on', async () => {
    expect(await createPace(new TestClock()).ready(never)).toBeNull()
  })

  test('what is still open is used', async () => {
    const pace = createPace(new TestClock())
    pace.heard({ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset-after': '60' }, null)
    expect(await pace.ready(never)).toBeNull()
  })

  test('a short wait is spent here', async () => {
    const clock = new TestClock()
    const pace = createPace(clock)
    pace.heard({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': '1.5' }, null)
    let ready = false
    const waited = pace.ready(never).then((after) => {
      ready = true
      return after
    })
    await clock.advance(1_499)
    expect(ready).toBe(false)
    await clock.advance(1)
    expect(await waited).toBeNull()
  })

  test('a long one is told, and gets shorter', async () => {
    const clock = new TestClock()
    const pace = createPace(clock)
    pace.heard({}, 64_570)
    expect(await pace.ready(never)).toBe(64_570)
    await clock.advance(60_000)
    const waited = pace.ready(never)
    await clock.advance(4_570)
    expect(await waited).toBeNull()
  })

  test('closing ends the waiting', async () => {
    const clock = new TestClock()
    const stop = new AbortController()
    const pace = createPace(clock)
    pace.heard({}, 4_000)
    const waited = pace.ready(stop.signal)
    await settle()
    stop.abort()
    expect(await waited).toBeNull()
    expect(clock.pending).toBe(0)
  })

  test.each([[{ 'x-ratelimit-remaining': '0' }], [{ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset-after': 'soon' }], [{ 'x-ratelimit-reset-after': '60' }]])('headers that say nothing hold nobody up: %j', async (headers) => {
    const pace = createPace(new TestClock())
    pace.heard(headers, null)
    expect(await pace.ready(never)).toBeNull()
  })
})

test.each([
  [{ message: 'x', retry_after: 64.57, global: false }, {}, 64_570], [{ message: 'x', retry_after: 0.0331, global: true }, {}, 34], [{}, { 'retry-after': '65' }, 65_000],
  ['banned', { 'retry-after': '3600' }, 3_600_000], [{ retry_after: 'soon' }, {}, null],
])('429 with %j and %j is tried again after %s ms', (json, headers, after) => {
  const answer = { status: 429, headers: headers as Record<string, string>, json: typeof json === 'string' ? undefined : json, text: JSON.stringify(json) }
  expect(meaningOf(answer, NOON).verdict).toEqual({ result: 'retry', busy: true, after, why: 'Discord takes no more messages for now (429).' })
})
