/** An Electron main program for test/real/plugins-electron.test.ts: sends one message by each plugin of a data folder, and tells what came of it. */
import { app } from 'electron'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startElectronPlugin } from '../../electron/desktop/plugin-process.ts'
import { loadPluginKinds } from '../../electron/engine/channels/plugins/index.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { until } from './adapter-kit.ts'
import { channelPorts, PICTURE, sendingOf } from './channel-kit.ts'
import { memoryLog } from './log.ts'

const [folder = '', entry = ''] = process.argv.slice(-2)
app.setPath('userData', join(folder, 'electron'))

void app.whenReady().then(async () => {
  const plugins = await loadPluginKinds(join(folder, 'channels'), { log: memoryLog(), start: startElectronPlugin, entry: pathToFileURL(entry), temp: join(folder, 'temp'), limitMs: 8_000 })
  for (const { kind, hash } of plugins.pluginStates()) plugins.allow(kind, hash)
  for (const kind of plugins.kinds) {
    const ports = channelPorts()
    const channel = kind.open({ destinationId: 'dest', label: 'My bell', config: {}, secrets: { key: new Secret('k-1234567') } }, ports)
    const verdict = await channel.sendPrinterNotification(sendingOf(undefined, { picture: PICTURE }))
    // What it wrote comes by another way than its verdict, and may come after it; nobody hears it once the process is ended. Only a plugin that delivered lives on.
    if (verdict.result === 'delivered') await until(`${kind.kind} to say something`, () => ports.log.lines.length > 0)
    await channel.close()
    process.stdout.write(`${JSON.stringify({ kind: kind.kind, verdict, said: ports.log.lines.map(({ fields }) => fields.text) })}\n`)
  }
  app.exit(0)
})
