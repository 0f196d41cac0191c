/** Test support: a PrusaLink told poll by poll. */
import { player, T0, type Player } from './replay.support.ts'

/** What the two kinds answer, as far as it is read; Buddy boards tell no `status_printer`. */
export const OK = { ok: true, message: 'OK' }
export interface Told { id: number; progress?: number | null; remaining?: number | null; printing?: number | null }
export const status = (state: string, job: Told | null = null, more: Record<string, unknown> = {}): unknown => ({
  printer: { state, temp_nozzle: 21, target_nozzle: 0, temp_bed: 21, target_bed: 0, axis_z: 10, ...more },
  ...(job === null ? {} : { job: { id: job.id, progress: job.progress, time_remaining: job.remaining, time_printing: job.printing } }),
})
export const job = (id: number, display = 'Lamp foot.gcode', state = 'PRINTING', path = '/usb'): unknown =>
  ({ id, state, file: { name: display.length > 12 ? `${display.slice(0, 6).toUpperCase()}~1.GCO` : display, display_name: display, path, size: 1_000 } })

/** Polls every 2 s from `from` to `to`, s. */
export function hold(one: Player, from: number, to: number, given: unknown, about: unknown = null): void {
  for (let t = from; t <= to; t += 2) {
    one.rig.to(t)
    one.poll(given, about)
  }
}

/** A printer that was idle when it was first seen, then prints job 7 from second 2 on. */
export function printing(until = 20): Player {
  const one = player()
  one.begin(status('IDLE'), null)
  for (let t = 2; t <= until; t += 2) {
    one.rig.to(t)
    one.poll(status('PRINTING', { id: 7, progress: t, remaining: 600 - t, printing: t }), job(7))
  }
  return one
}

export { player, T0, type Player }
