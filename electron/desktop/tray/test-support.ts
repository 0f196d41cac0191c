/** Made-up printers for the tests of the tray and of keep awake. */
import type { PrinterCard, Status } from '../../bridge/views/printers.ts'
import type { Overview } from '../ports.ts'

/** An idle printer "MK4" that can do nothing, changed as wanted. */
export function cardOf(given: Partial<PrinterCard> = {}): PrinterCard {
  return {
    id: 'mk4', name: 'MK4', server: 'OctoPrint', state: 'idle', link: 'up', device: 'ready', job: 'none', cause: null, since: null, jobKey: null, file: null, progress: null,
    remaining: null, elapsed: null, eta: null, layer: null, layers: null, heaters: [], spark: { nozzle: [], bed: [] }, picture: null, attentions: [], lastResult: null,
    can: { pause: false, resume: false, cancel: false, answer: false, snapshot: false, acknowledge: false }, muted: null, following: null, unseen: 0, hasWebPage: false, ...given,
  }
}

export function statusOf(cards: readonly PrinterCard[], given: Partial<Status> = {}): Status {
  const count = (state: PrinterCard['state']): number => cards.filter((card) => card.state === state).length
  return { needs: count('needs'), error: count('error'), printing: count('printing'), offline: count('offline'), idle: count('idle'), unseen: 0, failing: [], paused: null, ...given }
}

/** An overview that says what the test set, and tells when told. */
export class FakeOverview implements Overview {
  #cards: PrinterCard[] = []
  #status: Status = statusOf([])
  readonly #listeners = new Set<Parameters<Overview['onChanged']>[0]>()
  cards(): PrinterCard[] {
    return this.#cards
  }
  card(printerId: string): PrinterCard | null {
    return this.#cards.find((card) => card.id === printerId) ?? null
  }
  status(): Status {
    return this.#status
  }
  onChanged(listener: Parameters<Overview['onChanged']>[0]): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }
  get listening(): number {
    return this.#listeners.size
  }
  set(cards: PrinterCard[], status: Partial<Status> = {}): void {
    this.#cards = cards
    this.#status = statusOf(cards, status)
    for (const listener of this.#listeners) listener({ cards, removed: [], status: this.#status })
  }
}
