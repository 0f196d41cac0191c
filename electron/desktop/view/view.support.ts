/** Facts of a printer for tests: the quiet MK4 of the look, changed where a test says so. */
import type { PrinterState } from '../../engine/events/model.ts'
import type { PrinterFacts, Remembered } from './facts.ts'

/** Tuesday 2026-11-24, 14:54 UTC. */
export const NOW = Date.UTC(2026, 10, 24, 14, 54)
export const minutesAgo = (minutes: number): number => NOW - minutes * 60_000

export function stateOf(given: Partial<PrinterState> = {}): PrinterState {
  return {
    link: 'up', linkCause: null, device: 'ready', job: 'none', jobRef: null, progress: null, progressSource: null, elapsed: null, printTime: null, remaining: null, eta: null,
    layer: null, layers: null, z: null, heaters: {}, attentions: [], faults: [], message: null,
    capabilities: { pause: true, resume: true, cancel: true, gcode: true, answer: true, snapshot: true }, cameras: [], ...given,
  }
}

export const vase = (startedAt: number | null = minutesAgo(108)): NonNullable<PrinterState['jobRef']> => ({
  key: 'mk4/7', file: { name: 'lamp-vase_0.6n_PETG.gcode', path: 'lamp-vase_0.6n_PETG.gcode', origin: 'local', size: 4_200_000 }, startedAt, endedAt: null, user: 'marta',
})

export function printing(given: Partial<PrinterState> = {}): PrinterState {
  return stateOf({ job: 'printing', jobRef: vase(), progress: 0.47, elapsed: 6_480, remaining: 6_480, ...given })
}

export function factsOf(given: Partial<PrinterFacts> & { state?: PrinterState } = {}): PrinterFacts {
  const state = given.state ?? stateOf()
  return {
    id: 'mk4', name: 'MK4 left bench', server: 'OctoPrint', hasWebPage: true, commands: new Set(['pause', 'resume', 'cancel', 'answer']), state,
    link: { link: state.link, since: null, detail: null }, deviceSince: null, pause: null, last: null, trouble: null, picture: null, muted: null, following: null, unseen: 0,
    spark: { nozzle: Array<null>(20).fill(null), bed: Array<null>(20).fill(null) }, ...given,
  }
}

export function rememberedOf(given: Partial<Remembered> = {}): Remembered {
  return {
    eventId: '01J0', type: 'job.done', at: minutesAgo(16), jobKey: 'mk4/6', file: 'planter-hex_120mm.3mf', printTime: 18_720, progress: 1, reason: null, text: null, attention: null, seen: false, acknowledged: false, ...given,
  }
}

export const runout = { key: 'm600', kind: 'filament_runout' as const, text: null, choices: [], since: minutesAgo(4) }
