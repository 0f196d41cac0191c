/** A sound on this computer for each class of event, and the title spoken where that is wanted. */
import { join } from 'node:path'
import { z } from 'zod'
import { clean, cutEnd } from '../../delivery/text.ts'
import type { Message } from '../../delivery/message.ts'
import { EVENT_TYPES } from '../../events/model.ts'
import { scrub } from '../../settings/secret.ts'
import { endingWith } from '../../ending-with.ts'
import type { Channel, ChannelKind, ChannelPorts, DestinationConfig, Prerequisite, Sending, Verdict } from '../channel.ts'
import { checkedBy } from '../kit/config.ts'
import { sayable } from '../kit/exchange.ts'
import { inherited } from '../system-hook/environment.ts'
import { findProgram } from '../system-hook/find-program.ts'
import { runProgram } from '../system-hook/run.ts'
import { soundsFolder } from './files.ts'
import { curePlayer, cureSpeaker, playersOf, speakersOf, type Command } from './players.ts'

const SOUNDS = ['critical', 'needs-you', 'done', 'other', 'none'] as const
const sound = (fallback: (typeof SOUNDS)[number], title: string, description: string) => z.enum(SOUNDS).default(fallback).meta({ title, description })

export const soundSchema = z.strictObject({
  critical: sound('critical', 'Critical', 'A print failed, filament ran out, a heater is out of control'),
  needsYou: sound('needs-you', 'Needs you', 'A change of filament, a question, an error of the printer'),
  done: sound('done', 'Done', 'A print is done'),
  other: sound('other', 'All other', 'Whatever else is chosen here'),
  volume: z.number().min(0, 'From 0 to 1.').max(1, 'From 0 to 1.').default(0.8).meta({ title: 'Volume', description: 'Of full. Not with aplay, and not for sounds on Windows', unit: '%' }),
  speak: z.boolean().default(false).meta({ title: 'Speak', description: 'Says the title of the message behind the sound' }),
})

export type SoundConfig = z.output<typeof soundSchema>
type SoundClass = 'critical' | 'needsYou' | 'done' | 'other'

export interface SoundParts {
  platform: NodeJS.Platform
  env: Readonly<Record<string, string | undefined>>
  /** The sounds; null = they are not there. */
  folder: string | null
}

/** A sound of a second, and a title of two breaths. ms */
const PLAY_MS = 10_000
const SPEAK_MS = 30_000
const LONGEST_SPOKEN = 200
/** More than these are not played: what waits so long is no news. Critical ones always are. */
const MOST_WAITING = 2

export const soundChannel = createSoundChannel({ platform: process.platform, env: process.env, folder: soundsFolder(import.meta.dirname) })

export function createSoundChannel(parts: SoundParts): ChannelKind<SoundConfig> {
  const { platform, env } = parts
  return {
    kind: 'sound',
    displayName: 'Sound',
    group: 'computer',
    guide: {
      steps: ['Choose a sound for each class of events, or none.', 'Switch on speech, if the title is to be spoken too.', 'Send a test: it plays the sound of "Done".'],
      links: [],
    },
    primary: [],
    configSchema: soundSchema,
    secretFields: {},
    capabilities: { image: 'none', maxText: null, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: false, local: true, deadlineMs: 120_000, parallel: 8 },
    validateConfig: checkedBy(soundSchema),
    prerequisites(): Prerequisite[] {
      const player = playersOf(platform).find(({ program }) => findProgram(program, env, platform) !== null)
      const speaker = speakersOf(platform).find(({ program }) => findProgram(program, env, platform) !== null)
      return [
        { name: 'player', help: player === undefined ? curePlayer(platform) : `Plays sounds by ${player.program}.`, met: player !== undefined },
        { name: 'speech', help: speaker === undefined ? cureSpeaker(platform) : `Speaks by ${speaker.program}.`, met: speaker !== undefined, when: { speak: [true] } },
      ]
    },
    supportedFeatures: () => new Set(EVENT_TYPES),
    open: (destination, ports) => openSound(destination, ports, parts),
  }
}

function openSound({ config }: DestinationConfig<SoundConfig>, ports: ChannelPorts, { platform, env, folder }: SoundParts): Channel {
  const closing = new AbortController()
  let turn: Promise<unknown> = Promise.resolve()
  let waiting = 0

  async function send(sending: Sending): Promise<Verdict> {
    const which = sending.message.kind === 'test' ? 'done' : classOf(sending.message)
    if (waiting > MOST_WAITING && which !== 'critical') return { result: 'delivered', detail: 'Not played: others are waiting to be.' }
    waiting += 1
    const mine = turn.then(() => ring(sending, which))
    turn = mine.catch(() => undefined)
    try {
      return await mine
    } finally {
      waiting -= 1
    }
  }

  const ring = (sending: Sending, which: SoundClass): Promise<Verdict> => endingWith([sending.signal, closing.signal], (ended) => ringOnce(sending, which, ended))

  async function ringOnce({ message }: Sending, which: SoundClass, ended: AbortSignal): Promise<Verdict> {
    const exchange = { request: [] as string[], answer: [] as string[] }
    const chosen = config[which]
    if (chosen !== 'none') {
      if (folder === null) return wrong('The sounds of Printbell are not there. Install it anew.')
      const played = await byFirst(playersOf(platform).map((player) => ({ program: player.program, command: player.play(join(folder, `${chosen}.wav`), config.volume) })), PLAY_MS, ended, exchange)
      if (played !== 'well') return { ...(played === 'missing' ? wrong(curePlayer(platform)) : played), exchange }
    }
    if (config.speak) {
      const text = cutEnd(clean(message.title), LONGEST_SPOKEN)
      const spoken = await byFirst(speakersOf(platform).map((speaker) => ({ program: speaker.program, command: speaker.speak(text, config.volume, message.language) })), SPEAK_MS, ended, exchange)
      if (spoken !== 'well') return { ...(spoken === 'missing' ? wrong(cureSpeaker(platform)) : spoken), exchange }
    }
    return { result: 'delivered', detail: chosen === 'none' && !config.speak ? 'No sound is chosen for this.' : 'Played.', exchange }
  }

  /** One that fails is followed by the next that is there: a sound server may be away while ALSA works. */
  async function byFirst(ways: readonly { program: string; command: Command }[], timeoutMs: number, signal: AbortSignal, exchange: { request: string[]; answer: string[] }): Promise<'well' | 'missing' | Verdict> {
    const there = ways.filter(({ program }) => findProgram(program, env, platform) !== null)
    let last: string | null = null
    for (const { program, command } of there) {
      const ran = await runProgram({ argv: command.argv, env: { ...inherited(env), ...command.env }, timeoutMs, signal, ...(command.stdin === undefined ? {} : { stdin: command.stdin }) }, { clock: ports.clock, platform })
      exchange.request.push(program)
      exchange.answer.push(ran.how === 'exited' ? `ended with ${ran.code}` : ran.how)
      if (ran.how === 'exited' && ran.code === 0) return 'well'
      if (ran.how === 'stopped') return { result: 'rejected', scope: 'message', why: 'It was stopped, because Printbell or this destination ended.' }
      if (ran.how === 'timeout') return { result: 'rejected', scope: 'message', why: `${program} did not end within ${timeoutMs / 1_000} s and was stopped.` }
      const said = scrub(ran.output).trim()
      ports.log.warn('a sound could not be played', { program, output: said })
      if (said !== '') exchange.answer.push(sayable(said))
      last = `${program} failed${ran.how === 'exited' ? ` (${ran.code})` : ''}. The log has what it said.`
    }
    return last === null ? 'missing' : { result: 'retry', after: null, why: last }
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: send,
    async close() {
      closing.abort()
      await turn
    },
  }
}

function wrong(why: string): Verdict {
  return { result: 'rejected', scope: 'destination', why }
}

function classOf({ type, severity }: Pick<Message, 'type' | 'severity'>): SoundClass {
  if (severity === 'critical') return 'critical'
  if (severity === 'error' || type.startsWith('failure.') || (type.startsWith('attention.') && type !== 'attention.cleared')) return 'needsYou'
  return type === 'job.done' ? 'done' : 'other'
}
