/** Speaks for a server of the engine rig: what a real adapter would say. */
import type { JobFile, LinkObservation, StateReport } from '../../electron/engine/events/model.ts'
import type { Connected, Rig } from './engine-rig.ts'

export const LAMP: JobFile = { name: 'lamp.gcode', path: 'lamp.gcode', origin: 'local', size: 1000 }

export interface Speaker {
  link(name: LinkObservation['link'], cause?: string | null): void
  state(state: StateReport, full?: boolean): void
  started(file: JobFile): void
  done(file: JobFile): void
}

/** @param sourceId the server's id of the printer it speaks of */
export function speaker({ clock }: Rig, { sink }: Connected, sourceId = 'x'): Speaker {
  return {
    link: (link, cause = null) => sink.link({ kind: 'link', at: clock.now(), link, cause, detail: null }),
    state: (state, full = false) => sink.observe({ kind: 'state', sourceId, at: clock.now(), full, state }),
    started: (file) => sink.observe({ kind: 'signal', sourceId, at: clock.now(), signal: { type: 'job_started', file, user: 'ann' } }),
    done: (file) => sink.observe({ kind: 'signal', sourceId, at: clock.now(), signal: { type: 'job_done', file, printTime: 60 } }),
  }
}

/** Idle at first sight. */
export async function idle(rig: Rig, serverId = 'octo', sourceId = 'x'): Promise<Speaker> {
  const says = speaker(rig, rig.server(serverId), sourceId)
  says.link('up')
  says.state({ device: 'ready', job: 'none', file: null }, true)
  await rig.clock.advance(1_000)
  return says
}

/** Idle at first sight, then printing. */
export async function printing(rig: Rig, file: JobFile = LAMP, serverId = 'octo', sourceId = 'x'): Promise<Speaker> {
  const says = await idle(rig, serverId, sourceId)
  says.started(file)
  says.state({ device: 'ready', job: 'printing', file, progress: 0 })
  await rig.clock.advance(1_000)
  return says
}
