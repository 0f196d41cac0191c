/** Parts of the printer in klippy.machine.mjs: its heaters, and what is known of its print. */

const ROOM = 22

/** A G-code error: it goes to the console and to whoever asked. */
export class GcodeError extends Error {}

const seconds = () => performance.now() / 1000

/** Warms up in `heatMs`, cools down in four times as long, in a straight line. */
export class Heater {
  #from = ROOM
  #since = seconds()
  target = 0

  constructor(heatMs) {
    this.heatSeconds = heatMs / 1000
  }

  set(target) {
    this.#from = this.temperature()
    this.#since = seconds()
    this.target = target
  }

  temperature() {
    const goal = this.target || ROOM
    const takes = this.heatSeconds * (goal < this.#from ? 4 : 1)
    const part = takes === 0 ? 1 : Math.min(1, (seconds() - this.#since) / takes)
    return Math.round((this.#from + (goal - this.#from) * part) * 100) / 100
  }

  status() {
    return { temperature: this.temperature(), target: this.target }
  }

  /** In milliseconds. */
  untilReached() {
    return Math.max(0, this.heatSeconds - (seconds() - this.#since)) * 1000
  }
}

/** What is known of the print: Klipper's object `print_stats`. */
export class PrintStats {
  reset() {
    Object.assign(this, { filename: '', state: 'standby', message: '', total: 0, print: 0, filament: 0, layers: null, layer: null, began: null, paused: 0, pausedAt: null, unextruded: 0 })
  }

  begin() {
    const now = seconds()
    if (this.began === null) this.began = now
    else if (this.pausedAt !== null) this.paused += now - this.pausedAt
    this.pausedAt = null
    this.state = 'printing'
    this.message = ''
  }

  pause() {
    this.tick()
    this.pausedAt ??= seconds()
    if (this.state !== 'error') this.state = 'paused'
  }

  end(state, message = '') {
    if (this.began === null) return
    this.tick()
    this.began = null
    this.state = state
    this.message = message
  }

  /** total counts on while the print is paused, print begins with the first extrusion. */
  tick() {
    if (this.began === null) return
    const now = seconds()
    const paused = this.paused + (this.pausedAt === null ? 0 : now - this.pausedAt)
    this.total = now - this.began
    if (this.filament === 0) this.unextruded = this.total - paused
    this.print = this.total - paused - this.unextruded
  }

  status() {
    this.tick()
    return {
      filename: this.filename, total_duration: this.total, print_duration: this.print, filament_used: this.filament, state: this.state, message: this.message,
      info: { total_layer: this.layers, current_layer: this.layer },
    }
  }
}
