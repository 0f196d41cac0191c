import { afterEach, expect, it } from 'vitest'
import { SCRIPTS } from './scripts.ts'
import { startSimulator, type Simulator } from './simulator.ts'

let printer: Simulator
afterEach(() => printer.stop())

it('keeps what the failure detector saw, with its mark on it, for who may see the camera', async () => {
  printer = await startSimulator({ script: { ...SCRIPTS.steady, heatMs: 100 } })
  await expect.poll(() => printer.control.wish({ do: 'judge', sure: false, score: 0.5, pauses: false, resumesAfterMs: null })).toBe(true)
  const ask = (path: string, key = printer.apiKey): Promise<Response> => fetch(`${printer.url}${path}`, { headers: { 'x-api-key': key } })
  const seen = await ask('/plugin/failure_detector/1.jpg')
  expect([seen.status, seen.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
  const bytes = Buffer.from(await seen.arrayBuffer())
  expect(bytes.subarray(0, 4).toString('hex')).toBe('ffd8ffe0')
  expect(bytes.equals(Buffer.from(await (await ask('/downloads/camera/current')).arrayBuffer()))).toBe(false)
  expect((await ask('/plugin/failure_detector/2.jpg')).status).toBe(404)
  expect((await ask('/plugin/failure_detector/1.jpg', 'no key')).status).toBe(403)
})
