import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { slackChannel } from '../../../electron/engine/channels/slack/index.ts'
import { CANARY, channelPorts, eventOf, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { startFarSide, type FarSide, type Rule } from '../../support/far-side.ts'
import { GOLDEN_EVENTS } from '../../support/golden-events.ts'
import { channelSuite, openChannel, type ChannelRig } from './every-channel.ts'

const HOOK = `/services/T00000000/B00000000/${CANARY}`

interface Rig extends ChannelRig { far: FarSide }
interface Body { text: string; blocks: { elements: { elements: { text: string; style?: object }[] }[] }[] }

const OK: Rule[] = [{ path: '/services/', body: 'ok' }]

async function start(): Promise<Rig> {
  const far = await startFarSide()
  return {
    far,
    config: () => ({}),
    secrets: { url: `${far.base}${HOOK}` },
    accept: () => far.play(...OK),
    received: async () => (await far.receipts()).map(({ json, text }) => ({ text: (json as Body).blocks[0]?.elements[0]?.elements.map((element) => element.text).join('') ?? '', pictures: [], raw: text })),
    close: () => far.close(),
  }
}

const says = (status: number, body: string, headers: Record<string, string> = {}) => (rig: Rig) => rig.far.play({ path: '/services/', status, body, headers })
const answers = (rule: Omit<Rule, 'path'>) => (rig: Rig) => rig.far.play({ path: '/services/', ...rule })

channelSuite('slack', {
  start,
  answers: [
    ['invalid_payload refuses this message', says(400, 'invalid_payload'), 'rejected message'], ['no_text refuses this message', says(400, 'no_text'), 'rejected message'],
    ['too_many_attachments refuses this message', says(400, 'too_many_attachments'), 'rejected message'], ['invalid_blocks refuses this message', says(400, 'invalid_blocks'), 'rejected message'],
    ['user_not_found refuses the destination', says(400, 'user_not_found'), 'rejected destination'], ['channel_not_found refuses the destination', says(404, 'channel_not_found'), 'rejected destination'],
    ['channel_is_archived is gone', says(410, 'channel_is_archived'), 'gone'], ['410 with another word is gone', says(410, 'gone'), 'gone'],
    ['action_prohibited refuses the destination', says(403, 'action_prohibited'), 'rejected destination'],
    ['posting_to_general_channel_denied refuses the destination', says(403, 'posting_to_general_channel_denied'), 'rejected destination'],
    ['no_service refuses the destination', says(404, 'no_service'), 'rejected destination'], ['no_service_id refuses the destination', says(404, 'no_service_id'), 'rejected destination'],
    ['no_team refuses the destination', says(404, 'no_team'), 'rejected destination'], ['invalid_token refuses the destination', says(403, 'invalid_token'), 'rejected destination'],
    ['team_disabled refuses the destination', says(403, 'team_disabled'), 'rejected destination'], ['rollup_error is tried again', says(500, 'rollup_error'), 'retry'],
    ['an error within 200 is read', says(200, 'no_service'), 'rejected destination'],
    ['429 is tried again when it says', says(429, 'rate_limited', { 'retry-after': '30' }), 'retry 30000'], ['429 with other words too', says(429, 'slow down', { 'retry-after': '7' }), 'retry 7000'],
    ['400 with a word that nobody knows refuses this message', says(400, 'something_new'), 'rejected message'], ['403 with one refuses the destination', says(403, 'something_new'), 'rejected destination'],
    ['413 refuses this message', says(413, ''), 'rejected message'], ['500 is tried again', says(500, ''), 'retry'], ['503 is tried again', says(503, ''), 'retry'],
    ['a redirect is not followed', says(302, '', { location: '/other' }), 'rejected destination'],
    ['200 with nothing is tried again', says(200, ''), 'retry'], ['200 of something else refuses the destination', says(200, '<html>hello</html>'), 'rejected destination'],
    ['a broken connection is tried again', answers({ how: 'reset' }), 'retry'], ['an answer that breaks off does not undo the 200', answers({ body: 'ok', how: 'half' }), 'delivered'],
    ['an answer without end is not Slack', answers({ how: 'flood' }), 'rejected destination'],
  ],
  wrong: [],
  hang: answers({ how: 'hang' }),
})

describe('slack', () => {
  let rig: Rig
  beforeAll(async () => {
    rig = await start()
  })
  afterAll(() => rig.close())
  beforeEach(() => rig.accept())

  async function say(sending: Sending, secrets = rig.secrets ?? {}): Promise<Verdict> {
    const channel = openChannel(slackChannel, { ...rig, secrets }, {}, channelPorts())
    const verdict = await channel.sendPrinterNotification(sending)
    await channel.close()
    return verdict
  }

  describe('the whole request of each event', () => {
    const TEXTS: Readonly<Record<string, string>> = { 'message.user': 'Bench: message\nCome &amp; see &lt;now&gt;' }

    test.each(GOLDEN_EVENTS)('$type', async ({ type, event, title, body }) => {
      await say(sendingOf(event))
      const [receipt, ...others] = await rig.far.receipts()
      expect(others).toEqual([])
      expect([receipt?.method, receipt?.path, receipt?.headers['content-type']]).toEqual(['POST', HOOK, 'application/json'])
      const bold = { type: 'text', text: title, style: { bold: true } }
      expect(receipt?.json).toEqual({
        text: TEXTS[type] ?? (body === '' ? title : `${title}\n${body}`),
        blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: body === '' ? [bold] : [bold, { type: 'text', text: `\n${body}` }] }] }],
      })
    })
  })

  test('nobody is rung for by a name', async () => {
    const sending = sendingOf()
    await say({ ...sending, message: { ...sending.message, title: '<!everyone> & <@U123>', body: '*b* _i_ <https://evil.example|x>' } })
    const [receipt] = await rig.far.receipts()
    expect(receipt?.json).toEqual({
      text: '&lt;!everyone&gt; &amp; &lt;@U123&gt;\n*b* _i_ &lt;https://evil.example|x&gt;',
      blocks: [{ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '<!everyone> & <@U123>', style: { bold: true } }, { type: 'text', text: '\n*b* _i_ <https://evil.example|x>' }] }] }],
    })
  })

  test('a long text is cut', async () => {
    const sending = sendingOf()
    await say({ ...sending, message: { ...sending.message, title: 'T', body: '🖨'.repeat(4_000) } })
    const body = (await rig.far.receipts())[0]?.json as Body
    expect(body.blocks[0]?.elements[0]?.elements[1]?.text).toBe(`\n${'🖨'.repeat(1_499)}…`)
    expect(body.text).toBe(`T\n${'🖨'.repeat(2_997)}…`)
  })

  test('a picture is left out, and no address of it is sent', async () => {
    await say(sendingOf(undefined, { picture: PICTURE }))
    const [receipt] = await rig.far.receipts()
    expect(receipt?.text).not.toMatch(/snapshot|somewhere|image/)
  })

  test.each([
    ['is missing', {}, 'The address of the webhook is missing. Copy it from the page of your Slack app.'],
    ['is none', { url: 'hello' }, 'Not an address. Start with http:// or https://. It looks like https://hooks.slack.com/services/T.../B.../LETTERS.'],
    ['is of a workflow', { url: 'https://hooks.slack.com/triggers/T0/123/abc' }, 'This address starts a workflow. Make an incoming webhook instead. It looks like https://hooks.slack.com/services/T.../B.../LETTERS.'],
    ['is of something else', { url: 'https://hooks.slack.com/services/T0' }, 'This is no incoming webhook of Slack. It looks like https://hooks.slack.com/services/T.../B.../LETTERS.'],
    ['is of a page', { url: 'https://app.slack.com/client/T0/C0' }, 'This is no incoming webhook of Slack. It looks like https://hooks.slack.com/services/T.../B.../LETTERS.'],
  ])('an address that %s is told, and nothing is asked', async (_what, secrets, why) => {
    expect(await say(sendingOf(), secrets)).toEqual({ result: 'rejected', scope: 'destination', why })
    expect(await rig.far.receipts()).toEqual([])
  })

  test('a test shows what was said and answered, without the address', async () => {
    await rig.far.play({ path: '/services/', status: 400, body: 'invalid_payload' })
    const { exchange } = await say(sendingOf(eventOf('app.test', { text: 'My team' })))
    expect(exchange?.request[0]).toBe('POST /services/(hidden)')
    expect(exchange?.answer).toEqual(['400', 'invalid_payload'])
  })
})
