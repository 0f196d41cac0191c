/** A card for tests: an idle printer, changed where a test says so. */
import type { PrinterCard } from '../../../electron/bridge/views/printers.ts'

export function cardFor(given: Partial<PrinterCard> = {}): PrinterCard {
  return {
    id: 'mk4', name: 'MK4 left bench', server: 'OctoPrint', state: 'idle', link: 'up', device: 'ready', job: 'none', cause: null, since: null, jobKey: null, file: null, progress: null, remaining: null,
    elapsed: null, eta: null, layer: null, layers: null, heaters: [], spark: { nozzle: [], bed: [] }, picture: null, attentions: [], lastResult: null,
    can: { pause: false, resume: false, cancel: false, answer: false, snapshot: false, acknowledge: false }, muted: null, following: null, unseen: 0, hasWebPage: true, ...given,
  }
}
