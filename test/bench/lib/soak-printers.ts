/**
 * The printers of the soak: real servers of three kinds on loopback, which the real adapters talk to, behind one set of levers.
 * Each can be cut off and come back, and be restarted, at the same address.
 */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { startSimulator } from '../../../electron/engine/simulator/simulator.ts'
import { SCRIPTS, type Script } from '../../../electron/engine/simulator/scripts.ts'
import { historyRow, startFake as startFakeMoonraker, type HistoryRow } from '../../support/fake-moonraker.ts'
import { FAKE_KEY, FAKE_PASSWORD, startFake as startFakePrusaLink, type Flavour } from '../../support/fake-prusalink.ts'
import type { BenchPrinter } from './engine.ts'

/** How a print can end. */
export type Ending = 'done' | 'cancelled' | 'failed'

export interface SoakPrinter {
  id: string
  server: Required<BenchPrinter>
  /** What its server can play; the life leaves the rest out. */
  can: { question: boolean; word: boolean; endUnseen: boolean }
  /** Connections of those who watch it, as far as it has any that stay; null = it is polled. */
  watchers(): number | null
  /** Nothing is printed and a print can begin. */
  idle(): boolean
  /** @param seconds how long it prints, pauses not counted */
  begin(seconds: number): void
  /** One second of printing is over. */
  tick(): void
  pause(): void
  resume(): void
  ask(): void
  answer(): void
  /** Tells a person something. */
  say(text: string): void
  end(how: Ending): void
  /** Breaks every connection; the next one is taken. */
  cut(): void
  /** Breaks every connection and takes none until `back`. */
  away(): void
  back(): void
  /** What the server does first when it comes back from a restart of its program. */
  restarted(): void
  stop(): Promise<void>
}

const FILE = 'soak lamp.gcode'
const BED = 60
const NOZZLE = 215
/** Rows that a Moonraker's history keeps; more is no use and would grow for a day. */
const ROWS = 40
/** A simulated OctoPrint prints on while nobody sees it; it shall not end before it is told. ms */
const LONGEST_TURN_MS = 200_000

/** A PrusaLink has no record of its prints: what its screen shows is all there is. A Pi shows the end for 11 s, a board until somebody looks; a busy machine needs some time. ms */
const SCREEN_MS = 20_000

/** Whether a made-up server takes connections, and what breaks those it has. */
function wireOf(fake: { wire: string | null; drop(): void }): Pick<SoakPrinter, 'cut' | 'away' | 'back'> {
  return {
    cut: () => fake.drop(),
    away() {
      fake.wire = 'close'
      fake.drop()
    },
    back() {
      fake.wire = null
    },
  }
}

/** `count` printers: half Moonraker, a quarter OctoPrint, the rest PrusaLink on a board or on a Pi. */
export async function startSoakPrinters(count: number): Promise<SoakPrinter[]> {
  const picture = await readFile(join(process.cwd(), 'test/support/desktop-picture.jpg'))
  const moonrakers = Math.ceil(count / 2)
  const octoprints = Math.ceil(count / 4)
  const printers: SoakPrinter[] = []
  for (let n = 0; n < count; n++) {
    const id = `p${n}`
    printers.push(n < moonrakers ? await moonraker(id, n, picture) : n < moonrakers + octoprints ? await octoprint(id) : await prusaLink(id, n % 2 === 0 ? 'pi' : 'buddy', picture))
  }
  return printers
}

/** A minute of requests is enough to look at; a day of them would be the bench's own leak. */
const forget = (...logs: readonly unknown[][]): void => {
  for (const log of logs) if (log.length > 1_000) log.length = 0
}

// ------------------------------------------------------------------------------------------------------------ Moonraker

async function moonraker(id: string, n: number, picture: Buffer): Promise<SoakPrinter> {
  const fake = await startFakeMoonraker()
  // Every second one has a webcam: the others end without a picture.
  if (n % 2 === 0) {
    fake.webcams = [{ name: 'cam', uid: 'cam', enabled: true, snapshot_url: `${fake.url}/webcam/still.jpg`, stream_url: '', flip_horizontal: false, flip_vertical: n % 4 === 0, rotation: 0 }]
    fake.routes.set('GET /webcam/still.jpg', (_request, response) => void response.writeHead(200, { 'content-type': 'image/jpeg' }).end(picture))
  }
  fake.metadata.set(FILE, { filename: FILE, size: 1_000_000, gcode_start_byte: 1_000, gcode_end_byte: 999_000, layer_count: 50, estimated_time: 120 })
  let seconds = 60
  let printed = 0
  let jobs = 0
  let row: HistoryRow | null = null
  const numbers = (): Record<string, Record<string, unknown>> => ({
    print_stats: { print_duration: printed, total_duration: printed + 2, filament_used: printed },
    virtual_sdcard: { progress: Math.min(1, printed / seconds), file_position: Math.round((1_000_000 * printed) / seconds), is_active: true, file_size: 1_000_000 },
    extruder: { temperature: NOZZLE + (printed % 5) / 10 }, heater_bed: { temperature: BED + (printed % 3) / 10 },
  })
  const console_ = (...lines: string[]): void => lines.forEach((line) => fake.notify('notify_gcode_response', line))
  return {
    id, server: { kind: 'moonraker', url: fake.url, apiKey: null }, can: { question: true, word: true, endUnseen: true },
    watchers: () => fake.sockets.size,
    idle: () => row === null,
    begin(length) {
      seconds = length
      printed = 0
      jobs += 1
      row = historyRow({ job_id: jobs.toString(16).padStart(6, '0').toUpperCase(), filename: FILE, status: 'in_progress', start_time: Date.now() / 1000, print_duration: 0, total_duration: 0 })
      fake.history.unshift(row)
      fake.history.length = Math.min(fake.history.length, ROWS)
      fake.change({ print_stats: { filename: FILE, state: 'printing', message: '', print_duration: 0, total_duration: 0 }, idle_timeout: { state: 'Printing' }, extruder: { target: NOZZLE }, heater_bed: { target: BED } })
      fake.change(numbers())
      fake.notify('notify_history_changed', { action: 'added', job: row })
    },
    tick() {
      printed += 1
      fake.change(numbers())
      forget(fake.requests, fake.headers, fake.calls)
    },
    pause: () => fake.change({ print_stats: { state: 'paused' }, pause_resume: { is_paused: true } }),
    resume: () => fake.change({ print_stats: { state: 'printing' }, pause_resume: { is_paused: false } }),
    ask: () => console_('// action:prompt_begin Change the filament', '// action:prompt_text Load blue', '// action:prompt_button Go on|RESUME|primary', '// action:prompt_show'),
    answer: () => console_('// action:prompt_end'),
    say: (text) => console_(`// action:notification ${text}`),
    end(how) {
      if (row === null) return
      const state = how === 'done' ? 'complete' : how === 'cancelled' ? 'cancelled' : 'error'
      Object.assign(row, { status: how === 'done' ? 'completed' : state, end_time: Date.now() / 1000, print_duration: printed, total_duration: printed + 2 })
      fake.change({ print_stats: { state, message: how === 'failed' ? 'Move out of range' : '' }, virtual_sdcard: { is_active: false }, pause_resume: { is_paused: false }, idle_timeout: { state: 'Idle' }, extruder: { target: 0, temperature: 30 }, heater_bed: { target: 0, temperature: 30 } })
      fake.notify('notify_history_changed', { action: 'finished', job: row })
      row = null
    },
    ...wireOf(fake),
    restarted() {
      // Klipper is there again some time after Moonraker.
      fake.setKlippy('disconnected')
      setTimeout(() => fake.setKlippy('ready', 'Printer is ready'), 2_000)
    },
    stop: () => fake.close(),
  }
}

// ------------------------------------------------------------------------------------------------------------ OctoPrint

async function octoprint(id: string): Promise<SoakPrinter> {
  // Its times are set anew before each print.
  const script: { -readonly [Key in keyof Script]: Script[Key] } = { ...SCRIPTS.steady, file: { name: FILE, size: 1_000_000 }, startsAfterMs: null, heatMs: 2_000, layers: 10, repeatsAfterMs: null }
  const simulator = await startSimulator({ script })
  const gate = await gateTo(Number(new URL(simulator.url).port))
  const { control } = simulator
  const { wish } = control
  /** Both clocks at the start of the print: the machine counts ms of its own. ms */
  let began = { machine: 0, ours: 0 }
  return {
    id, server: { kind: 'octoprint', url: gate.url, apiKey: simulator.apiKey }, can: { question: true, word: true, endUnseen: true },
    watchers: () => control.sockets(),
    idle: () => control.state().phase === 'idle',
    begin(seconds) {
      script.printMs = 2_000 * seconds + LONGEST_TURN_MS
      wish({ do: 'start', user: 'soak' })
      began = { machine: control.state().since, ours: performance.now() }
    },
    tick: () => undefined,
    pause: () => void wish({ do: 'pause', user: 'soak' }),
    resume: () => void wish({ do: 'resume', user: 'soak' }),
    ask: () => control.say({ plugin: { plugin: 'action_command_prompt', data: { action: 'show', text: 'Change the filament', choices: ['Go on'] } } }),
    answer: () => control.say({ plugin: { plugin: 'action_command_prompt', data: { action: 'close' } } }),
    say: (text) => control.say({ plugin: { plugin: 'action_command_notification', data: { message: text } } }),
    end(how) {
      if (how === 'done') {
        const { phase, printed, since } = control.state()
        script.printMs = printed + (phase === 'printing' ? began.machine + performance.now() - began.ours - since : 0) + 100
        // It looks at its times when it is spoken to.
        wish({ do: 'notify', text: '' })
      }
      if (how === 'cancelled') wish({ do: 'cancel', user: 'soak' })
      if (how === 'failed') wish({ do: 'fail', error: 'Thermal Runaway, system stopped!', reconnectsAfterMs: 3_000 })
    },
    cut: gate.cut,
    away: gate.shut,
    back: gate.open,
    restarted: () => control.expireLogins('stale'),
    async stop() {
      await gate.stop()
      await simulator.stop()
    },
  }
}

/** A door before a server, at an address that stays. */
async function gateTo(port: number): Promise<{ url: string; cut(): void; shut(): void; open(): void; stop(): Promise<void> }> {
  const sockets = new Set<Socket>()
  let isOpen = true
  const server = createServer((outside) => {
    if (!isOpen) return void outside.destroy()
    const inside = connect(port, '127.0.0.1')
    for (const [one, other] of [[outside, inside], [inside, outside]] as const) {
      sockets.add(one)
      one.on('error', () => one.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => sockets.forEach((socket) => socket.destroy())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    shut() {
      isOpen = false
      cut()
    },
    open() {
      isOpen = true
    },
    async stop() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}

// ------------------------------------------------------------------------------------------------------------ PrusaLink

async function prusaLink(id: string, flavour: Flavour, picture: Buffer): Promise<SoakPrinter> {
  const fake = await startFakePrusaLink({ flavour })
  if (flavour === 'pi') {
    fake.cameras = [{ id: 'c1', name: 'Shelf', connected: true }]
    fake.photos.set('c1', picture)
  }
  let seconds = 60
  let jobs = 100
  let rest: NodeJS.Timeout | null = null
  /** The screen shows the end for a while, as the real one does. */
  const restSoon = (): void => {
    rest = setTimeout(() => {
      rest = null
      fake.state = 'IDLE'
    }, SCREEN_MS)
  }
  return {
    id, server: { kind: 'prusalink', url: fake.url, apiKey: flavour === 'pi' ? FAKE_KEY : FAKE_PASSWORD }, can: { question: true, word: false, endUnseen: false },
    watchers: () => null,
    idle: () => fake.state === 'IDLE' && rest === null,
    begin(length) {
      seconds = length
      jobs += 1
      fake.job = { id: jobs, file: FILE, progress: 1, remaining: length, printing: 1 }
      fake.state = 'PRINTING'
      fake.temps = { nozzle: NOZZLE, bed: BED }
    },
    tick() {
      if (fake.job === null) return
      const printed = (fake.job.printing ?? 0) + 1
      fake.job = { ...fake.job, printing: printed, remaining: Math.max(1, seconds - printed), progress: Math.min(99, Math.round((100 * printed) / seconds)) }
      forget(fake.requests, fake.headers, fake.statuses)
    },
    pause() {
      fake.state = 'PAUSED'
    },
    resume() {
      fake.state = 'PRINTING'
    },
    ask() {
      fake.state = 'ATTENTION'
    },
    answer() {
      fake.state = 'PRINTING'
    },
    say: () => undefined,
    end(how) {
      fake.state = how === 'done' ? 'FINISHED' : how === 'cancelled' ? 'STOPPED' : 'ERROR'
      fake.job = null
      fake.temps = { nozzle: 40, bed: 35 }
      restSoon()
    },
    ...wireOf(fake),
    restarted: () => fake.expireNonces(),
    async stop() {
      if (rest) clearTimeout(rest)
      await fake.close()
    },
  }
}
