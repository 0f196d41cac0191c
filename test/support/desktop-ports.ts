/** A desktop channel with everything around it watched. */
import axios from 'axios'
import { createDesktopChannel } from '../../electron/engine/channels/desktop/index.ts'
import type { Channel, ChannelPorts } from '../../electron/engine/channels/channel.ts'
import { passingMemory } from '../../electron/engine/channels/memory.ts'
import { expect } from 'vitest'
import { TestClock } from './clock.ts'
import { sendingOf } from './desktop-messages.ts'
import { memoryLog } from './log.ts'
import type { MemoryLog } from './log.ts'

export interface DesktopUnderTest {
  channel: Channel
  clock: TestClock
  log: MemoryLog
  /** What `pressed` was called with, in order. */
  presses: Parameters<ChannelPorts['pressed']>[0][]
}

/** Opens the destination "desk" of a Linux with these environment variables. */
export function desktopFor(env: Record<string, string | undefined>, platform: NodeJS.Platform = 'linux'): DesktopUnderTest {
  const clock = new TestClock()
  const log = memoryLog()
  const presses: DesktopUnderTest['presses'] = []
  const ports: ChannelPorts = { clock, log, random: () => 0.5, net: { http: axios.create(), online: () => true }, memory: passingMemory(), shrink: async () => null, pressed: (press) => presses.push(press) }
  const channel = createDesktopChannel({ platform, env }).open({ destinationId: 'desk', label: 'Desk', config: {}, secrets: {} }, ports)
  return { channel, clock, log, presses }
}

/** Sends a message and expects it to be delivered. @returns what the verdict says of it */
export async function delivered(desk: DesktopUnderTest, ...args: Parameters<typeof sendingOf>): Promise<string> {
  const verdict = await desk.channel.sendPrinterNotification(sendingOf(...args))
  expect(verdict).toMatchObject({ result: 'delivered' })
  return verdict.result === 'delivered' ? verdict.detail : ''
}
