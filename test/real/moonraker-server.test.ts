import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import WebSocket from 'ws'
import { until } from '../support/adapter-kit.ts'
import { moonrakerMissing, startMoonraker, type MoonrakerServer } from '../support/moonraker-server.ts'
import { gcodeOf } from '../support/octoprint-server.ts'

const missing = moonrakerMissing()
const because = missing === null ? '' : ` (skipped: ${missing})`

/** A bare client: what print_stats and webhooks say, in their order, and what ends in the history (what is added there comes at any time). */
class Listener {
  readonly seen: string[] = []
  readonly #socket: WebSocket
  #id = 0
  readonly #answers = new Map<number, (result: unknown) => void>()
  constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/websocket`)
    this.#socket.on('message', (data) => this.#take(JSON.parse((data as Buffer).toString()) as Record<string, unknown>))
  }
  async ready(): Promise<this> {
    await until('the socket is open', () => this.#socket.readyState === WebSocket.OPEN)
    await this.call('printer.objects.subscribe', { objects: { print_stats: ['state', 'filename'], webhooks: ['state'], 'filament_switch_sensor runout': null } })
    return this
  }
  call(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#id
    return new Promise((done) => {
      this.#answers.set(id, done)
      this.#socket.send(JSON.stringify({ jsonrpc: '2.0', method, params, id }))
    })
  }
  close(): void {
    this.#socket.terminate()
  }
  #take({ id, result, error, method, params }: Record<string, unknown>): void {
    if (typeof id === 'number') return this.#answers.get(id)?.(result ?? error)
    const [first] = (params ?? []) as [Record<string, Record<string, unknown>>]
    if (method === 'notify_status_update') {
      if (first['webhooks']?.['state'] !== undefined) this.seen.push(String(first['webhooks']['state']))
      if (first['print_stats']?.['state'] !== undefined) this.seen.push(String(first['print_stats']['state']))
      if (first['filament_switch_sensor runout']?.['filament_detected'] === false) this.seen.push('no filament')
    } else if (method === 'notify_history_changed' && first['action'] as unknown === 'finished') this.seen.push(`history ${String(first['job']?.['status'])}`)
    else if (method === 'notify_gcode_response' && String(first).startsWith('!!')) this.seen.push(String(first))
  }
}

// What the scripted Klippy makes of a real Moonraker, against what the recordings of the real Klipper show.
describe.skipIf(missing !== null)(`a real Moonraker with the scripted Klippy${because}`, () => {
  let server: MoonrakerServer
  let listener: Listener
  beforeAll(async () => {
    server = await startMoonraker()
  })
  afterAll(async () => {
    await server?.close()
  })
  const listen = async (): Promise<Listener> => (listener = await new Listener(server.url).ready())
  afterEach(async () => {
    listener.close()
    await server.idle()
  })

  it('prints a file to its end and keeps it in the history', async () => {
    const { seen } = await listen()
    await server.print('whole.gcode', gcodeOf(1))
    await until('the end', () => seen.includes('history completed'))
    expect(seen).toEqual(['printing', 'complete', 'history completed'])
  })

  it('pauses after the running command, resumes and cancels, and shows a cancel with a reset as standby', async () => {
    const { seen } = await listen()
    await server.print('paused.gcode', gcodeOf(30))
    await server.waitFor('printing')
    await server.api('POST', '/printer/print/pause')
    await server.waitFor('paused')
    await server.api('POST', '/printer/print/resume')
    await server.waitFor('printing')
    await server.klippy.tell('FAKE_CANCEL_RESETS on')
    await server.api('POST', '/printer/print/cancel')
    await until('the end', () => seen.includes('history cancelled'))
    await server.klippy.tell('FAKE_CANCEL_RESETS off')
    expect(seen).toEqual(['printing', 'paused', 'printing', 'standby', 'history cancelled'])
  })

  it('says nothing but an error line when the same file fails on its first line again', async () => {
    const { seen } = await listen()
    await server.print('bad.gcode', 'BAD\n')
    const lines = (): string[] => seen.filter((one) => one.startsWith('!!'))
    await until('the first failure', () => seen.includes('error') && lines().length === 1)
    await server.api('POST', '/printer/print/start?filename=bad.gcode')
    await until('the second failure', () => lines().length === 2)
    await server.print('good.gcode', gcodeOf(1))
    await until('the next job', () => seen.includes('complete'))
    expect(seen.filter((one) => !one.startsWith('!!') && !one.startsWith('history'))).toEqual(['error', 'printing', 'complete'])
    expect(lines().every((line) => line.startsWith('!! Error evaluating'))).toBe(true)
  })

  it('shows shutdown and paused together after an emergency stop, and printing for ever when the board goes in motion', async () => {
    const { seen } = await listen()
    await server.print('stopped.gcode', gcodeOf(30))
    await server.waitFor('printing')
    await server.api('POST', '/printer/emergency_stop')
    await until('the end', () => seen.includes('history klippy_shutdown'))
    expect(seen).toEqual(['printing', 'shutdown', 'paused', 'history klippy_shutdown'])
    await server.idle()
    await server.print('board.gcode', gcodeOf(30))
    await server.waitFor('printing')
    await server.klippy.tell('FAKE_SHUTDOWN MCU \'mcu\' shutdown: Timer too close')
    const total = async (): Promise<number> => Number((await server.klippy.status())['print_stats']?.['total_duration'])
    const then = await total()
    await until('it counts on', async () => (await total()) > then + 0.5)
    expect((await server.klippy.status())['print_stats']).toMatchObject({ state: 'printing' })
    await expect(server.api('POST', '/printer/print/pause')).resolves.toMatchObject({ status: 400 })
  })

  it('pauses for a runout with the sensor seen, and for chatter without it', async () => {
    const { seen } = await listen()
    await until('the sensor has settled', async () => (await server.klippy.status())['filament_switch_sensor runout']?.['filament_detected'] === true)
    await server.print('runout.gcode', gcodeOf(30))
    await server.waitFor('printing')
    await server.klippy.tell('FAKE_RUNOUT')
    await server.waitFor('paused')
    await server.klippy.tell('FAKE_INSERT')
    await until('is_paused follows', async () => (await server.klippy.status())['pause_resume']?.['is_paused'] === true)
    await server.klippy.tell('RESUME')
    await server.waitFor('printing')
    await server.klippy.tell('FAKE_CHATTER')
    await server.waitFor('paused')
    expect(seen.filter((one) => one === 'no filament')).toHaveLength(1)
  })
})
