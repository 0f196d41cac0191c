import type { PrinterCard } from '../../../electron/bridge/views/printers.ts'

/** Stands in while a printer's card is not known yet: it can do nothing. */
export function cardless(id: string): PrinterCard {
  return {
    id, name: '', server: '', state: 'offline', link: 'connecting', device: 'unknown', job: 'none', cause: null, since: null, jobKey: null, file: null, progress: null, remaining: null, elapsed: null, eta: null, layer: null, layers: null,
    heaters: [], spark: { nozzle: [], bed: [] }, picture: null, attentions: [], lastResult: null, can: { pause: false, resume: false, cancel: false, answer: false, snapshot: false, acknowledge: false }, muted: null, following: null, unseen: 0, hasWebPage: false,
  }
}
