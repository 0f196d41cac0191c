/**
 * An Electron main program for test/real/secrets-keyring.test.ts: the real settings file, the real key store. It obeys lines of
 * stdin and answers each with one line of JSON; "state" also tells how long the main process was ever held up.
 */
import { app } from 'electron'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createSecretKeeper } from '../../electron/desktop/secrets/keeper.ts'
import { sessionKeyring } from '../../electron/desktop/secrets/keyring.ts'
import { electronBox } from '../../electron/desktop/secrets/safe-storage.ts'
import { electronSettingsStore } from '../../electron/desktop/settings/electron-store.ts'
import { createSettingsKeeper } from '../../electron/desktop/settings/keeper.ts'
import { channels } from '../../electron/engine/channels/registry.ts'
import { systemClock } from '../../electron/engine/clock.ts'
import { adapters } from '../../electron/engine/printers/registry.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { memoryLog } from './log.ts'

const TICK_MS = 20
const folder = process.argv.at(-1) ?? ''
app.setPath('userData', join(folder, 'electron'))
const log = memoryLog()
const clock = systemClock()
const answer = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`)

void app.whenReady().then(async () => {
  let heldUp = 0
  let last = clock.monotonic()
  setInterval(() => {
    const now = clock.monotonic()
    heldUp = Math.max(heldUp, now - last - TICK_MS)
    last = now
  }, TICK_MS)
  const notices: string[] = []
  const onNotice = ({ text }: { text: string }): void => void notices.push(text)
  const secrets = createSecretKeeper({
    file: join(folder, 'data', 'secrets.json'), box: electronBox(process.platform), keyring: sessionKeyring({ platform: process.platform, env: process.env, clock, log }),
    mode: 'store', env: process.env, settingsFolder: join(folder, 'config'), platform: process.platform, clock, log, onNotice,
  })
  const settings = createSettingsKeeper({
    store: electronSettingsStore({ folder: join(folder, 'config'), clock, log }), kinds: { adapters, channels }, secrets, clock, log, onNotice,
    standing: () => () => ({ circuit: 'closed', failingSince: null, why: null, nextTryAt: null, last: null, waiting: 0, waitsUntil: null, held: 0, heldUntil: null, undelivered: 0, templateTrouble: null }),
  })
  await secrets.setMode('store')
  const commands: Record<string, (name: string, value: string) => Promise<unknown>> = {
    state: async () => ({ ...secrets.state(), heldUp }),
    read: async (name) => (await secrets.resolve({ store: name })).reveal(),
    keep: (name, value) => secrets.keep(name, new Secret(value)),
    unlock: () => secrets.unlock(),
    add: (url, key) => settings.add({ kind: 'octoprint', fields: { url }, secrets: { apiKey: new Secret(key) }, printers: [{ name: 'MK3', sourceId: null }] }),
    rename: (id, name) => settings.change({ what: 'printer', id, patch: { name } }),
    told: async () => ({ notices, log: log.lines }),
  }
  answer('ready')
  for await (const line of createInterface({ input: process.stdin })) {
    const [command = '', name = '', ...rest] = line.split(' ')
    try {
      answer({ ok: (await commands[command]?.(name, rest.join(' '))) ?? null })
    } catch (error) {
      answer({ error: error instanceof Error ? error.message : String(error) })
    }
  }
  await settings.close()
  await secrets.close()
  app.exit(0)
})
