/** Plugins of the user's own on disk, for tests: a data folder's channels/ with one plugin "bell". */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll } from 'vitest'
import type { Channel, ChannelKind, Verdict } from '../../electron/engine/channels/channel.ts'
import { loadPluginKinds, type PluginPorts, type Plugins } from '../../electron/engine/channels/plugins/index.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { channelPorts, sendingOf } from './channel-kit.ts'
import { memoryLog } from './log.ts'

let room = ''
const opened: Channel[] = []
beforeAll(async () => {
  room = await mkdtemp(join(tmpdir(), 'plugins-test-'))
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((channel) => channel.close()))
})
afterAll(() => rm(room, { recursive: true, force: true }))

export interface Made { folder: string; plugin: string; temp: string; log: ReturnType<typeof memoryLog>; load(over?: Partial<PluginPorts>): Promise<Plugins> }

/** A data folder's channels/ with one plugin "bell" of this code. */
export async function make(code: string, manifest: Record<string, unknown> = {}): Promise<Made> {
  const base = await mkdtemp(join(room, 'data-'))
  const folder = join(base, 'channels')
  const plugin = join(folder, 'bell')
  const temp = join(base, 'temp')
  await mkdir(plugin, { recursive: true })
  await mkdir(temp)
  await writeFile(join(plugin, 'channel.json'), JSON.stringify({ kind: 'bell', displayName: 'Bell', version: '1.0.0', ...manifest }))
  await writeFile(join(plugin, 'channel.mjs'), code)
  const log = memoryLog()
  return { folder, plugin, temp, log, load: (over) => loadPluginKinds(folder, { log, temp, limitMs: 10_000, ...over }) }
}

export function onlyKind({ kinds }: Plugins): ChannelKind {
  const [kind] = kinds
  if (kind === undefined) throw new Error('there is no plugin')
  return kind
}

export function allowAll(plugins: Plugins): void {
  for (const { kind, hash } of plugins.pluginStates()) plugins.allow(kind, hash)
}

export function openOf(plugins: Plugins, config: Record<string, unknown> = {}, secrets: Record<string, string> = {}): { channel: Channel; log: ReturnType<typeof memoryLog> } {
  const ports = channelPorts()
  const channel = onlyKind(plugins).open({ destinationId: 'dest', label: 'My bell', config, secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])) }, ports)
  opened.push(channel)
  return { channel, log: ports.log }
}

/** Allowed, opened, one message sent. */
export async function sendWith(code: string, over: Partial<PluginPorts> = {}, secrets: Record<string, string> = {}): Promise<{ verdict: Verdict; channel: Channel; log: ReturnType<typeof memoryLog>; made: Made }> {
  const made = await make(code)
  const plugins = await made.load(over)
  allowAll(plugins)
  const { channel, log } = openOf(plugins, {}, secrets)
  return { verdict: await channel.sendPrinterNotification(sendingOf()), channel, log, made }
}

export const sending = (body: string): string => `export async function sendPrinterNotification(context) { ${body} }`
/** Says what an expression is by its verdict. */
export const telling = (expression: string): string => sending(`return { result: 'delivered', detail: String(${expression}) }`)
