/** The least of a Moonraker that prints for ever: enough for the real adapter, light enough for a hundred of them in one process. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

export interface MiniServer {
  kind: string
  url: string
  /** Sends one frame, as the real one does while it prints; absent = it is polled. */
  frame?(): void
  /** Shows a text on the printer's display. */
  say?(text: string): void
  stop(): Promise<void>
}

const FILE = 'lamp vase.gcode'
const OBJECTS = ['webhooks', 'print_stats', 'virtual_sdcard', 'display_status', 'pause_resume', 'idle_timeout', 'toolhead', 'gcode_move', 'extruder', 'heater_bed', 'filament_switch_sensor runout']

export async function startMiniMoonraker(): Promise<MiniServer> {
  let printed = 600
  let message = ''
  const sockets = new Set<WebSocket>()
  const status = (): Record<string, unknown> => ({
    webhooks: { state: 'ready', state_message: 'Printer is ready' },
    print_stats: { state: 'printing', filename: FILE, message: '', print_duration: printed, total_duration: printed + 60, filament_used: printed, info: { total_layer: 200, current_layer: 10 } },
    virtual_sdcard: { progress: printed / 100_000, is_active: true, file_position: printed * 100, file_size: 10_000_000 },
    display_status: { progress: printed / 100_000, message },
    pause_resume: { is_paused: false }, idle_timeout: { state: 'Printing' },
    toolhead: { position: [100, 100, 2, 0] }, gcode_move: { gcode_position: [100, 100, 2, 0] },
    extruder: { temperature: 215.1, target: 215 }, heater_bed: { temperature: 60, target: 60 },
    'filament_switch_sensor runout': { filament_detected: true, enabled: true },
  })
  const job = { job_id: '00000A', filename: FILE, status: 'in_progress', start_time: Date.now() / 1000 - 660, end_time: null, print_duration: 600, total_duration: 660 }
  const results: Record<string, () => unknown> = {
    'server.connection.identify': () => ({ connection_id: 1 }),
    'server.info': () => ({ klippy_connected: true, klippy_state: 'ready', components: [], moonraker_version: 'v0.11.0' }),
    'printer.objects.list': () => ({ objects: OBJECTS }),
    'printer.objects.subscribe': () => ({ eventtime: 1, status: status() }),
    'server.history.list': () => ({ count: 1, jobs: [job] }),
    'server.gcode_store': () => ({ gcode_store: [] }),
    'server.webcams.list': () => ({ webcams: [] }),
    'server.files.metadata': () => ({ filename: FILE, size: 10_000_000, gcode_start_byte: 1_000, gcode_end_byte: 9_999_000, layer_count: 200, estimated_time: 36_000 }),
    'machine.proc_stats': () => ({ moonraker_stats: [{ time: Date.now() / 1000 }] }),
  }
  const http = createServer((_request, response) => response.writeHead(404).end())
  const upgrades = new WebSocketServer({ server: http, path: '/websocket' })
  upgrades.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('message', (data: Buffer) => {
      const { id, method } = JSON.parse(data.toString()) as { id: number; method: string }
      const result = results[method]
      socket.send(JSON.stringify(result ? { jsonrpc: '2.0', id, result: result() } : { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } }))
    })
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const push = (delta: unknown): void => {
    const frame = JSON.stringify({ jsonrpc: '2.0', method: 'notify_status_update', params: [delta, printed] })
    for (const socket of sockets) socket.send(frame)
  }
  return {
    kind: 'moonraker',
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    frame() {
      printed += 1
      push({
        print_stats: { print_duration: printed, total_duration: printed + 60, filament_used: printed }, virtual_sdcard: { progress: printed / 100_000, file_position: printed * 100 },
        extruder: { temperature: 215 + (printed % 5) / 10 }, heater_bed: { temperature: 60 + (printed % 3) / 10 }, toolhead: { position: [printed % 200, 100, 2, 0] }, gcode_move: { gcode_position: [printed % 200, 100, 2, 0] },
      })
    },
    say(text) {
      message = text
      push({ display_status: { message: text } })
    },
    async stop() {
      for (const socket of sockets) socket.terminate()
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
}
