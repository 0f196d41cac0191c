/** Test support: OctoPrint's recordings through its interpreter and the reducer. */
import { createInterpreter } from '../printers/octoprint/interpret.ts'
import { recording, replayLines, Rig, type RecordedLine, type RigOptions } from './replay.support.ts'

export interface ReplayOptions extends RigOptions {
  /** What the connection would do besides passing frames: called at each line, before it. */
  connection?: (line: RecordedLine, rig: Rig) => void
  /** Seconds after the last frame. */
  tail?: number
}

/** Replays every frame of a recording, in order, at its recorded time. */
export function replay(name: string, options: ReplayOptions = {}): Rig {
  const rig = new Rig(options)
  const interpreter = createInterpreter({ sourceId: 's' })
  let opened = false
  replayLines(recording('octoprint', name), rig, (line) => {
    options.connection?.(line, rig)
    // SockJS framing (plain strings) never reaches the interpreter: the client speaks the raw form.
    if (line.dir !== 'in' || typeof line.data !== 'object') return
    if ('$open' in line.data && !opened) {
      opened = true
      rig.link('up')
    }
    if (!Object.keys(line.data).some((key) => key.startsWith('$'))) rig.take(interpreter.frame(line.data, rig.now))
  }, options.tail)
  return rig
}
