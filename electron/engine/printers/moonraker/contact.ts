/** What one connection knows and shares between session, commands and camera; and how it speaks to the engine. */
import type { Camera, Device, JobPhase, Observation, PrinterCapabilities } from '../../events/model.ts'
import type { AdapterPorts, Remembered, ServerConfig, Sink } from '../adapter.ts'
import { linkTeller, type LinkTeller } from '../kit/link.ts'
import type { Rest } from '../kit/rest.ts'
import { Beside } from '../kit/wait.ts'
import { credentialsOf, type Credentials } from './auth.ts'
import type { Interpreter } from './interpret.ts'
import { createRest } from './rest.ts'
import type { Rpc } from './rpc.ts'
import { baseUrl, SOURCE_ID, type MoonrakerSettings } from './settings.ts'
import { camerasOf, readWebcams, type Webcam } from './webcams.ts'

export class Contact {
  readonly sourceId = SOURCE_ID
  readonly settings: MoonrakerSettings
  readonly credentials: Credentials
  readonly link: LinkTeller
  /** HTTP at the place where the server is now. */
  rest: Rest
  /** The open websocket; null while there is none. */
  rpc: Rpc | null = null
  /** Null = not told yet. */
  webcams: Webcam[] | null = null
  /** What the last observations said: commands need it. */
  job: JobPhase = 'unknown'
  device: Device = 'unknown'
  readonly #beside = new Beside()

  constructor(
    server: ServerConfig<MoonrakerSettings>,
    readonly interpreter: Interpreter,
    readonly ports: AdapterPorts,
    readonly sink: Sink,
    readonly remembered: Remembered,
    readonly signal: AbortSignal,
  ) {
    this.settings = server.settings
    this.credentials = credentialsOf(server, ports.clock)
    this.link = linkTeller(sink, ports.clock)
    this.rest = this.restAt(baseUrl(server.settings.url))
  }

  /** HTTP at another place on the same computer. */
  restAt(base: string): Rest {
    return createRest({ base, pin: this.settings.pin ?? null, ports: this.ports, credentials: this.credentials })
  }

  /** Passes observations on; full states also say what may be done and which cameras there are. */
  observe(observations: readonly Observation[]): void {
    for (const observation of observations) {
      this.link.heard()
      if (observation.kind !== 'state') {
        this.sink.observe(observation)
        continue
      }
      const { state, full } = observation
      if (state.job !== undefined) this.job = state.job
      else if (full) this.job = 'unknown'
      if (state.device !== undefined) this.device = state.device
      this.sink.observe(full ? { ...observation, state: { ...state, ...this.#known() } } : observation)
    }
  }

  /** Keeps track of work that nobody waits for and that never rejects. */
  beside(work: Promise<void>): void {
    this.#beside.add(work)
  }

  settled(): Promise<void> {
    return this.#beside.settled()
  }

  /** Takes the cameras, and tells them when the link is up. */
  useWebcams(webcams: Webcam[]): void {
    this.webcams = webcams
    if (this.link.up) this.observe([{ kind: 'state', sourceId: this.sourceId, at: this.ports.clock.now(), full: false, state: this.#known() }])
  }

  /** Reads the cameras; those that were known stay when they can't be read. Never rejects. */
  async refreshWebcams(rpc: Rpc): Promise<void> {
    try {
      this.useWebcams(await readWebcams(rpc, this.signal))
    } catch (error) {
      if (!this.signal.aborted) this.ports.log.info('the webcams cannot be read', { error: error instanceof Error ? error.message : String(error) })
    }
  }

  #known(): { capabilities: PrinterCapabilities; cameras?: Camera[] } {
    const cameras = this.webcams === null ? null : camerasOf(this.webcams)
    return {
      // Whoever may ask Moonraker anything may do everything.
      capabilities: {
        pause: true, resume: true, cancel: true, gcode: true, answer: true, emergency_stop: true,
        snapshot: this.settings.snapshotUrl !== undefined || (cameras?.some((camera) => camera.canSnapshot) ?? false),
      },
      ...(cameras ? { cameras } : {}),
    }
  }
}
