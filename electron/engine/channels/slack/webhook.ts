/** An incoming webhook: words into one channel. It takes no pictures and changes nothing. */
import { z } from 'zod'
import type { Channel, ChannelPorts, DestinationConfig, Sending, Verdict } from '../channel.ts'
import { parseRetryAfter } from '../../delivery/retry.ts'
import { verdictOfStatus } from '../kit/answers.ts'
import { checkedBy } from '../kit/config.ts'
import { bodyLines, sayable } from '../kit/exchange.ts'
import { ask, type Answer } from '../kit/http.ts'
import { problemOfWebhook } from './address.ts'
import { blocksOf, fallbackOf } from './text.ts'
import { meaningOfWord } from './words.ts'

const TIMEOUT_MS = 15_000

/** Everything stands in the address. */
export const slackSchema = z.strictObject({})
export type SlackConfig = z.output<typeof slackSchema>
export const validateSlack = checkedBy(slackSchema)

export function openSlackWebhook({ secrets }: DestinationConfig<SlackConfig>, ports: ChannelPorts): Channel {
  const { url } = secrets
  const closing = new AbortController()
  const problem = url === undefined ? 'The address of the webhook is missing. Copy it from the page of your Slack app.' : problemOfWebhook(url)

  async function send({ message, signal }: Sending): Promise<Verdict> {
    if (url === undefined || problem !== null) return { result: 'rejected', scope: 'destination', why: problem ?? '' }
    const body = { text: fallbackOf(message), blocks: blocksOf(message) }
    const asking = await ask(ports, {
      method: 'POST', url: url.reveal().trim(), data: JSON.stringify(body), headers: { 'Content-Type': 'application/json' }, timeoutMs: TIMEOUT_MS, signals: [signal, closing.signal],
    })
    const request = ['POST /services/(hidden)', ...bodyLines(body, [])]
    if (asking.answer === null) return { ...asking.verdict, exchange: { request, answer: [] } }
    return { ...verdictOf(asking.answer, ports.clock.now()), exchange: { request, answer: [String(asking.answer.status), sayable(asking.answer.text)] } }
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: send,
    close: async () => closing.abort(),
  }
}

/** Slack says "ok" or a word of its own, as plain text. @param now epoch ms */
function verdictOf(answer: Answer, now: number): Verdict {
  const { status, headers } = answer
  const word = answer.text.trim()
  const known = meaningOfWord(word, { after: parseRetryAfter(headers['retry-after'], now) })
  if (known !== null) return known.verdict
  if (status < 200 || status >= 300) return verdictOfStatus(status, headers['retry-after'], now)
  // What broke off amid an "ok" was an "ok".
  if (word === 'ok' || word === 'o') return { result: 'delivered', detail: 'Slack took it.' }
  if (word === '') return { result: 'retry', after: null, why: 'The answer broke off before it began.' }
  return { result: 'rejected', scope: 'destination', why: 'What answers there is not Slack. Check the address.' }
}
