/** The shapes in which OctoPrint 1.11.8 tells its state (seen: recordings of the real server), filled from the machine. */
import { isActive, view, type Machine, type Phase, type View } from './job.ts'
import type { Script } from './scripts.ts'

export const VERSION = '1.11.8'

export interface Told {
  machine: Machine
  script: Script
  /** Simulated ms. */
  now: number
  /** Epoch ms: what the server's own clock says. */
  wall: number
  /** Epoch ms of the file. */
  fileDate: number
}

const TEXT: Readonly<Record<Phase, string>> = {
  idle: 'Operational', heating: 'Printing', printing: 'Printing', pausing: 'Pausing', paused: 'Paused', offline: 'Offline',
}

export function stateText(m: Machine): string {
  return m.phase === 'offline' && m.error ? 'Offline after error' : TEXT[m.phase]
}

export function flags(m: Machine): Record<string, boolean> {
  const online = m.phase !== 'offline'
  return {
    operational: online, printing: isActive(m) && m.phase !== 'paused', cancelling: false, pausing: m.phase === 'pausing', resuming: false, finishing: false,
    closedOrError: !online, error: false, paused: m.phase === 'paused', ready: m.phase === 'idle', sdReady: online,
  }
}

export function stateOf(m: Machine): Record<string, unknown> {
  return { text: stateText(m), flags: flags(m), error: m.error }
}

export function jobOf(told: Told): Record<string, unknown> {
  const { machine: m, script } = told
  if (!m.selected) return { file: { name: null, path: null, display: null, origin: null, size: null, date: null }, estimatedPrintTime: null, averagePrintTime: null, lastPrintTime: null, filament: null, user: null }
  const { name, size } = script.file
  const lasted = m.last?.success ? m.last.printTime : null
  return {
    file: { name, path: name, display: name, origin: 'local', size, date: Math.floor(told.fileDate / 1000) },
    estimatedPrintTime: (script.heatMs + script.printMs) / 1000, averagePrintTime: lasted, lastPrintTime: lasted,
    filament: { tool0: { length: 3412, volume: 8.2 } }, user: m.user,
  }
}

export function progressOf(seen: View, script: Script): Record<string, unknown> {
  if (seen.progress === null) return { completion: null, filepos: null, printTime: null, printTimeLeft: null, printTimeLeftOrigin: null }
  return {
    completion: seen.progress * 100, filepos: Math.floor(seen.progress * script.file.size), printTime: seen.printTime, printTimeLeft: seen.printTimeLeft,
    printTimeLeftOrigin: seen.printTimeLeft === 0 ? null : 'linear',
  }
}

/** What `current` and `history` share. */
function common(told: Told, seen: View): Record<string, unknown> {
  return {
    state: stateOf(told.machine), job: jobOf(told), currentZ: seen.z, progress: progressOf(seen, told.script), offsets: {},
    resends: { count: 0, transmitted: 0, ratio: 0 }, serverTime: told.wall / 1000,
  }
}

function temps(told: Told, seen: View): unknown[] {
  if (told.machine.phase === 'offline') return []
  return [{ time: Math.floor(told.wall / 1000), tool0: seen.tool, bed: seen.bed, chamber: { actual: null, target: null } }]
}

/** What the temperature graph marks: the start of the job. */
function markings(told: Told): unknown[] {
  const { startedAt, selected } = told.machine
  return startedAt === null || !selected ? [] : [{ type: 'print', label: 'Start', time: (told.wall - (told.now - startedAt)) / 1000 }]
}

export function currentFrame(told: Told, logs: string[]): Record<string, unknown> {
  const seen = view(told.machine, told.now, told.script)
  const busy = isActive(told.machine) ? [{ origin: 'local', path: told.script.file.name }] : []
  return { current: { ...common(told, seen), temps: temps(told, seen), busyFiles: busy, markings: markings(told), logs, messages: [] } }
}

export function historyFrame(told: Told, logs: string[]): Record<string, unknown> {
  const seen = view(told.machine, told.now, told.script)
  return { history: { ...common(told, seen), temps: temps(told, seen), logs, messages: [], markings: markings(told) } }
}

export function connectedFrame(): Record<string, unknown> {
  return {
    connected: {
      version: VERSION, display_version: VERSION, branch: 'HEAD', python_version: '3.11.7', plugin_hash: 'f8c6b77c2d086e7d65f8e19d6bc79c3c',
      config_hash: '36c1946b2a408e14f5bb0c98580faf5b', debug: false, safe_mode: null, online: true,
      permissions: [{ key: 'ADMIN', name: 'Admin', dangerous: true, default_groups: ['admins'], description: 'Admin is allowed to do everything', needs: { role: ['admin'] } }],
    },
  }
}

/** `GET /api/files/local/<path>`. Without a finished run it has neither `prints` nor `statistics`, as the real one. */
export function fileRecord(told: Told, base: string): Record<string, unknown> {
  const { machine: m, script } = told
  const { name, size } = script.file
  const at = (simulated: number): number => (told.wall - (told.now - simulated)) / 1000
  const run = m.last && { date: at(m.last.at), ...(m.last.success ? { printTime: m.last.printTime } : {}), success: m.last.success }
  return {
    date: Math.floor(told.fileDate / 1000), display: name, name, origin: 'local', path: name, size, hash: '4a317810b27d9b10662b47ad59496e8a7793bf4f',
    gcodeAnalysis: { estimatedPrintTime: (script.heatMs + script.printMs) / 1000, filament: { tool0: { length: 3412, volume: 8.2 } } },
    ...(run ? { prints: { success: m.successes, failure: m.failures, last: run }, statistics: { averagePrintTime: {}, lastPrintTime: {} } } : {}),
    refs: { resource: `${base}/api/files/local/${encodeURIComponent(name)}`, download: `${base}/downloads/files/local/${encodeURIComponent(name)}` },
    type: 'machinecode', typePath: ['machinecode', 'gcode'], user: 'demo',
  }
}

export interface WebcamSettings {
  flipH: boolean
  flipV: boolean
  /** OctoPrint's: counter-clockwise. */
  rotate90: boolean
}

export function settings(name: string, base: string, webcam: WebcamSettings): Record<string, unknown> {
  const snapshot = `${base}/webcam/?action=snapshot`
  const stream = '/webcam/?action=stream'
  const common = { streamRatio: '16:9', streamTimeout: 5, streamWebrtcIceServers: ['stun:stun.l.google.com:19302'], cacheBuster: false }
  return {
    api: { allowCrossOrigin: false, key: null },
    appearance: { color: 'default', name },
    plugins: { classicwebcam: { ...common, ...webcam, snapshot, stream, snapshotAuth: 'none', snapshotTimeout: 5, snapshotSslValidation: true } },
    webcam: {
      ...common, ...webcam, webcamEnabled: true, timelapseEnabled: true, defaultWebcam: 'classic', snapshotWebcam: 'classic',
      snapshotUrl: snapshot, snapshotTimeout: 5, snapshotSslValidation: true, streamUrl: stream,
      webcams: [
        {
          name: 'classic', displayName: 'Classic Webcam', provider: 'classicwebcam', canSnapshot: true, snapshotDisplay: snapshot, ...webcam,
          compat: { ...common, snapshot, snapshotTimeout: 5, snapshotSslValidation: true, stream }, extras: { ...common, stream },
        },
      ],
    },
  }
}
