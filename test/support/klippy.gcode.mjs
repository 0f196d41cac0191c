/** What the G-code of the scripted Klippy does, by name. FAKE_... is no G-code: it happens to the machine. */
import { GcodeError } from './klippy.parts.mjs'

/** X10, or NAME=value. */
export function paramsOf(rest) {
  const extended = [...rest.matchAll(/([A-Z_]+)=("[^"]*"|\S+)/g)].map(([, key, value]) => [key, value.replaceAll('"', '')])
  return Object.fromEntries(extended.length > 0 ? extended : [...rest.matchAll(/([A-Z])(-?[\d.]+)/g)].map(([, key, value]) => [key, value]))
}

const RESPOND = { command: '// ', error: '!! ' }

export const HANDLERS = {
  G0: (machine, _rest, params) => machine.move(params),
  G1: (machine, _rest, params) => machine.move(params),
  G4: (machine, _rest, { P, S }) => machine.dwell(P === undefined ? Number(S ?? 0) * 1000 : Number(P)),
  M73: (machine, _rest, { P }) => { machine.m73 = P === undefined ? machine.m73 : Number(P) / 100 },
  M104: (machine, _rest, { S }) => machine.heat(machine.extruder, Number(S), false),
  M109: (machine, _rest, { S }) => machine.heat(machine.extruder, Number(S), true),
  M140: (machine, _rest, { S }) => machine.heat(machine.bed, Number(S), false),
  M190: (machine, _rest, { S }) => machine.heat(machine.bed, Number(S), true),
  M112: (machine) => machine.shutdown('M112 called', 300),
  M117: (machine, rest) => { machine.message = rest === '' ? null : rest },
  M118: (machine, rest) => machine.say(`echo: ${rest}`),
  RESPOND: (machine, _rest, { TYPE, MSG }) => machine.say(`${RESPOND[TYPE] ?? 'echo: '}${MSG ?? ''}`),
  SET_PRINT_STATS_INFO: (machine, _rest, params) => machine.layers(params),
  PAUSE: (machine, _rest, _params, fromFile) => machine.pause(fromFile),
  M600: (machine, _rest, _params, fromFile) => machine.pause(fromFile),
  RESUME: (machine) => machine.resume(),
  CANCEL_PRINT: (machine, _rest, _params, fromFile) => machine.cancel(fromFile),
  TIMELAPSE_TAKE_FRAME: (machine, _rest, _params, fromFile) => machine.timelapseFrame(fromFile),
  BAD: () => { throw new GcodeError('Error evaluating \'gcode_macro BAD:gcode\': \'x\' is undefined') },
  SDCARD_PRINT_FILE: (machine, _rest, { FILENAME }) => machine.printFile(FILENAME ?? ''),
  SDCARD_RESET_FILE: (machine, _rest, _params, fromFile) => machine.resetFile(fromFile),
  RESTART: (machine) => machine.restart(),
  FIRMWARE_RESTART: (machine) => machine.restart(),
  FAKE_BAD_CONFIG: (machine, rest) => machine.restart(rest),
  FAKE_FAIL: (machine, rest) => machine.fail(rest),
  FAKE_SHUTDOWN: (machine, rest) => machine.shutdown(rest, null),
  FAKE_BOARD_LOST: (machine, rest) => machine.shutdown(rest, 750),
  FAKE_RUNOUT: (machine) => machine.runout(true),
  FAKE_CHATTER: (machine) => machine.runout(false),
  FAKE_INSERT: (machine) => { machine.sensor.filament_detected = true },
  FAKE_SAY: (machine, rest) => machine.say(rest),
  FAKE_SET: (machine, rest) => machine.override(JSON.parse(rest)),
  FAKE_CANCEL_RESETS: (machine, rest) => { machine.cancelResets = rest === 'on' },
}
