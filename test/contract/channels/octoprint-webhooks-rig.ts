/** What the contract tests of the webhook in the format of OctoPrint-Webhooks share. */
import type { ChannelPorts, Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { octoprintWebhooksChannel as KIND } from '../../../electron/engine/channels/octoprint-webhooks/index.ts'
import { CANARY, eventOf, sendingOf } from '../../support/channel-kit.ts'
import { startFarSide, type FarSide, type Receipt } from '../../support/far-side.ts'
import { expectClean, openChannel, type ChannelRig, type Received } from './every-channel.ts'

export interface Rig extends ChannelRig { far: FarSide }

const SUITE_DATA = { deviceIdentifier: '@deviceIdentifier', apiSecret: '@apiSecret', topic: '@topic', message: '@message', extra: '@extra', title: '@title', body: '@body', snap: '@snapshot' }

export async function start(): Promise<Rig> {
  const far = await startFarSide()
  return {
    far,
    secrets: { apiSecret: CANARY, secrets: `{"other": "${CANARY}-other"}` },
    config: () => ({ url: `${far.base}/hook`, data: JSON.stringify(SUITE_DATA), timeoutMs: 2_000 }),
    accept: () => far.play({ path: '/hook', status: 204 }),
    received: async () => Promise.all((await far.receipts()).map(read)),
    close: () => far.close(),
  }
}

async function read(receipt: Receipt): Promise<Received> {
  const parts = [...await receipt.form()]
  const files = parts.flatMap(([, value]) => (typeof value === 'string' ? [] : [value]))
  return {
    text: parts.flatMap(([, value]) => (typeof value === 'string' ? [value] : [])).join('\n'), raw: receipt.text,
    pictures: await Promise.all(files.map(async (file) => new Uint8Array(await file.arrayBuffer()))),
  }
}

/** octoprint-webhooks.txt, "Available Variables", with a file's metadata as 7.2 has it. */
const CONTEXT = {
  state: { text: 'Finishing', flags: { operational: true, printing: true, finishing: true, ready: false }, error: '' },
  job: {
    file: { name: 'DarwinKeycap.gcode', path: 'DarwinKeycap.gcode', display: 'DarwinKeycap.gcode', origin: 'local', size: 242_038, date: 1_588_195_405 },
    estimatedPrintTime: 476.05552375713864, averagePrintTime: 48.8202253183409, lastPrintTime: 31.290278981000007, filament: { tool0: { volume: 0.8077585001602579, length: 335.8269600000015 } }, user: 'iAmLegend',
  },
  currentZ: 5.6, progress: { completion: 14.496484023169915, filepos: 35_087, printTime: 29, printTimeLeft: 40, printTimeLeftOrigin: 'average' }, offsets: {},
  meta: { hash: '2d2f2c6a410f8786b62604422799c9f3c0721367', analysis: { dimensions: { width: 136.67, depth: 119.672, height: 5.6 } } },
}
const EXTRA = { name: 'DarwinKeycap.gcode', path: 'DarwinKeycap.gcode', origin: 'local', size: 242_038, owner: 'iAmLegend', time: 50.237335886 }
export const done = (over: Parameters<typeof eventOf>[1] = {}, sending: Partial<Sending> = {}): Sending =>
  sendingOf(eventOf('job.done', { native: { name: 'PrintDone', payload: EXTRA }, context: CONTEXT, severity: 'success', ...over }), sending)

export interface How {
  secrets?: Record<string, string>
  ports?: ChannelPorts
}
/** Sends as the engine would; its verdict is looked through for what must not be there. */
export async function sendBy(rig: Rig, sending: Sending, over: Record<string, unknown>, { secrets = { apiSecret: CANARY }, ports }: How = {}): Promise<Verdict> {
  const own = { ...rig, secrets, config: () => ({ url: `${rig.far.base}/hook`, timeoutMs: 2_000 }) }
  const channel = openChannel(KIND, own, over, ports)
  const verdict = await channel.sendPrinterNotification(sending)
  await channel.close()
  expectClean(verdict, own)
  return verdict
}
