/**
 * What a hook need not hear: progress between its own steps, and the same topic again too soon. Both are settings of the plugin's hooks.
 * What was sent is noted on disk, per printer, so that a restart repeats nothing.
 */
import { z } from 'zod'
import type { Message } from '../../delivery/message.ts'
import type { ChannelMemory } from '../channel.ts'
import type { OctoPrintWebhooksConfig } from './config.ts'
import type { Topic } from './topics.ts'
import { milestoneOf } from './variables.ts'

const noteOf = z.object({ job: z.string(), value: z.number() })
type Note = z.output<typeof noteOf>

export interface Often {
  /** Why this is not sent, as a sentence; null = it is. */
  tooOften(message: Message, topic: Topic): string | null
  /** It was sent. */
  sent(message: Message, topic: Topic): void
}

/** @param now epoch ms */
export function createOften({ progressEvery, cooldown }: Pick<OctoPrintWebhooksConfig, 'progressEvery' | 'cooldown'>, memory: ChannelMemory, now: () => number): Often {
  const stepKey = (message: Message): string => `step|${message.printer?.id ?? ''}`
  const topicKey = (message: Message, topic: Topic): string => `told|${message.printer?.id ?? ''}|${topic.id}|${topic.id === 'custom' ? message.event?.native?.name ?? message.type : ''}`
  const isProgress = (message: Message): boolean => message.kind === 'event' && message.type === 'job.progress'

  /** What was noted of the same job. */
  function noted(key: string, job: string): number | null {
    const note = read(memory.get(key))
    return note?.job === job ? note.value : null
  }

  return {
    tooOften(message, topic) {
      const job = message.job?.key ?? ''
      if (progressEvery > 0 && isProgress(message)) {
        const step = milestoneOf(message, progressEvery) ?? 0
        const before = noted(stepKey(message), job) ?? 0
        if (step <= before) return `Not sent: the next step is ${before + progressEvery} %.`
      }
      const last = cooldown > 0 && message.kind === 'event' ? noted(topicKey(message, topic), job) : null
      const ago = last === null ? null : (now() - last) / 1000
      // A clock that was set back must not keep everything away for hours.
      if (ago !== null && ago >= 0 && ago < cooldown) return `Not sent: the same topic was sent less than ${cooldown} s ago.`
      return null
    },
    sent(message, topic) {
      const job = message.job?.key ?? ''
      const write = (key: string, value: number): void => memory.set(key, JSON.stringify({ job, value } satisfies Note))
      if (progressEvery > 0 && isProgress(message)) write(stepKey(message), milestoneOf(message, progressEvery) ?? 0)
      if (cooldown > 0 && message.kind === 'event') write(topicKey(message, topic), now())
    },
  }
}

function read(text: string | null): Note | null {
  if (text === null) return null
  try {
    return noteOf.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
