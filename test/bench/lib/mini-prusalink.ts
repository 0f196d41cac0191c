/** The least of a PrusaLink that prints for ever; the adapter polls it at its own pace. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { MiniServer } from './mini-moonraker.ts'

export const MINI_KEY = 'bench-key'

export async function startMiniPrusaLink(): Promise<MiniServer> {
  let polls = 0
  const answers: Record<string, () => unknown> = {
    '/api/version': () => ({ api: '2.0.0', server: '2.1.2', text: 'PrusaLink', hostname: 'bench', capabilities: {} }),
    '/api/v1/info': () => ({ name: 'bench', location: '', hostname: 'bench', serial: 'CZPX0000', nozzle_diameter: 0.4, mmu: false }),
    '/api/v1/status': () => {
      polls += 1
      return {
        job: { id: 7, progress: 10 + (polls % 60), time_remaining: 36_000 - polls, time_printing: 600 + polls },
        printer: { state: 'PRINTING', temp_nozzle: 215, target_nozzle: 215, temp_bed: 60, target_bed: 60, axis_z: 2, flow: 100, speed: 100, fan_hotend: 0, fan_print: 0 },
      }
    },
    '/api/v1/job': () => ({ id: 7, state: 'PRINTING', progress: 10, time_remaining: 36_000, time_printing: 600, file: { name: 'LAMP~1.BGC', display_name: 'lamp vase.bgcode', path: '/usb', size: 1_000_000 } }),
  }
  const http = createServer((request, response) => {
    const answer = answers[request.url ?? '']
    if (!answer) return response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer()))
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  return {
    kind: 'prusalink',
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async stop() {
      http.closeAllConnections()
      http.close()
      await once(http, 'close')
    },
  }
}
