/** What one connection knows and shares between polling, commands and camera; and how it speaks to the engine. */
import type { Camera, Observation, PrinterCapabilities } from '../../events/model.ts'
import type { AdapterPorts, Remembered, Sink } from '../adapter.ts'
import { linkTeller, type LinkTeller } from '../kit/link.ts'
import { Beside } from '../kit/wait.ts'
import { camerasOf, readCameras } from './camera.ts'
import type { Interpreter } from './interpret.ts'
import type { CameraEntry } from './payloads.ts'
import type { PrusaLinkRest } from './rest.ts'
import { SOURCE_ID, type PrusaLinkSettings } from './settings.ts'

export class Contact {
  readonly sourceId = SOURCE_ID
  readonly link: LinkTeller
  readonly beside = new Beside()
  /** Null = not read yet. */
  cameras: readonly CameraEntry[] | null = null

  constructor(
    readonly rest: PrusaLinkRest,
    readonly settings: PrusaLinkSettings,
    readonly interpreter: Interpreter,
    readonly ports: AdapterPorts,
    readonly sink: Sink,
    readonly remembered: Remembered,
    readonly signal: AbortSignal,
  ) {
    this.link = linkTeller(sink, ports.clock)
  }

  /** Passes observations on; full states also say what can be done and which cameras there are. */
  observe(observations: readonly Observation[]): void {
    for (const observation of observations) {
      this.link.heard()
      this.sink.observe(observation.kind === 'state' && observation.full ? { ...observation, state: { ...observation.state, ...this.#known() } } : observation)
    }
  }

  /** Reads the cameras beside everything else; what can't be read leaves what was known. */
  refreshCameras(): void {
    this.beside.add(this.#readCameras())
  }

  async #readCameras(): Promise<void> {
    try {
      this.cameras = await readCameras(this.rest, this.signal)
    } catch (error) {
      if (!this.signal.aborted) this.ports.log.info('the cameras cannot be read', { error: error instanceof Error ? error.message : String(error) })
    }
    if (this.link.up && !this.signal.aborted) this.observe([{ kind: 'state', sourceId: this.sourceId, at: this.ports.clock.now(), full: false, state: this.#known() }])
  }

  #known(): { capabilities: PrinterCapabilities; cameras?: Camera[] } {
    const cameras = camerasOf(this.cameras, this.settings)
    return {
      // Whoever may look may also pause and stop: PrusaLink knows one user.
      capabilities: { pause: true, resume: true, cancel: true, gcode: false, answer: false, snapshot: cameras?.some((camera) => camera.canSnapshot) ?? false },
      ...(cameras === null ? {} : { cameras }),
    }
  }
}
