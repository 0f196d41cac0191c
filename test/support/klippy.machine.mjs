/**
 * The printer inside the scripted Klippy (klippy.mjs): the file that prints, pauses and ends, the filament switch, and what Klipper's
 * status objects say of them. Behaviour as recorded from a real Klipper behind Moonraker 0.11.0.
 *
 * A file prints line by line: G4 takes its time, M109 and M190 wait for the heater, everything else takes none. So a file lasts as long
 * as its dwells, and every other instruction (klippy.gcode.mjs) may stand in it.
 */
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { HANDLERS, paramsOf } from './klippy.gcode.mjs'
import { GcodeError, Heater, PrintStats } from './klippy.parts.mjs'

const SENSOR = 'filament_switch_sensor runout'
/** How long the sensor says "no filament" after a start, whatever is in it. */
const SENSOR_SETTLES_MS = 600
const IDLE_AFTER_MS = 1_300
/** How often one looks whether it is its turn. */
const TURN_MS = 10
const HINT = '\nOnce the underlying issue is corrected, use the\n"FIRMWARE_RESTART" command to reset the firmware, reload the\nconfig, and restart the host software.\n'
const STARTING = 'Printer is not ready\nThe klippy host software is attempting to connect.  Please\nretry in a few moments.\n'

const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

export class Machine {
  /** Counts the starts: what belongs to an earlier one ends by itself. */
  #life = 0
  /** A command runs. */
  #busy = false
  /** How many from outside wait for their turn: they come before the file. */
  #asking = 0
  #wake = null
  #working = false
  #mustPause = false
  #frozen = false
  #cancelResets = false
  #stats = new PrintStats()
  #overrides = {}

  /** @param {{ gcodes: string, startupMs: number, heatMs: number }} options @param say writes a line to the console @param hangUp closes every socket */
  constructor(options, say, hangUp) {
    this.options = options
    this.say = say
    this.hangUp = hangUp
    this.boot()
  }

  /** @param problem text of the state `error` it comes up in; null = ready */
  boot(problem = null) {
    const life = ++this.#life
    this.#wake?.(null)
    Object.assign(this, { webhooks: { state: 'startup', state_message: STARTING }, file: null, isPaused: false, resumable: false, m73: null, message: null, idle: 'Idle', position: [0, 0, 0, 0] })
    this.sensor = { filament_detected: false, enabled: true }
    this.timelapse = false
    this.extruder = new Heater(this.options.heatMs)
    this.bed = new Heater(this.options.heatMs)
    this.#stats.reset()
    this.#overrides = {}
    this.#busy = this.#working = this.#mustPause = this.#frozen = false
    this.#asking = 0
    this.#later(life, this.options.startupMs, () => {
      this.webhooks = problem === null ? { state: 'ready', state_message: 'Printer is ready' } : { state: 'error', state_message: problem + HINT }
      if (problem === null) this.#later(life, SENSOR_SETTLES_MS, () => { this.sensor.filament_detected = true })
    })
  }

  get ready() {
    return this.webhooks.state === 'ready'
  }

  /** All objects as a client may see them now. */
  status() {
    const { file } = this
    const progress = file === null || file.size === 0 ? 0 : file.at / file.size
    const objects = {
      webhooks: this.webhooks,
      print_stats: this.#stats.status(),
      virtual_sdcard: { file_path: file?.path ?? null, progress, is_active: this.#working, file_position: file?.at ?? 0, file_size: file?.size ?? 0 },
      pause_resume: { is_paused: this.isPaused },
      idle_timeout: { state: this.idle, printing_time: this.#stats.total },
      // M73 outlives its print.
      display_status: { progress: this.m73 ?? progress, message: this.message },
      configfile: { config: { virtual_sdcard: { path: this.options.gcodes } }, settings: { virtual_sdcard: { path: this.options.gcodes } }, warnings: [] },
      extruder: this.extruder.status(),
      heater_bed: this.bed.status(),
      // Without this object Moonraker 0.11.0 never makes an entry in its history.
      heaters: { available_heaters: ['extruder', 'heater_bed'], available_sensors: ['extruder', 'heater_bed'] },
      toolhead: { position: [...this.position], homed_axes: 'xyz' },
      gcode_move: { gcode_position: [...this.position] },
      'gcode_macro TIMELAPSE_TAKE_FRAME': { is_paused: this.timelapse },
      [SENSOR]: { ...this.sensor },
    }
    for (const [name, fields] of Object.entries(this.#overrides)) objects[name] = { ...objects[name], ...fields }
    return structuredClone(objects)
  }

  /** One or more lines from outside, one after the other. @throws GcodeError */
  async script(text) {
    for (const line of text.split('\n').map((each) => each.trim()).filter((each) => each !== '')) {
      // What happens to the machine waits for nobody, and neither does what will be refused.
      if (!this.ready || /^(FAKE_|(FIRMWARE_)?RESTART$)/.test(line)) await this.#run(line)
      else await this.#inTurn(() => this.#run(line))
    }
  }

  /** At once, whatever runs. */
  emergencyStop(text = 'Shutdown due to webhooks request') {
    this.#shutDown(text, () => this.#stopFile())
  }

  async #inTurn(work) {
    const life = this.#life
    this.#asking++
    while (this.#busy && life === this.#life) await sleep(TURN_MS)
    if (life !== this.#life) throw new GcodeError('Klippy restarted')
    this.#asking--
    this.#busy = true
    try {
      return await work()
    } finally {
      if (life === this.#life) this.#busy = false
    }
  }

  #later(life, ms, work) {
    setTimeout(() => {
      if (life === this.#life) work()
    }, ms)
  }

  /** One line; errors are said on the console too. */
  async #run(line, fromFile = false) {
    try {
      const [name = '', rest = ''] = line.match(/^(\S+)\s*(.*)$/s)?.slice(1) ?? []
      if (!this.ready && !/^(FAKE_|(FIRMWARE_)?RESTART$|M112$)/.test(name)) throw new GcodeError(this.webhooks.state_message)
      const known = HANDLERS[name.toUpperCase()]
      if (known) await known(this, rest, paramsOf(rest), fromFile)
      else if (!/^[GMT]\d/.test(name)) this.say(`// Unknown command:"${name}"`)
    } catch (error) {
      if (error instanceof GcodeError) this.say(`!! ${error.message.split('\n')[0]}`)
      throw error
    }
  }

  /** Ends early when something happens to the machine. @throws GcodeError that `interrupt` was given */
  async dwell(ms) {
    const error = await new Promise((done) => {
      const timer = setTimeout(() => done(null), ms)
      this.#wake = (given) => {
        clearTimeout(timer)
        done(given)
      }
    })
    this.#wake = null
    if (error) throw error
  }

  /** The running command fails. @returns whether one was running */
  interrupt(text) {
    if (this.#wake === null || !this.#working) return false
    this.#wake(new GcodeError(text))
    return true
  }

  /** Walks through the file until its end, a pause or an error. */
  async #work() {
    const life = this.#life
    const { file } = this
    this.#working = true
    this.#mustPause = false
    this.idle = 'Printing'
    this.#stats.begin()
    let problem = null
    while (!this.#mustPause && problem === null && file.next < file.lines.length) {
      if (this.#busy || this.#asking > 0 || !this.ready) {
        await sleep(TURN_MS)
        if (life !== this.#life || this.#frozen) return
        continue
      }
      this.#busy = true
      const line = file.lines[file.next++]
      try {
        if (line.text !== '') await this.#run(line.text, true)
      } catch (error) {
        if (!(error instanceof GcodeError)) throw error
        problem = error.message
      }
      // Started anew, or the board is gone and the command never comes back.
      if (life !== this.#life || this.#frozen) return
      this.#busy = false
      file.at = line.end
    }
    this.#working = false
    if (problem !== null) this.#stats.end('error', problem)
    else if (this.#mustPause) this.#stats.pause()
    else {
      this.say('Done printing file')
      this.#stats.end('complete')
    }
    if (problem !== null || !this.#mustPause) this.resumable = false
    this.#later(life, IDLE_AFTER_MS, () => { if (!this.#working) this.idle = 'Ready' })
  }

  #stopFile() {
    this.#mustPause = true
    this.#wake?.(null)
  }

  /** Pauses the file after the command that runs, and waits for that unless it is the file's own. */
  async pauseFile(fromFile) {
    if (!this.#working) return
    this.resumable = true
    this.#mustPause = true
    while (!fromFile && this.#working) await sleep(TURN_MS)
  }

  #shutDown(text, then) {
    if (this.webhooks.state === 'shutdown') return
    this.webhooks = { state: 'shutdown', state_message: text + HINT + 'Printer is shutdown\n' }
    this.say('// Klipper state: Shutdown')
    then()
  }

  async pause(fromFile) {
    if (this.isPaused) return this.say('// Print already paused')
    if (this.#working) await this.pauseFile(fromFile)
    // Without a job it answers as well, and is_paused sticks.
    else if (!this.resumable) this.say('// action:paused')
    this.isPaused = true
  }

  resume() {
    if (!this.isPaused) return this.say('// Print is not paused, resume aborted')
    this.isPaused = false
    if (!this.resumable) return this.say('// action:resumed')
    this.resumable = false
    void this.#work()
  }

  async cancel(fromFile) {
    if (this.file === null || !(this.#working || this.resumable)) this.say('// action:cancel')
    else {
      await this.pauseFile(fromFile)
      this.file = null
      this.#stats.end('cancelled')
    }
    this.resumable = this.isPaused = false
    this.extruder.set(0)
    this.bed.set(0)
    if (this.#cancelResets) await this.resetFile(fromFile)
  }

  async resetFile(fromFile) {
    if (fromFile) throw new GcodeError('SDCARD_RESET_FILE cannot be run from the sdcard')
    await this.pauseFile(false)
    this.file = null
    this.resumable = false
    this.#stats.reset()
  }

  async printFile(given) {
    if (this.#working) throw new GcodeError('SD busy')
    await this.resetFile(false)
    const name = given.replace(/^\/+/, '')
    let text
    try {
      text = readFileSync(join(this.options.gcodes, name), 'latin1')
    } catch {
      throw new GcodeError('Unable to open file')
    }
    let end = 0
    const lines = text.split('\n').map((line) => ({ text: line.replace(/;.*/, '').trim(), end: (end = Math.min(text.length, end + line.length + 1)) }))
    this.file = { path: join(this.options.gcodes, name), size: text.length, lines, next: 0, at: 0 }
    this.#stats.filename = name
    this.say(`File opened:${basename(name)} Size:${text.length}`)
    this.say('File selected')
    void this.#work()
  }

  move(params) {
    ['X', 'Y', 'Z'].forEach((axis, at) => { if (params[axis] !== undefined) this.position[at] = Number(params[axis]) })
    if (params.E === undefined) return
    this.position[3] += Number(params.E)
    if (this.#working) this.#stats.filament += Number(params.E)
  }

  async heat(heater, target, wait) {
    heater.set(target)
    if (wait && target > 0) await this.dwell(heater.untilReached())
  }

  layers({ TOTAL_LAYER, CURRENT_LAYER }) {
    if (TOTAL_LAYER !== undefined) Object.assign(this.#stats, { layers: Number(TOTAL_LAYER) || null, layer: Number(TOTAL_LAYER) ? 0 : null })
    if (CURRENT_LAYER !== undefined && this.#stats.layers !== null) this.#stats.layer = Math.min(Number(CURRENT_LAYER), this.#stats.layers)
  }

  /** The flag is gone before the print leaves "paused", as moonraker-timelapse's macro does it. */
  async timelapseFrame(fromFile) {
    const life = this.#life
    this.timelapse = true
    await this.pause(fromFile)
    this.#later(life, 600, () => { this.timelapse = false })
    this.#later(life, 1_000, () => this.resume())
  }

  /** @param sampled whether the switch stays open long enough to be seen */
  runout(sampled) {
    const life = this.#life
    if (sampled) this.sensor.filament_detected = false
    if (!this.sensor.enabled) return
    void this.pauseFile(false)
    // PAUSE itself follows after pause_delay, also when nothing prints.
    this.#later(life, 500, () => { this.isPaused = true })
  }

  /** G-code in a print breaks. */
  fail(text) {
    if (!this.interrupt(text)) throw new GcodeError(text)
  }

  /** `stopsAfterMs` null: the board is gone in motion, and the print seems to go on for ever. */
  shutdown(text, stopsAfterMs) {
    const life = this.#life
    this.#shutDown(text, () => {
      if (stopsAfterMs === null) {
        this.#frozen = true
        this.#wake?.(null)
      } else this.#later(life, stopsAfterMs, () => this.#stopFile())
    })
  }

  restart(problem = null) {
    this.say('// Klipper state: Disconnect')
    this.boot(problem)
    this.hangUp()
  }

  override(delta) {
    for (const [name, fields] of Object.entries(delta)) this.#overrides[name] = { ...this.#overrides[name], ...fields }
  }

  set cancelResets(on) {
    this.#cancelResets = on
  }
}
