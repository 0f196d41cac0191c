/** A far side that answers as Telegram does, and what came to it. */
import type { ChannelPorts, Sending, Verdict } from '../../electron/engine/channels/channel.ts'
import { telegramChannel } from '../../electron/engine/channels/telegram/index.ts'
import { openChannel, type ChannelRig, type Received } from '../contract/channels/every-channel.ts'
import { CANARY, channelPorts, eventOf, sendingOf } from './channel-kit.ts'
import { startFarSide, type FarSide, type Receipt, type Rule } from './far-side.ts'

export const TOKEN = `123456:${CANARY}`
export const CHAT = '-1001234567890'

export interface TelegramRig extends ChannelRig { far: FarSide }

/** As Telegram answers a message that it took. */
export const took = (id = 42): unknown => ({ ok: true, result: { message_id: id, date: 1_768_478_400, chat: { id: Number(CHAT), type: 'supergroup', title: 'Workshop' } } })
/** As Telegram refuses. */
export const refusal = (code: number, description: string, parameters?: object): unknown => ({ ok: false, error_code: code, description, ...(parameters ? { parameters } : {}) })
/** It takes everything, and nobody does anything there. */
export const TAKES_ALL: Rule[] = [{ path: '/getUpdates$', how: 'hang' }, { path: '/(send|edit)', body: took() }, { path: '/answerCallbackQuery$', body: { ok: true, result: true } }]

export async function startTelegram(): Promise<TelegramRig> {
  const far = await startFarSide()
  return {
    far,
    config: () => ({ chatId: CHAT, apiBase: far.base }),
    secrets: { token: TOKEN },
    accept: () => far.play(...TAKES_ALL),
    received: async () => Promise.all((await messagesOf(far)).map(toReceived)),
    close: () => far.close(),
  }
}

async function messagesOf(far: FarSide): Promise<Receipt[]> {
  return (await far.receipts()).filter(({ path }) => /\/(send|edit)/.test(path))
}

/** What came, as an object: JSON fields as they are, of a form those that are JSON parsed. */
async function parametersOf(receipt: Receipt): Promise<Record<string, unknown>> {
  if (receipt.json !== undefined) return receipt.json as Record<string, unknown>
  const form = await receipt.form()
  return Object.fromEntries([...form].map(([name, value]) => [name, typeof value === 'string' && /^[{[]/.test(value) ? JSON.parse(value) as unknown : value]))
}

/** As a client of Telegram shows it: tags gone, entities read. */
function shown(html: unknown): string {
  return String(html).replace(/<\/?b>/g, '').replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
}

async function toReceived(receipt: Receipt): Promise<Received> {
  const parameters = await parametersOf(receipt)
  const media = parameters.media as { caption?: string } | undefined
  const photo = parameters.photo
  return { text: shown(parameters.text ?? parameters.caption ?? media?.caption ?? ''), pictures: photo instanceof File ? [new Uint8Array(await photo.arrayBuffer())] : [], raw: receipt.text }
}

/** Sends through a channel of its own, with the notes of before. */
export async function say(rig: TelegramRig, sending: Sending, over: Record<string, unknown> = {}, ports: ChannelPorts = channelPorts()): Promise<Verdict> {
  const channel = openChannel(telegramChannel, rig, over, ports)
  const verdict = await channel.sendPrinterNotification(sending)
  await channel.close()
  return verdict
}

/** Each request as "METHOD path" and its parameters; the picture as its name, type and size. */
export async function requests(rig: TelegramRig): Promise<{ line: string; parameters: Record<string, unknown> }[]> {
  return Promise.all((await messagesOf(rig.far)).map(async (receipt) => {
    const parameters = await parametersOf(receipt)
    const { photo, ...rest } = parameters
    return { line: `${receipt.method} ${receipt.path}`, parameters: photo instanceof File ? { ...rest, photo: `${photo.name} ${photo.type} ${photo.size}` } : parameters }
  }))
}

/** A running print: one delivery for each percent. */
export const progress = (key: string, percent: number, over: Partial<Sending> = {}): Sending =>
  sendingOf(eventOf('job.progress', { id: key, printerName: 'Bench', progress: percent / 100, snapshot: 'now' }), { deliveryKey: key, ...over })
