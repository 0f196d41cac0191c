/** Buttons of one destination: which a message gets, and what a press on one does. */
import { ENGLISH } from '../../delivery/languages/language.ts'
import type { Message } from '../../delivery/message.ts'
import type { ChannelPorts } from '../channel.ts'
import { callTelegram, type Bot } from './api.ts'
import type { Bots } from './bots.ts'
import { keyboardOf, readPress, tagOf, type Keyboard, type PressedButton } from './buttons.ts'
import type { Chat } from './chat.ts'
import type { Callback } from './updates.ts'

/** Messages whose buttons were pressed, remembered so that a picture that comes late does not bring them back. */
const PRESSED_KEPT = 200

export interface PressParts {
  bot: Bot
  chat: Chat
  destinationId: string
  bots: Bots
  ports: ChannelPorts
  /** Ends whatever is being said. */
  closing: AbortSignal
}

export interface Presses {
  /** The buttons of a message; null = none, also while nothing is heard. @param messageId of one that stands there already */
  keyboard(message: Message, messageId: string | null): Keyboard | null
  /** Why presses are not heard now; null = they are. */
  trouble(): string | null
  stop(): void
}

/** A destination without buttons. */
export const NO_PRESSES: Presses = { keyboard: () => null, trouble: () => null, stop: () => undefined }

export function hearPresses({ bot, chat, destinationId, bots, ports, closing }: PressParts): Presses {
  const tag = tagOf(destinationId)
  /** By message: the buttons that stood on it when one was pressed. */
  const pressed = new Map<string, string>()
  let why: string | null = null

  const stop = bots.listen(bot, {
    ports,
    wants: ['callback_query'],
    hear(update) {
      const { callback } = update
      const button = callback === null ? null : readPress(callback.data, tag)
      if (callback === null || button === null) return false
      void press(callback, button).catch((error: unknown) => ports.log.error('a press in Telegram could not be taken in', { error: error instanceof Error ? error.message : String(error) }))
      return true
    },
    trouble(words) {
      why = words
    },
  })

  /** Answered first: what Telegram takes no answer for was pressed long ago, and is not carried out. */
  async function press(callback: Callback, button: PressedButton): Promise<void> {
    const { messageId } = callback
    const content = callback.beside.join(' ')
    const { pressed: words } = (ports.language?.() ?? ENGLISH).words
    if (!isHere(callback)) return void await answer(callback, words.notLinked)
    if (messageId !== null && content !== '' && pressed.get(messageId) === content) return void await answer(callback, words.already)
    if (messageId !== null) keep(messageId, content)
    if (!await answer(callback, button.action === 'keep' ? words.printsOn : words.passedOn)) {
      if (messageId !== null) pressed.delete(messageId)
      ports.log.warn('a press in Telegram was not carried out: it could not be answered any more', { action: button.action })
      return
    }
    ports.pressed({ ...button, destinationId })
    if (messageId === null) return
    const removed = await chat.removeButtons(messageId, [closing])
    if (removed.kind !== 'ok') ports.log.debug('buttons that were pressed could not be taken away')
  }

  function isHere({ chat: where }: Callback): boolean {
    if (where === null) return false
    const own = chat.id()
    return where.id === own || (where.username !== null && `@${where.username}`.toLowerCase() === own.toLowerCase())
  }

  async function answer({ id }: Callback, text: string): Promise<boolean> {
    const reply = await callTelegram(bot, { method: 'answerCallbackQuery', parameters: { callback_query_id: id, text }, signals: [closing] }, ports)
    return reply.kind === 'ok'
  }

  function keep(messageId: string, content: string): void {
    pressed.set(messageId, content)
    const [oldest] = pressed.keys()
    if (pressed.size > PRESSED_KEPT && oldest !== undefined) pressed.delete(oldest)
  }

  return {
    keyboard(message, messageId) {
      const keyboard = why === null ? keyboardOf(message, tag) : null
      if (messageId === null || keyboard === null) return keyboard
      const content = keyboard.inline_keyboard.flat().map((button) => button.callback_data).join(' ')
      return pressed.get(messageId) === content ? null : keyboard
    },
    trouble: () => why,
    stop,
  }
}
