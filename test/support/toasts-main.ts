/**
 * The toasts of the desktop app in a bare Electron, for tests: lines of JSON on stdin are sent as messages, outcomes and presses come
 * back on stdout. TOASTS holds what it starts with: { bus } = whether our own D-Bus client may be used.
 */
import axios from 'axios'
import { app, Notification } from 'electron'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { createDesktopChannel } from '../../electron/engine/channels/desktop/index.ts'
import { passingMemory } from '../../electron/engine/channels/memory.ts'
import { systemClock } from '../../electron/engine/clock.ts'
import { desktopToasts } from '../../electron/desktop/toasts/index.ts'
import { messageOf, pictureOf, sendingOf } from './desktop-messages.ts'
import { memoryLog } from './log.ts'

export type ToastsSaying = { said: 'facts'; facts: unknown } | { said: 'verdict'; verdict: unknown } | { said: 'pressed'; press: unknown } | { said: 'notice'; text: string } | { said: 'test'; outcome: unknown }
export type ToastsCommand = { send: { title: string; body: string; eventId: string; picture: string | null; update: boolean } } | { facts: true } | { test: true } | { quit: true }

const { bus } = z.object({ bus: z.boolean() }).parse(JSON.parse(process.env.TOASTS ?? '{}'))
const command = z.union([
  z.object({ send: z.object({ title: z.string(), body: z.string(), eventId: z.string(), picture: z.string().nullable(), update: z.boolean() }) }),
  z.object({ facts: z.literal(true) }), z.object({ test: z.literal(true) }), z.object({ quit: z.literal(true) }),
])
const say = (saying: ToastsSaying): void => void process.stdout.write(`${JSON.stringify(saying)}\n`)

app.on('window-all-closed', () => undefined)
app.whenReady().then(async () => {
  const clock = systemClock()
  const log = memoryLog()
  const toasts = desktopToasts({
    Notification, platform: process.platform, env: bus ? process.env : {}, run: 'run1', clock, log,
    staysUntilActedOn: () => true,
    onNotice: ({ text }) => {
      say({ said: 'notice', text })
      return true
    },
    onColdPress: (press) => say({ said: 'pressed', press }),
  })
  toasts.onChanged((facts) => say({ said: 'facts', facts }))
  const channel = createDesktopChannel({ platform: process.platform, env: process.env }, toasts.channel)
    .open({ destinationId: 'desk', label: 'Desk', config: {}, secrets: {} }, { clock, log, random: Math.random, net: { http: axios.create(), online: () => true }, memory: passingMemory(), shrink: async () => null, pressed: (press) => say({ said: 'pressed', press }) })
  await toasts.look()
  createInterface({ input: process.stdin }).on('line', (line) => {
    const wish = command.parse(JSON.parse(line))
    void (async () => {
      if ('quit' in wish) {
        await channel.close()
        toasts.stop()
        app.quit()
      } else if ('facts' in wish) {
        await toasts.look()
        say({ said: 'facts', facts: toasts.facts() })
      } else if ('test' in wish) say({ said: 'test', outcome: await toasts.test() })
      else {
        const { title, body, eventId, picture, update } = wish.send
        say({ said: 'verdict', verdict: await channel.sendPrinterNotification(sendingOf(messageOf({ title, body, eventId, actions: [] }), { picture: picture === null ? null : pictureOf(picture), update })) })
      }
    })()
  })
}).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`)
  app.exit(1)
})
