/** Linking a chat: the person sends the bot a code, and the bot hears from which chat it came. */
import { randomBytes } from 'node:crypto'
import type { ChannelPairStep, ChannelPorts, DestinationConfig, Verdict } from '../channel.ts'
import { meaningOf } from './answers.ts'
import { callTelegram, isRecord, type Bot, type Reply } from './api.ts'
import type { Bots } from './bots.ts'
import { openChat } from './chat.ts'
import { telegramSchema } from './config.ts'
import type { Written } from './updates.ts'

const WAIT_MS = 10 * 60_000
/** Guessing it within that time would take some hundred million messages a second. */
const CODE_BYTES = 5

type Ending = { how: 'written'; written: Written } | { how: 'failed'; why: string } | { how: 'aborted' }

/** https://core.telegram.org/bots/features#deep-linking */
export async function* pairTelegram(destination: DestinationConfig<Readonly<Record<string, unknown>>>, ports: ChannelPorts, signal: AbortSignal, bots: Bots): AsyncGenerator<ChannelPairStep> {
  const { token } = destination.secrets
  if (token === undefined) {
    yield { step: 'failed', text: 'Enter the bot token first.' }
    return
  }
  const base = telegramSchema.shape.apiBase.safeParse(destination.config.apiBase)
  if (!base.success) {
    yield { step: 'failed', text: `The address of the Bot API server can't be used. ${base.error.issues[0]?.message ?? ''}`.trim() }
    return
  }
  const bot: Bot = { apiBase: base.data, token }
  const me = await callTelegram(bot, { method: 'getMe', parameters: {}, signals: [signal] }, ports)
  if (signal.aborted) return
  const name = me.kind === 'ok' && isRecord(me.result) && typeof me.result.username === 'string' && /^\w{3,64}$/.test(me.result.username) ? me.result.username : null
  if (name === null) {
    yield { step: 'failed', text: whyOf(me) ?? 'Telegram does not tell the name of this bot. Try again.' }
    return
  }

  const code = randomBytes(CODE_BYTES).toString('hex')
  const waiting = waitForCode({ bot, name, code, bots, ports, signal })
  try {
    yield {
      step: 'wait', endsAt: ports.clock.now() + WAIT_MS, url: `https://t.me/${name}?start=${code}`,
      text: `Open the bot in Telegram and press "Start". For a group or channel, add @${name} to it and write there: /start@${name} ${code}`,
    }
    const ending = await waiting.ended
    if (ending.how === 'failed') yield { step: 'failed', text: ending.why }
    if (ending.how === 'written') yield await greet(ending.written, bot, ports, signal)
  } finally {
    waiting.stop()
  }
}

/** The first message proves that the bot may write there. */
async function greet({ chat: { id, name }, topicId }: Written, bot: Bot, ports: ChannelPorts, signal: AbortSignal): Promise<ChannelPairStep> {
  const chat = openChat({ bot, chatId: id, topicId, ports })
  const message = { title: 'Printbell is linked to this chat', body: 'Messages of your printers come here.' }
  const { verdict } = await chat.post({ message, keyboard: null, silent: false }, null, [signal])
  if (verdict.result !== 'delivered') return { step: 'failed', text: verdict.why }
  return { step: 'done', config: { chatId: chat.id(), topicId }, secrets: {}, text: `Linked to "${name}".` }
}

interface Wait {
  bot: Bot
  name: string
  code: string
  bots: Bots
  ports: ChannelPorts
  signal: AbortSignal
}

function waitForCode({ bot, name, code, bots, ports, signal }: Wait): { ended: Promise<Ending>; stop: () => void } {
  let end: (ending: Ending) => void = () => undefined
  const ended = new Promise<Ending>((resolve) => {
    end = resolve
  })
  const aborted = (): void => end({ how: 'aborted' })
  signal.addEventListener('abort', aborted, { once: true })
  const late = ports.clock.after(WAIT_MS, () => end({ how: 'failed', why: 'Nobody sent the code within ten minutes. Start again.' }))
  const stopListening = bots.listen(bot, {
    ports,
    wants: ['channel_post', 'message'],
    hear({ written }) {
      if (written === null || !isCode(written.text, name, code)) return false
      end({ how: 'written', written })
      return true
    },
    trouble(why) {
      if (why !== null) end({ how: 'failed', why })
    },
  })
  if (signal.aborted) aborted()
  return {
    ended,
    stop() {
      late()
      signal.removeEventListener('abort', aborted)
      stopListening()
    },
  }
}

/** "/start CODE" in a chat with the bot, "/start@bot CODE" in a group. */
function isCode(text: string, name: string, code: string): boolean {
  const [, to, given] = /^\/start(?:@(\w+))?\s+(\S+)\s*$/.exec(text) ?? []
  return given === code && (to === undefined || to.toLowerCase() === name.toLowerCase())
}

function whyOf(reply: Reply): string | null {
  const verdict: Verdict | null = reply.kind === 'error' ? meaningOf(reply.error).verdict : reply.kind === 'none' ? reply.verdict : null
  return verdict === null || verdict.result === 'delivered' ? null : verdict.why
}
