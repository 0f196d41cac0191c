/** The simulator as a process of its own, for benchmarks and for trying things out. Bundled apart; see docs/simulator.md. */
import { parseArgs } from 'node:util'
import { SCRIPT_NAMES, SCRIPTS, type ScriptName } from './scripts.ts'
import { startSimulator } from './simulator.ts'

const HELP = `Simulated printers that speak OctoPrint's protocol on 127.0.0.1.
  --printers N        how many, each a server of its own (1)
  --script NAME       ${SCRIPT_NAMES.join(', ')} (demo)
  --port N            port of the first, the others follow (any free ones)
  --speed X           simulated seconds per second (1)
  --fps X             state frames per second and client, whatever it asks for (OctoPrint's rule)
  --repeat SECONDS    print again after so long
  --stamp             add sentAt (epoch ms) to every event
  --webcam-delay MS   answer pictures so late (0)
  --webcam-size WxH   size of the pictures (640x360)
  --json              one line of JSON when ready instead of text`

/**
 * Runs until SIGINT or SIGTERM.
 * @returns the exit status: 0, or 2 for an option that makes no sense (told on stderr)
 */
export async function main(argv: readonly string[]): Promise<number> {
  let options: ReturnType<typeof read>
  try {
    options = read(argv)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}\n`)
    return 2
  }
  if (options.help) {
    process.stdout.write(`${HELP}\n`)
    return 0
  }
  const simulator = await startSimulator(options.start)
  const ready = simulator.printers.map(({ url, apiKey, name }) => ({ url, apiKey, name }))
  process.stdout.write(options.json ? `${JSON.stringify({ ready })}\n` : ready.map(({ url, apiKey, name }) => `${name}: ${url} (key ${apiKey})\n`).join(''))
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
  await simulator.stop()
  return 0
}

function read(argv: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args: [...argv],
    options: {
      printers: text, script: text, port: text, speed: text, fps: text, repeat: text, stamp: flag, 'webcam-delay': text, 'webcam-size': text, json: flag, help: flag,
    },
  })
  const script = SCRIPTS[scriptName(values.script ?? 'demo')]
  const repeat = number('repeat', values.repeat, 0)
  const fps = number('fps', values.fps, 0.01)
  const [width = 640, height = 360] = size(values['webcam-size'])
  return {
    json: values.json,
    help: values.help,
    start: {
      script: repeat === null ? script : { ...script, repeatsAfterMs: repeat * 1000 },
      printers: number('printers', values.printers, 1) ?? 1,
      port: number('port', values.port, 0) ?? 0,
      speed: number('speed', values.speed, 0.01) ?? 1,
      ...(fps === null ? {} : { fps }),
      stamp: values.stamp,
      webcam: { delayMs: number('webcam-delay', values['webcam-delay'], 0) ?? 0, width, height },
    },
  }
}

function scriptName(name: string): ScriptName {
  const found = SCRIPT_NAMES.find((each) => each === name)
  if (!found) throw new Error(`--script: there is no "${name}", only ${SCRIPT_NAMES.join(', ')}`)
  return found
}

function number(option: string, text: string | undefined, least: number): number | null {
  if (text === undefined) return null
  const value = Number(text)
  if (!Number.isFinite(value) || value < least) throw new Error(`--${option}: "${text}" is not a number of at least ${least}`)
  return value
}

function size(text: string | undefined): number[] {
  if (text === undefined) return []
  const match = /^(\d{2,4})x(\d{2,4})$/.exec(text)
  if (!match) throw new Error(`--webcam-size: "${text}" is not like 1280x720`)
  return [Number(match[1]), Number(match[2])]
}
