/** What really crossed the session bus, as dbus-monitor heard it: a receipt that nothing of ours wrote. */
import { spawn } from 'node:child_process'
import { untilTrue } from './desktop.ts'

export interface Notified {
  title: string
  body: string
  replaces: number
  actions: string[]
  /** The value of the image-path hint; null when there is none. */
  image: string | null
  urgency: number | null
}

export interface NotifyLog {
  readonly notified: Notified[]
  wait(what: string, fits: (toast: Notified) => boolean, timeoutMs?: number): Promise<Notified>
  stop(): void
}

/** Listens on the bus of `env` until stopped. */
export async function listenToNotify(env: Record<string, string>): Promise<NotifyLog> {
  const child = spawn('dbus-monitor', ['--session', "type='method_call',interface='org.freedesktop.Notifications',member='Notify'"], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  const notified: Notified[] = []
  let block: string[] = []
  let rest = ''
  let ready = false
  const close = (): void => {
    const parsed = parse(block)
    if (parsed) notified.push(parsed)
    block = []
  }
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    ready = true
    rest += chunk
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end)
      rest = rest.slice(end + 1)
      if (/^\S/.test(line) && / member=| sender=/.test(line)) close()
      block.push(line)
      // The expire timeout is Notify's last argument, alone at the outer level.
      if (/^ {3}int32 /.test(line)) close()
    }
  })
  await untilTrue(() => ready, () => 'dbus-monitor listens')
  return {
    notified,
    async wait(what, fits, timeoutMs = 20_000) {
      await untilTrue(() => notified.some(fits), () => `${what}; seen: ${JSON.stringify(notified)}`, timeoutMs)
      return notified.find(fits) as Notified
    },
    stop: () => {
      child.kill()
    },
  }
}

function parse(lines: string[]): Notified | null {
  if (!lines[0]?.includes('member=Notify')) return null
  const outer = lines.filter((line) => /^ {3}(string|uint32)/.test(line))
  const text = (index: number): string => /^ {3}string "(.*)"$/s.exec(outer[index] ?? '')?.[1] ?? ''
  const listStart = lines.findIndex((line) => /^ {3}array \[/.test(line))
  const listEnd = lines.findIndex((line, index) => index > listStart && /^ {3}\]/.test(line))
  const actions = lines.slice(listStart + 1, listEnd).map((line) => /string "(.*)"$/.exec(line)?.[1] ?? '')
  const hint = (name: string): string | undefined => lines[lines.findIndex((line) => line.includes(`string "${name}"`)) + 1]
  const image = lines.some((line) => line.includes('string "image-path"')) ? (/string "(.*)"/.exec(hint('image-path') ?? '')?.[1] ?? null) : null
  const urgency = lines.some((line) => line.includes('string "urgency"')) ? Number(/byte (\d+)/.exec(hint('urgency') ?? '')?.[1] ?? Number.NaN) : null
  return { replaces: Number(/uint32 (\d+)/.exec(outer[1] ?? '')?.[1] ?? 0), title: text(3), body: text(4), actions, image, urgency }
}
