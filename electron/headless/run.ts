import { spawn } from 'node:child_process'
import type { ChannelKind } from '../engine/channels/channel.ts'
import { answerControl } from '../engine/control/answer.ts'
import { serveControl } from '../engine/control/server.ts'
import type { Engine } from '../engine/engine.ts'
import type { News } from '../engine/news.ts'
import type { SecretStore, Log } from '../engine/ports.ts'
import { adapters } from '../engine/printers/registry.ts'
import type { EngineSettings } from '../engine/settings/expand.ts'
import { systemClock } from '../engine/clock.ts'
import { systemNet } from '../engine/system-net.ts'
import { compose } from './compose.ts'
import { liveLine, statusLine } from './live-view.ts'
import type { Out } from './out.ts'

export interface RunOptions {
  settings: EngineSettings
  dataFolder: string
  /** Absent = those that are built in. */
  channels?: ReadonlyMap<string, ChannelKind>
  secrets(log: Log): SecretStore
  json: boolean
  /** Ends by itself after this long; null = until it is stopped. */
  seconds: number | null
  /** Called once the engine runs. */
  onStarted?(engine: Engine): void
}

const FOOT_EVERY_MS = 500
/** SIGHUP: the terminal was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Runs the engine until SIGINT, SIGTERM, SIGHUP, `stop` over the control endpoint, or its time is over. @returns the exit status */
export async function run(options: RunOptions, out: Out): Promise<number> {
  const clock = systemClock()
  const labels = new Map(options.settings.destinations.map((destination) => [destination.id, destination.label]))
  const composition = compose({
    settings: options.settings,
    dataFolder: options.dataFolder,
    ...(options.channels ? { channels: options.channels } : {}),
    secrets: options.secrets,
    onNews: (news) => tell(news, labels, options.json, out),
    onOpen: ({ event, url }) => {
      if (event && !options.json) out.line(`opened: ${event.type} of ${event.printerName}${url ? ` ${url}` : ''}`)
      if (url) openInBrowser(url, composition.log)
    },
  })
  const { engine, log, places } = composition
  const { ended, end, release } = ending(options.seconds)
  let control
  try {
    const parts = { engine, settings: () => options.settings, adapters, secrets: options.secrets(log), show: null, stop: end, clock, net: systemNet(), log, random: Math.random }
    control = await serveControl(places.controlSocket, (request) => answerControl(request, parts), log)
    await engine.start()
    options.onStarted?.(engine)
    const foot = setInterval(() => {
      if (!options.json && out.columns !== null) out.foot(statusLine(engine.printers(), out.columns - 1))
    }, FOOT_EVERY_MS)
    const why = await ended
    clearInterval(foot)
    out.foot('')
    log.info('ending', { why })
    return 0
  } finally {
    // Signals are heard to the very end: npm forwards a Ctrl-C that the terminal has sent already.
    try {
      await control?.close()
      await composition.close()
      log.info('ended', { at: clock.now() })
    } finally {
      release()
    }
  }
}

function tell(news: News, labels: ReadonlyMap<string, string>, json: boolean, out: Out): void {
  if (!json) {
    const line = liveLine(news, labels, systemClock().now(), { colour: out.colour })
    if (line !== null) out.line(line)
    return
  }
  // Notices are for people: stdout carries the five kinds of lines and nothing else.
  if (news.line === 'notice') out.note(news.text)
  else out.line(JSON.stringify(news))
}

/** What ends the run. The timer keeps the process alive while nothing else does. */
function ending(seconds: number | null): { ended: Promise<string>; end(why: string): void; release(): void } {
  let end: (why: string) => void = () => undefined
  const ended = new Promise<string>((done) => {
    end = done
  })
  const onSignal = (signal: NodeJS.Signals): void => end(signal)
  // A terminal that closes takes stdout and stderr along: writing there must not break the end.
  let broken = false
  const onBroken = (): void => {
    broken = true
    end('nobody reads the output any more')
  }
  for (const signal of SIGNALS) process.on(signal, onSignal)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onBroken)
  const timer = seconds === null ? setInterval(() => undefined, 2 ** 30) : setTimeout(() => end('time is over'), seconds * 1000)
  return {
    ended,
    end,
    release() {
      clearTimeout(timer)
      // Each write to a broken stream asks for the end again, up to the last one before the exit (out.ts).
      if (!broken) for (const signal of SIGNALS) process.off(signal, onSignal)
    },
  }
}

/** Shows the printer's own page. Only http(s) addresses of configured servers come here. */
function openInBrowser(url: string, log: Log): void {
  const { protocol } = new URL(url)
  if (protocol !== 'http:' && protocol !== 'https:') return
  const [command, ...before] = process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler'] : [process.platform === 'darwin' ? 'open' : 'xdg-open']
  if (!command) return
  const child = spawn(command, [...before, url], { stdio: 'ignore', detached: true })
  child.on('error', (error) => log.info('no browser could be opened', { error }))
  child.unref()
}
